use deno_sandbox::{Error, ListOptions, Sandbox, SandboxOptions, VolumeOptions};
use deno_sandbox_tests::Emulator;
use futures_util::TryStreamExt;

use crate::http::send;

fn code<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("it is refused");
    error.service_code().unwrap_or_default().to_owned()
}

fn small(slug: &str) -> VolumeOptions {
    VolumeOptions::new(slug, "ord", "300MB")
}

#[tokio::test]
async fn usage_is_measured_while_mounted_and_after() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let volume = client.volumes().create(small("cache")).await.unwrap();
    assert_eq!(volume.used, 0);
    let options = SandboxOptions::new().volume("/data", "cache");
    let sandbox = Sandbox::create(&client, options).await.unwrap();
    sandbox
        .sh("head -c 5000000 /dev/zero | tr '\\0' x > /data/a; sync")
        .await
        .unwrap();
    let used = || async { client.volumes().get("cache").await.unwrap().unwrap().used };
    let mounted = used().await;
    assert!((5_000_000..5_200_000).contains(&mounted), "{mounted}");
    sandbox.kill().await.unwrap();
    assert_eq!(used().await, mounted);
}

#[tokio::test]
async fn an_attached_volume_can_be_neither_deleted_nor_copied_nor_attached() {
    let emulator = Emulator::start();
    let client = emulator.client();
    client.volumes().create(small("cache")).await.unwrap();
    let options = || SandboxOptions::new().volume("/data", "cache");
    let sandbox = Sandbox::create(&client, options()).await.unwrap();
    assert_eq!(
        code(client.volumes().delete("cache").await),
        "VOLUME_IN_USE"
    );
    let snapshot = client.volumes().snapshot("cache", "snap").await;
    assert_eq!(code(snapshot), "VOLUME_IN_USE");
    assert_eq!(
        code(Sandbox::create(&client, options()).await),
        "VOLUME_IN_USE"
    );

    // Who closes a sandbox and goes on at once waits for the volume, and gets it.
    sandbox.close().await;
    client.volumes().snapshot("cache", "snap").await.unwrap();
    client.volumes().delete("cache").await.unwrap();
}

#[tokio::test]
async fn a_volume_from_a_snapshot_holds_its_files_and_grows() {
    let emulator = Emulator::start();
    let client = emulator.client();
    client.volumes().create(small("first")).await.unwrap();
    let mount = |slug: &str| SandboxOptions::new().volume("/data", slug);
    let sandbox = Sandbox::create(&client, mount("first")).await.unwrap();
    sandbox.write_text_file("/data/a", "one").await.unwrap();
    sandbox.kill().await.unwrap();
    let snapshot = client.volumes().snapshot("first", "snap").await.unwrap();
    assert_eq!(snapshot.volume.slug, "first");

    let smaller = VolumeOptions::new("second", "ord", "300MB").from("snap");
    client.volumes().create(smaller).await.unwrap();
    let larger = VolumeOptions::new("third", "ord", "600MB").from(snapshot.id.as_str());
    let third = client.volumes().create(larger).await.unwrap();
    assert_eq!(third.base_snapshot.unwrap().slug, "snap");
    assert_eq!(third.estimated_allocated_size, 0);
    let sandbox = Sandbox::create(&client, mount("third")).await.unwrap();
    assert_eq!(sandbox.read_text_file("/data/a").await.unwrap(), "one");
    sandbox.write_text_file("/data/a", "two").await.unwrap();
    sandbox.kill().await.unwrap();
    let sandbox = Sandbox::create(&client, mount("first")).await.unwrap();
    assert_eq!(sandbox.read_text_file("/data/a").await.unwrap(), "one");
}

#[tokio::test]
async fn each_refusal_has_a_code_of_its_own() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let volumes = client.volumes();
    volumes.create(small("cache")).await.unwrap();
    volumes.snapshot("cache", "snap").await.unwrap();
    assert_eq!(code(volumes.create(small("cache")).await), "SLUG_IN_USE");
    assert_eq!(code(volumes.create(small("snap")).await), "SLUG_IN_USE");
    let elsewhere = VolumeOptions::new("other", "ams", "300MB").from("snap");
    assert_eq!(code(volumes.create(elsewhere).await), "REGION_MISMATCH");
    let nowhere = VolumeOptions::new("other", "xyz", "300MB");
    assert_eq!(code(volumes.create(nowhere).await), "INVALID_REGION");
    let unknown = small("other").from("nothing");
    assert_eq!(code(volumes.create(unknown).await), "SNAPSHOT_NOT_FOUND");
    let builtin = small("other").from("builtin:debian-13");
    assert_eq!(
        code(volumes.create(builtin).await),
        "BASE_IMAGE_UNAVAILABLE"
    );
    assert_eq!(code(volumes.delete("nothing").await), "VOLUME_NOT_FOUND");
    assert_eq!(
        code(client.snapshots().delete("cache").await),
        "SNAPSHOT_NOT_FOUND"
    );
    let root = SandboxOptions::new().root("cache");
    assert_eq!(code(Sandbox::create(&client, root).await), "NOT_BOOTABLE");
    assert!(volumes.get("other").await.unwrap().is_none());
}

#[tokio::test]
async fn a_list_is_walked_in_pages_in_each_way_a_client_knows() {
    let emulator = Emulator::start();
    let client = emulator.client();
    for n in 0..5 {
        client
            .volumes()
            .create(small(&format!("page-{n}")))
            .await
            .unwrap();
    }
    let options = ListOptions::default().limit(2).search("page");
    let walked: Vec<String> = client
        .volumes()
        .list_all(options)
        .map_ok(|volume| volume.slug)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(walked, ["page-4", "page-3", "page-2", "page-1", "page-0"]);

    let (_, answer) = send(&emulator, "GET", "/api/v2/volumes?limit=2", "").unwrap();
    let link = answer
        .lines()
        .find_map(|line| line.strip_prefix("link: "))
        .unwrap();
    let target = link
        .strip_prefix('<')
        .unwrap()
        .strip_suffix(">; rel=\"next\"")
        .unwrap();
    assert!(
        target.starts_with("http://") && !target.contains([',', ';']),
        "{target}"
    );
    // The published Python package sends the whole target back, beside the cursor it began with.
    let encoded: String = target.bytes().map(|b| format!("%{b:02X}")).collect();
    let path = format!("/api/v2/volumes?cursor=c5&limit=2&cursor={encoded}");
    let (status, answer) = send(&emulator, "GET", &path, "").unwrap();
    assert_eq!(status, 200);
    assert!(
        answer.contains("page-2") && answer.contains("page-1"),
        "{answer}"
    );
    assert!(!answer.contains("page-3"), "{answer}");
}

#[test]
fn bodies_that_are_none_are_told_so() {
    let emulator = Emulator::start();
    let long = format!(r#"{{"slug": "{}"}}"#, "x".repeat(100_000));
    for (body, word) in [
        ("", "not JSON"),
        ("[]", "JSON object"),
        (r#"{"region": "ord"}"#, "slug"),
        (r#"{"slug": 5}"#, "text"),
        (&long, "could not read the body"),
    ] {
        let (status, answer) = send(&emulator, "POST", "/api/v2/volumes", body).unwrap();
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer.contains(word) && answer.contains("INVALID_REQUEST"),
            "{answer}"
        );
    }
    for path in ["/api/v2/volumes?limit=0", "/api/v2/volumes?cursor=x"] {
        assert_eq!(send(&emulator, "GET", path, "").unwrap().0, 400, "{path}");
    }
}
