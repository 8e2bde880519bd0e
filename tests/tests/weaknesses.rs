//! What users of the published packages stumbled over, done right: the Rust SDK against the emulator.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use deno_sandbox::model::Labels;

use deno_sandbox::{Client, Command, Sandbox, SandboxOptions, Stdio};
use deno_sandbox_tests::Emulator;
use futures_util::StreamExt;
use time::OffsetDateTime;

async fn sandbox(options: SandboxOptions) -> (Emulator, Client, Sandbox) {
    let emulator = Emulator::start();
    let client = emulator.client();
    let sandbox = Sandbox::create(&client, options).await.unwrap();
    (emulator, client, sandbox)
}

/// Memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib << 10
}

/// How many processes of this machine have the text in their command line.
fn running(command: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .map(|p| std::fs::read(p.path().join("cmdline")).unwrap_or_default())
        .filter(|line| String::from_utf8_lossy(line).contains(command))
        .count()
}

#[tokio::test]
async fn a_stream_nobody_reads_takes_no_memory() {
    let (_emulator, _client, sandbox) = sandbox(SandboxOptions::new()).await;
    let before = resident();
    let command = Command::new("head")
        .args(["-c", "256M", "/dev/zero"])
        .stdout(Stdio::Piped);
    let mut process = sandbox.spawn(command).await.unwrap();
    let mut stdout = process.stdout.take().unwrap();
    stdout.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn input_that_nobody_takes_waits_and_takes_no_memory() {
    let (_emulator, _client, sandbox) = sandbox(SandboxOptions::new()).await;
    let command = Command::new("sleep").arg("100").stdin(Stdio::Piped);
    let mut process = sandbox.spawn(command).await.unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let before = resident();
    let chunk = vec![0; 1 << 20];
    let write = async {
        for _ in 0..256 {
            stdin.write_all(&chunk).await.unwrap();
        }
    };
    let written = tokio::time::timeout(Duration::from_secs(2), write).await;
    assert!(
        written.is_err(),
        "256 MiB went to a process that reads none"
    );
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn labels_beyond_latin_1_arrive_as_given() {
    let labels = [("name", "größe 東京 🚀"), ("camelCase_snake", "aB_c")];
    let options = labels
        .iter()
        .fold(SandboxOptions::new(), |o, (key, value)| {
            o.label(*key, *value)
        });
    let (_emulator, client, sandbox) = sandbox(options).await;
    let labels = Labels::new(labels).unwrap();
    let listed = client.sandboxes().list(&labels).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, sandbox.id());
}

#[tokio::test]
async fn neither_token_nor_secret_is_in_the_environment_of_the_sandbox() {
    let options = SandboxOptions::new().secret("API_KEY", ["example.com"], "hidden-value-東京");
    let (emulator, _client, sandbox) = sandbox(options).await;
    let script = "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'";
    let seen = sandbox.sh(script).await.unwrap().text().unwrap();
    assert!(seen.contains("HOME="), "{seen}");
    let all = sandbox.env().to_map().await.unwrap();
    for secret in [emulator.variable("DENO_DEPLOY_TOKEN"), "hidden-value"] {
        assert!(!seen.contains(secret), "{secret}");
        assert!(!all.values().any(|value| value.contains(secret)));
    }
}

#[tokio::test]
async fn a_command_keeps_every_setting_in_any_order() {
    let (_emulator, _client, sandbox) = sandbox(SandboxOptions::new()).await;
    let script = "echo $AA $bB; pwd; echo err >&2";
    let orders = [
        Command::new("sh")
            .env("AA", "1")
            .cwd("/tmp")
            .stdout(Stdio::Piped)
            .stderr(Stdio::Piped)
            .env("bB", "2")
            .args(["-c", script]),
        Command::new("sh")
            .stderr(Stdio::Piped)
            .args(["-c", script])
            .stdout(Stdio::Piped)
            .env("bB", "2")
            .env("AA", "1")
            .cwd("/tmp"),
    ];
    for command in orders {
        let output = sandbox
            .spawn(command)
            .await
            .unwrap()
            .output()
            .await
            .unwrap();
        assert_eq!(output.text().unwrap(), "1 2\n/tmp\n");
        assert_eq!(output.stderr_text().unwrap(), "err\n");
    }
    let output = sandbox
        .sh("echo $AA; pwd; exit 3")
        .env("AA", "1")
        .cwd("/tmp")
        .no_throw();
    let output = output.await.unwrap();
    assert_eq!(
        (output.text().unwrap().as_str(), output.status.code),
        ("1\n/tmp\n", 3)
    );
}

#[tokio::test]
async fn times_of_files_are_exact_to_the_millisecond() {
    let (_emulator, _client, sandbox) = sandbox(SandboxOptions::new()).await;
    let fs = sandbox.fs();
    fs.write_text_file("file", "").await.unwrap();
    let at = |ms: i128| OffsetDateTime::from_unix_timestamp_nanos(ms * 1_000_000).unwrap();
    for ms in [1_700_000_000_123, 1_700_000_000_999, 1] {
        fs.utime("file", at(ms + 1), at(ms)).await.unwrap();
        let info = fs.stat("file").await.unwrap();
        assert_eq!((info.atime.0, info.mtime.0), (at(ms + 1), at(ms)));
    }
    let seen = sandbox.sh("stat -c %Y file").await.unwrap();
    assert_eq!(seen.text().unwrap(), "0\n");
}

#[tokio::test]
async fn closing_a_session_ends_all_its_processes() {
    let (_emulator, _client, sandbox) = sandbox(SandboxOptions::new()).await;
    let mut processes = Vec::new();
    for _ in 0..4 {
        let command = Command::new("sleep").arg("4713");
        processes.push(sandbox.spawn(command).await.unwrap());
    }
    assert_eq!(running("sleep\x004713"), 4);
    sandbox.close().await;
    for _ in 0..100 {
        if running("sleep\x004713") == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(running("sleep\x004713"), 0);
}

#[tokio::test]
async fn giving_up_and_dropping_after_the_close_is_harmless() {
    let (_emulator, client, sandbox) = sandbox(SandboxOptions::new().timeout("1m")).await;
    let command = Command::new("sleep")
        .arg("100")
        .stdin(Stdio::Piped)
        .stdout(Stdio::Piped);
    let mut process = sandbox.spawn(command).await.unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let file = sandbox
        .fs()
        .open("/etc/passwd", Default::default())
        .await
        .unwrap();
    sandbox.close().await;
    assert!(stdin.write_all("x").await.is_err());
    assert!(process.kill().await.is_err());
    drop((process, stdin, file));
    sandbox.close().await;
    // The sandbox itself has time left.
    let again = Sandbox::connect(&client, sandbox.id()).await.unwrap();
    assert_eq!(
        again.sh("echo alive").await.unwrap().text().unwrap(),
        "alive\n"
    );
    again.kill().await.unwrap();
}

#[tokio::test]
async fn a_download_leaves_no_file_open_in_the_sandbox() {
    let (_emulator, _client, sandbox) = sandbox(SandboxOptions::new()).await;
    let fs = sandbox.fs();
    fs.mkdir("tree").await.unwrap();
    for n in 0..10 {
        let path = format!("tree/file-{n}");
        fs.write_file(path, vec![n; 100_000]).await.unwrap();
    }
    let local = tempfile::tempdir().unwrap();
    fs.download("tree", local.path().join("tree"))
        .await
        .unwrap();
    let count = "for p in /proc/[0-9]*/fd/*; do readlink $p; done | grep -c /tree/file- || true";
    let open = sandbox.sh(count).await.unwrap().text().unwrap();
    assert_eq!(open.trim(), "0");
}
