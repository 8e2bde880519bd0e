//! `kill -9` at any moment loses nothing that was acknowledged and leaves nothing half done.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use deno_sandbox::{Client, ListOptions, Sandbox, SandboxOptions, VolumeOptions};
use deno_sandbox_tests::Emulator;
use futures_util::TryStreamExt;

fn start(data: &Path, args: &[&str]) -> Emulator {
    let mut builder = Emulator::builder()
        .arg("--data")
        .arg(data.to_str().unwrap());
    for arg in args {
        builder = builder.arg(*arg);
    }
    builder.start()
}

async fn slugs(emulator: &Emulator) -> BTreeSet<String> {
    let all = emulator.client().volumes().list_all(ListOptions::default());
    all.map_ok(|volume| volume.slug)
        .try_collect()
        .await
        .unwrap()
}

fn stored(data: &Path) -> usize {
    fs::read_dir(data.join("storage")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_kill_9() {
    const ROUNDS: u32 = 4;
    let data = tempfile::tempdir().unwrap();
    let (mut kept, mut deleted) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..ROUNDS {
        let mut emulator = start(data.path(), &[]);
        assert!(slugs(&emulator).await.is_superset(&kept));
        let changing = tokio::spawn(change(emulator.client(), round));
        tokio::time::sleep(Duration::from_millis(150 + 70 * u64::from(round))).await;
        emulator.kill();
        let changed = changing.await.unwrap();
        assert!(!changed.0.is_empty() && !changed.1.is_empty());
        kept.extend(changed.0);
        deleted.extend(changed.1);
    }
    let emulator = start(data.path(), &[]);
    let known = slugs(&emulator).await;
    assert!(known.is_superset(&kept));
    assert!(known.is_disjoint(&deleted));
    // What was not acknowledged, one change a round at most, may have happened, but then wholly; what
    // was deleted keeps its storage for the grace period, and nothing else is on disk.
    let expected = known.len() + deleted.len();
    let possible = expected..=expected + ROUNDS as usize;
    assert!(possible.contains(&stored(data.path())), "{possible:?}");
}

/// Creates volumes and deletes every third until the service is gone; gives the slugs of those whose
/// creation was acknowledged and nothing since asked of them, and of those whose deletion was.
async fn change(client: Client, round: u32) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut deleted) = (Vec::new(), Vec::new());
    for n in 0.. {
        let slug = format!("round-{round}-{n}");
        let options = VolumeOptions::new(&slug, "ord", "300MB");
        if client.volumes().create(options).await.is_err() {
            break;
        }
        if n % 3 != 0 {
            kept.push(slug);
        } else if client.volumes().delete(&slug).await.is_ok() {
            deleted.push(slug);
        } else {
            break;
        }
    }
    (kept, deleted)
}

#[tokio::test]
async fn a_volume_attached_when_the_emulator_is_killed_can_be_attached_again() {
    let data = tempfile::tempdir().unwrap();
    let mut emulator = start(data.path(), &[]);
    let client = emulator.client();
    let options = VolumeOptions::new("cache", "ord", "300MB");
    let volume = client.volumes().create(options).await.unwrap();
    let options = || SandboxOptions::new().volume("/data", "cache");
    let sandbox = Sandbox::create(&client, options()).await.unwrap();
    sandbox.write_text_file("/data/a", "kept").await.unwrap();
    sandbox.sh("sync").await.unwrap();
    emulator.kill();

    let emulator = start(data.path(), &[]);
    let client = emulator.client();
    assert_eq!(
        client.volumes().get("cache").await.unwrap().unwrap().id,
        volume.id
    );
    let sandbox = Sandbox::create(&client, options()).await.unwrap();
    assert_eq!(sandbox.read_text_file("/data/a").await.unwrap(), "kept");
}

#[tokio::test]
async fn deletion_frees_the_slug_at_once_and_the_storage_after_the_grace_period() {
    let data = tempfile::tempdir().unwrap();
    let options = || VolumeOptions::new("cache", "ord", "300MB");
    let mut emulator = start(data.path(), &["--grace", "1h"]);
    let volumes = emulator.client().volumes();
    let first = volumes.create(options()).await.unwrap();
    volumes.delete("cache").await.unwrap();
    assert!(volumes.get(&first.id).await.unwrap().is_none());
    let second = volumes.create(options()).await.unwrap();
    assert_ne!(first.id, second.id);
    emulator.kill();

    // An hour has not gone by, so a restart keeps it.
    drop(start(data.path(), &["--grace", "1h"]));
    assert_eq!(stored(data.path()), 2);

    let emulator = start(data.path(), &["--grace", "0s"]);
    for _ in 0..50 {
        if stored(data.path()) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(stored(data.path()), 1);
    assert!(
        emulator
            .client()
            .volumes()
            .get(&second.id)
            .await
            .unwrap()
            .is_some()
    );
}

#[test]
fn what_a_crash_left_half_made_is_swept_at_start() {
    let data = tempfile::tempdir().unwrap();
    drop(start(data.path(), &[]));
    let storage = data.path().join("storage");
    fs::write(storage.join("vol_ord_lost.img"), "x").unwrap();
    fs::create_dir(storage.join("vol_ord_half.new")).unwrap();
    let _emulator = start(data.path(), &[]);
    assert_eq!(stored(data.path()), 0);
}

#[test]
fn the_temporary_folder_of_a_killed_emulator_goes_at_the_next_start() {
    let parent = tempfile::tempdir().unwrap();
    let folder = |name: &str| parent.path().join(format!("deno-sandbox-emulator-{name}"));
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    let lock = |name: &str| {
        fs::create_dir(folder(name)).unwrap();
        let lock = fs::File::create(folder(name).join("lock")).unwrap();
        lock.set_modified(long_ago).unwrap();
        lock
    };
    drop(lock("killed"));
    let running = lock("running");
    running.lock().unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_deno-sandbox-emulator"))
        .args(["exec", "--", "true"])
        .env("TMPDIR", parent.path())
        .status()
        .unwrap();
    assert!(status.success());
    assert!(!folder("killed").exists());
    assert!(folder("running").exists());
    let left = fs::read_dir(parent.path()).unwrap().count();
    assert_eq!(left, 1, "the emulator's own folder is gone, too");
}
