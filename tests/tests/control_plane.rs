//! The control plane of the Rust SDK against the emulator.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use deno_sandbox::model::Labels;
use deno_sandbox::{Client, ErrorCode, ListOptions, Volume, VolumeOptions};
use deno_sandbox_tests::Emulator;
use futures_util::TryStreamExt;

fn client(emulator: &Emulator) -> Client {
    Client::builder()
        .environment(emulator.variables().clone())
        .build()
        .unwrap()
}

async fn create(client: &Client, slug: &str) -> Volume {
    client
        .volumes()
        .create(VolumeOptions::new(slug, "ord", "300MB"))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_volume_lives_from_create_to_delete() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let volumes = client.volumes();
    let created = volumes
        .create(VolumeOptions::new("training-cache", "ord", "2GB"))
        .await
        .unwrap();
    assert_eq!(created.slug, "training-cache");
    assert_eq!(created.region, "ord");
    assert_eq!(created.capacity, 2_000_000_000);
    assert_eq!(created.used, 0);
    assert!(!created.is_bootable);

    let by_slug = volumes.get("training-cache").await.unwrap();
    let by_id = volumes.get(&created.id).await.unwrap();
    assert_eq!(by_slug.as_ref(), Some(&created));
    assert_eq!(by_id.as_ref(), Some(&created));
    assert_eq!(volumes.get("no-such-volume").await.unwrap(), None);

    let error = volumes
        .create(VolumeOptions::new("training-cache", "ord", "1GB"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict, "{error}");
    assert!(error.trace_id().is_some(), "{error}");

    volumes.delete("training-cache").await.unwrap();
    assert_eq!(volumes.get("training-cache").await.unwrap(), None);
    let error = volumes.delete("training-cache").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound, "{error}");
    // The slug is free at once.
    let second = create(&client, "training-cache").await;
    assert_ne!(second.id, created.id);
}

#[tokio::test]
async fn every_volume_is_listed_once_over_many_pages() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let mut created = BTreeSet::new();
    for n in 0..7 {
        created.insert(create(&client, &format!("cache-{n}")).await.slug);
    }
    create(&client, "other").await;

    let options = ListOptions::default().limit(3).search("cache");
    let first = client.volumes().list(options.clone()).await.unwrap();
    assert_eq!(first.items().len(), 3);
    assert!(first.has_more());
    let second = first.next_page().await.unwrap().unwrap();
    let resumed = options.clone().cursor(first.next_cursor().unwrap());
    let resumed = client.volumes().list(resumed).await.unwrap();
    assert_eq!(second.items(), resumed.items());

    let listed: Vec<Volume> = client
        .volumes()
        .list_all(options)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(listed.len(), created.len());
    assert_eq!(
        listed.into_iter().map(|v| v.slug).collect::<BTreeSet<_>>(),
        created
    );
}

#[tokio::test]
async fn a_snapshot_outlives_its_volume() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let volume = create(&client, "training-cache").await;
    let taken = client
        .volumes()
        .snapshot("training-cache", "snap-1")
        .await
        .unwrap();
    assert_eq!(
        (taken.slug.as_str(), taken.volume.id.as_str()),
        ("snap-1", volume.id.as_str())
    );
    client.volumes().delete(&volume.id).await.unwrap();
    let found = client.snapshots().get("snap-1").await.unwrap().unwrap();
    assert_eq!(found.id, taken.id);
    let listed = client
        .snapshots()
        .list(ListOptions::default())
        .await
        .unwrap();
    assert_eq!(listed.items().len(), 1);
    client.snapshots().delete("snap-1").await.unwrap();
    assert_eq!(client.snapshots().get("snap-1").await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let emulator = Emulator::start();
    let client = Client::builder()
        .environment(emulator.variables().clone())
        .token("ddo_someone_else")
        .build()
        .unwrap();
    let error = client
        .volumes()
        .list(ListOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidToken, "{error}");
    assert!(!error.is_retryable());
    let error = client
        .sandboxes()
        .list(&Labels::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidToken, "{error}");
}

#[tokio::test]
async fn no_sandbox_runs_at_first_and_none_can_be_killed() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    assert!(
        client
            .sandboxes()
            .list(&Labels::default())
            .await
            .unwrap()
            .is_empty()
    );
    let error = client
        .sandboxes()
        .kill("sbx_ord_r8jzjxedd2z56h0vdbkq")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound, "{error}");
}
