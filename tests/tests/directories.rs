//! Volumes kept in plain folders, as they are where the emulator does not run as root.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::os::unix::fs::MetadataExt;

use deno_sandbox::{Error, OpenOptions, Sandbox, SandboxOptions, VolumeOptions, WriteOptions};
use deno_sandbox_tests::Emulator;
use futures_util::stream;

const PART: usize = 100_000_000;

fn assert_full<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert!(error.to_string().contains("No space left"), "{error}");
}

/// Every call that writes is refused at the capacity, and goes on once there is space.
async fn a_full_volume_refuses_calls(emulator: &Emulator) {
    let client = emulator.client();
    let options = VolumeOptions::new("small", "ord", "300MB");
    client.volumes().create(options).await.unwrap();
    let options = SandboxOptions::new().volume("/data/my files", "small");
    let sandbox = Sandbox::create(&client, options).await.unwrap();
    let fs = sandbox.fs();
    let part = vec![7; PART];
    fs.write_file("/data/my files/1", &part).await.unwrap();
    // What a process writes counts for the next call.
    let script = "head -c 150000000 /dev/zero > '/data/my files/2'";
    assert!(sandbox.sh(script).await.unwrap().status.success);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;

    assert_full(fs.write_file("/data/my files/3", &part).await);
    assert_full(fs.copy_file("/data/my files/1", "/data/my files/3").await);
    let chunks = (0..100).map(|_| Ok(vec![7; 1_000_000]));
    let streamed = fs
        .write_stream(
            "/data/my files/3",
            stream::iter(chunks),
            WriteOptions::default(),
        )
        .await;
    assert_full(streamed);
    let options = OpenOptions {
        write: Some(true),
        create: Some(true),
        ..OpenOptions::default()
    };
    let file = fs.open("/data/my files/4", options).await.unwrap();
    assert_full(file.write_all(&part).await);
    file.close().await.unwrap();
    // Elsewhere there is no such limit, and what is there already may be written over.
    fs.write_file("/tmp/3", &part).await.unwrap();
    fs.write_file("/data/my files/1", &part).await.unwrap();

    let listed = client.volumes().get("small").await.unwrap().unwrap();
    assert!(listed.used <= listed.capacity, "{listed:?}");
    fs.remove("/data/my files/2").await.unwrap();
    fs.write_file("/data/my files/3", &part).await.unwrap();
    sandbox.close().await;
}

#[tokio::test]
async fn a_full_folder_refuses_calls() {
    let emulator = Emulator::builder()
        .arg("--storage")
        .arg("directory")
        .start();
    a_full_volume_refuses_calls(&emulator).await;
}

/// As most people run it. Run by root, this becomes another user; run by anyone else, it is one.
#[tokio::test]
async fn a_user_without_privileges_has_volumes_that_keep_and_refuse() {
    let builder = Emulator::builder();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let emulator = match is_root {
        true => builder.user(65534).start(),
        false => builder.start(),
    };
    a_full_volume_refuses_calls(&emulator).await;

    let client = emulator.client();
    let again = || SandboxOptions::new().volume("/data", "small");
    let sandbox = Sandbox::create(&client, again()).await.unwrap();
    sandbox.write_text_file("/data/1", "kept").await.unwrap();
    sandbox.close().await;
    client.volumes().snapshot("small", "then").await.unwrap();
    let options = VolumeOptions::new("copy", "ord", "300MB").from("then");
    client.volumes().create(options).await.unwrap();
    let options = SandboxOptions::new().volume("/data", "copy");
    let sandbox = Sandbox::create(&client, options).await.unwrap();
    assert_eq!(sandbox.read_text_file("/data/1").await.unwrap(), "kept");
    sandbox.close().await;
}
