//! Sandboxes that boot from a volume or a snapshot instead of the emulator's own root.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use deno_sandbox::{Client, Sandbox, SandboxOptions, Volume, VolumeOptions};
use deno_sandbox_tests::Emulator;

const BASE: &str = "builtin:debian-13";

/// What the smallest useful system has; the agent inside needs the libraries of the emulator.
const PROGRAMS: [&str; 5] = ["bash", "sh", "cat", "ls", "mkdir"];

/// A root file system made of this machine's own programs and the libraries they load.
fn root_file_system() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in ["bin", "etc", "opt", "home/app"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    let mut libraries = libraries(&Emulator::program());
    for name in PROGRAMS {
        let program = Path::new("/bin").join(name);
        fs::copy(&program, root.path().join("bin").join(name)).unwrap();
        libraries.extend(self::libraries(&program));
    }
    for library in libraries {
        let copy = root.path().join(library.strip_prefix("/").unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&library, copy).unwrap();
    }
    fs::write(root.path().join("etc/os-release"), "ID=tiny\n").unwrap();
    root
}

/// The files a program loads, its dynamic loader too.
fn libraries(program: &Path) -> BTreeSet<PathBuf> {
    let output = process::Command::new("ldd").arg(program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace()
        .filter(|word| word.starts_with('/'))
        .map(PathBuf::from)
        .collect()
}

async fn boot(client: &Client, root: &str) -> Sandbox {
    let options = SandboxOptions::new().root(root);
    Sandbox::create(client, options).await.unwrap()
}

async fn bootable(client: &Client, slug: &str, from: &str) -> Volume {
    let options = VolumeOptions::new(slug, "ord", "300MB").from(from);
    client.volumes().create(options).await.unwrap()
}

async fn text(sandbox: &Sandbox, script: &str) -> String {
    sandbox.sh(script).await.unwrap().text().unwrap()
}

/// A system is installed, kept, copied, and started from the copies, however volumes are stored.
async fn a_system_is_kept_and_copied(storage: &str) {
    let base = root_file_system();
    let emulator = Emulator::builder()
        .arg("--base-image")
        .arg(base.path().to_str().unwrap())
        .arg("--storage")
        .arg(storage)
        .start();
    let client = emulator.client();
    let volume = bootable(&client, "system", BASE).await;
    assert!(volume.is_bootable);

    let sandbox = boot(&client, "system").await;
    assert_eq!(text(&sandbox, "cat /etc/os-release").await, "ID=tiny\n");
    let fs = sandbox.fs();
    fs.write_text_file("/opt/by-call", "kept").await.unwrap();
    text(&sandbox, "echo installed > /opt/by-process").await;
    sandbox.close().await;

    let sandbox = boot(&client, "system").await;
    assert_eq!(
        sandbox.read_text_file("/opt/by-call").await.unwrap(),
        "kept"
    );
    assert_eq!(text(&sandbox, "cat /opt/by-process").await, "installed\n");
    let error = Sandbox::create(&client, SandboxOptions::new().root("system"))
        .await
        .unwrap_err();
    assert_eq!(error.service_code(), Some("VOLUME_IN_USE"), "{error}");
    sandbox.close().await;

    let snapshot = client.volumes().snapshot("system", "golden").await.unwrap();
    assert!(snapshot.is_bootable);
    let (one, two) = tokio::join!(boot(&client, "golden"), boot(&client, "golden"));
    for (sandbox, own) in [(&one, "one"), (&two, "two")] {
        assert_eq!(text(sandbox, "cat /opt/by-process").await, "installed\n");
        sandbox.write_text_file("/opt/by-call", own).await.unwrap();
    }
    assert_eq!(one.read_text_file("/opt/by-call").await.unwrap(), "one");
    assert_eq!(two.read_text_file("/opt/by-call").await.unwrap(), "two");
    one.close().await;
    two.close().await;
    let again = boot(&client, "golden").await;
    assert_eq!(again.read_text_file("/opt/by-call").await.unwrap(), "kept");
    again.close().await;

    let copy = bootable(&client, "copy", "golden").await;
    assert!(copy.is_bootable);
    let sandbox = boot(&client, "copy").await;
    sandbox
        .write_text_file("/opt/by-call", "copy")
        .await
        .unwrap();
    sandbox.close().await;
    let (copy, original) = (boot(&client, "copy").await, boot(&client, "system").await);
    assert_eq!(copy.read_text_file("/opt/by-call").await.unwrap(), "copy");
    assert_eq!(
        original.read_text_file("/opt/by-call").await.unwrap(),
        "kept"
    );
    // Nothing of it all reached the folder it started from.
    assert!(!base.path().join("opt/by-call").exists());
}

#[tokio::test]
async fn a_system_is_kept_and_copied_as_this_machine_stores_volumes() {
    a_system_is_kept_and_copied("auto").await;
}

#[tokio::test]
async fn a_system_is_kept_and_copied_in_directories() {
    a_system_is_kept_and_copied("directory").await;
}

#[tokio::test]
async fn what_holds_no_system_does_not_boot() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let options = VolumeOptions::new("data", "ord", "300MB");
    let volume = client.volumes().create(options).await.unwrap();
    assert!(!volume.is_bootable);
    let snapshot = client
        .volumes()
        .snapshot("data", "data-then")
        .await
        .unwrap();
    assert!(!snapshot.is_bootable);
    for root in ["data", "data-then"] {
        let error = Sandbox::create(&client, SandboxOptions::new().root(root))
            .await
            .unwrap_err();
        assert_eq!(error.service_code(), Some("NOT_BOOTABLE"), "{error}");
    }
}

#[tokio::test]
async fn without_a_base_image_the_error_names_the_option() {
    let emulator = Emulator::start();
    let options = VolumeOptions::new("system", "ord", "300MB").from(BASE);
    let error = emulator
        .client()
        .volumes()
        .create(options)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("--base-image DIR"), "{error}");
    assert_eq!(error.service_code(), Some("BASE_IMAGE_UNAVAILABLE"));
}
