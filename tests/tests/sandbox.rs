//! The Rust SDK's sandboxes against the emulator: real files, real processes.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use deno_sandbox::{
    Client, Command, ErrorCode, MakeTempOptions, OpenOptions, Sandbox, SandboxOptions, Stdio,
    VolumeOptions, WalkOptions, Whence, WriteOptions, quote,
};
use deno_sandbox_tests::Emulator;
use futures_util::{StreamExt, TryStreamExt, stream};

/// A sandbox and the emulator it runs in.
async fn sandbox() -> (Emulator, Client, Sandbox) {
    let emulator = Emulator::start();
    let client = Client::builder()
        .environment(emulator.variables().clone())
        .build()
        .unwrap();
    let sandbox = Sandbox::create(&client, SandboxOptions::new())
        .await
        .unwrap();
    (emulator, client, sandbox)
}

#[tokio::test]
async fn a_volume_keeps_what_one_sandbox_wrote_for_the_next() {
    let emulator = Emulator::start();
    let client = Client::builder()
        .environment(emulator.variables().clone())
        .build()
        .unwrap();
    let options = VolumeOptions::new("training-cache", "ord", "300MB");
    let volume = client.volumes().create(options).await.unwrap();
    let options = || {
        SandboxOptions::new()
            .volume("/data/dataset", &volume)
            .label("job", "prepare")
            .env("GREETING", "größe = \"ä\"")
            .timeout("5m")
    };
    let first = Sandbox::create(&client, options()).await.unwrap();
    assert!(first.id().starts_with("sbx_ord_"));
    first
        .write_text_file("/data/dataset/hello.txt", "größe")
        .await
        .unwrap();
    assert_eq!(
        first
            .sh("printf %s \"$GREETING\"")
            .await
            .unwrap()
            .text()
            .unwrap(),
        "größe = \"ä\""
    );
    let again = Sandbox::connect(&client, first.id()).await.unwrap();
    assert_eq!(
        again
            .read_text_file("/data/dataset/hello.txt")
            .await
            .unwrap(),
        "größe"
    );
    let end = first.extend_timeout("10m").await.unwrap();
    assert!(end.unix_timestamp() > 1_600_000_000);
    first.kill().await.unwrap();
    first.kill().await.unwrap();
    let gone = again.closed().await;
    assert_ne!(gone.code, 0);
    let error = again.read_file("/etc/hostname").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionClosed);
    assert_eq!(error.close_code(), Some(gone.code));

    let second = Sandbox::create(&client, options()).await.unwrap();
    assert_eq!(
        second
            .read_text_file("/data/dataset/hello.txt")
            .await
            .unwrap(),
        "größe"
    );
    second.kill().await.unwrap();
}

#[tokio::test]
async fn set_up_that_fails_is_told_before_anything_is_sent_or_leaves_nothing() {
    let (_emulator, client, sandbox) = sandbox().await;
    sandbox.close().await;
    sandbox.close().await;
    assert!(sandbox.is_closed());
    for (options, code) in [
        (
            SandboxOptions::new().memory("1PB"),
            ErrorCode::InvalidMemory,
        ),
        (
            SandboxOptions::new().volume("data", "x-y"),
            ErrorCode::InvalidMountPath,
        ),
        (SandboxOptions::new().env("A=B", ""), ErrorCode::InvalidEnv),
        (
            SandboxOptions::new().timeout("1h"),
            ErrorCode::InvalidTimeout,
        ),
        (
            SandboxOptions::new().volume("/data", "no-such-volume"),
            ErrorCode::NotFound,
        ),
    ] {
        let error = Sandbox::create(&client, options).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(
            error
                .to_string()
                .starts_with("could not create a sandbox: "),
            "{error}"
        );
    }
    let error = Sandbox::connect(&client, "sbx_ord_00000000000000000000")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound, "{error}");
}

#[tokio::test]
async fn files_hold_exactly_what_was_written() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let fs = sandbox.fs();
    for size in [0, 1, 65_536, 65_537, 3 << 20, 20 << 20] {
        let content: Vec<u8> = (0..size).map(|n: u32| (n * 7 + n / 251) as u8).collect();
        fs.write_file("bytes", &content).await.unwrap();
        assert_eq!(
            fs.read_file("bytes").await.unwrap(),
            content,
            "{size} bytes"
        );
        let parts: Vec<_> = fs
            .read_stream("bytes")
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(parts.concat(), content, "{size} bytes in parts");
        assert_eq!(fs.stat("bytes").await.unwrap().size, u64::from(size));
    }
    let text = "zeile\r\n\u{0}\"\\ 🚀".repeat(10_000);
    fs.write_text_file("text", &text).await.unwrap();
    assert_eq!(fs.read_text_file("text").await.unwrap(), text);
    let chunks = (0..100).map(|n: u8| Ok(vec![n; 10_000]));
    fs.write_stream("streamed", stream::iter(chunks), WriteOptions::default())
        .await
        .unwrap();
    assert_eq!(fs.stat("streamed").await.unwrap().size, 1_000_000);

    let error = fs.read_file("no-such-file").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::FileNotFound);
    assert!(
        error
            .to_string()
            .starts_with("could not read \"no-such-file\": "),
        "{error}"
    );
    let error = fs
        .write_file("no/such/folder", vec![0; 8 << 20])
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::FileNotFound, "{error}");
    assert_eq!(
        fs.read_file("").await.unwrap_err().code(),
        ErrorCode::InvalidPath
    );
    let error = fs.write_file_with(
        "text",
        "x",
        WriteOptions {
            create_new: Some(true),
            ..WriteOptions::default()
        },
    );
    assert_eq!(error.await.unwrap_err().code(), ErrorCode::FileExists);
}

#[tokio::test]
async fn the_file_api_does_what_its_names_say() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let fs = sandbox.fs();
    fs.mkdir_all("a/b").await.unwrap();
    assert_eq!(
        fs.mkdir("a").await.unwrap_err().code(),
        ErrorCode::FileExists
    );
    fs.write_text_file("a/b/one.txt", "1").await.unwrap();
    fs.copy_file("a/b/one.txt", "a/two.txt").await.unwrap();
    fs.symlink("b/one.txt", "a/link").await.unwrap();
    fs.link("a/two.txt", "a/hard").await.unwrap();
    assert_eq!(fs.read_link("a/link").await.unwrap(), "b/one.txt");
    assert!(
        fs.real_path("a/link")
            .await
            .unwrap()
            .ends_with("/a/b/one.txt")
    );
    assert!(fs.lstat("a/link").await.unwrap().is_symlink);
    assert!(fs.stat("a/link").await.unwrap().is_file);
    fs.chmod("a/two.txt", 0o600).await.unwrap();
    assert_eq!(fs.stat("a/hard").await.unwrap().mode & 0o777, 0o600);
    fs.truncate("a/two.txt", 0).await.unwrap();
    assert_eq!(fs.stat("a/hard").await.unwrap().size, 0);
    fs.rename("a/two.txt", "a/three.txt").await.unwrap();
    let mut names: Vec<String> = fs
        .read_dir("a")
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    names.sort();
    assert_eq!(names, ["b", "hard", "link", "three.txt"]);
    let walked: Vec<_> = fs
        .walk("a", WalkOptions::default())
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        walked
            .iter()
            .filter(|entry| entry.name == "one.txt")
            .count(),
        1
    );
    let found: Vec<_> = fs
        .expand_glob("a/**/*.txt", Default::default())
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        fs.remove("a").await.unwrap_err().code(),
        ErrorCode::DirectoryNotEmpty
    );
    fs.remove_all("a").await.unwrap();
    assert_eq!(
        fs.stat("a").await.unwrap_err().code(),
        ErrorCode::FileNotFound
    );
    let folder = fs.make_temp_dir(MakeTempOptions::default()).await.unwrap();
    assert!(fs.stat(&folder).await.unwrap().is_directory);
    let before = fs.umask(Some(0o077)).await.unwrap();
    assert_eq!(fs.umask(Some(before)).await.unwrap(), 0o077);

    let options = OpenOptions {
        read: Some(true),
        write: Some(true),
        create: Some(true),
        ..OpenOptions::default()
    };
    let file = fs.open("open", options).await.unwrap();
    file.write_all(vec![7; 3 << 20]).await.unwrap();
    assert_eq!(file.seek(-2, Whence::End).await.unwrap(), (3 << 20) - 2);
    assert_eq!(file.read(10).await.unwrap().unwrap(), [7, 7][..]);
    assert_eq!(file.read(10).await.unwrap(), None);
    file.truncate(5).await.unwrap();
    assert_eq!(file.stat().await.unwrap().size, 5);
    file.sync().await.unwrap();
    file.close().await.unwrap();
}

#[tokio::test]
async fn dropped_files_and_streams_are_closed_in_the_sandbox() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let fs = sandbox.fs();
    fs.write_file("big", vec![0; 5 << 20]).await.unwrap();
    for _ in 0..50 {
        drop(fs.open("big", OpenOptions::default()).await.unwrap());
        fs.read_stream("big")
            .await
            .unwrap()
            .next()
            .await
            .unwrap()
            .unwrap();
    }
    // A listing that is read no further, whose rest is dropped.
    fs.walk("/usr", WalkOptions::default())
        .await
        .unwrap()
        .next()
        .await
        .unwrap()
        .unwrap();
    let pid = "for p in /proc/[0-9]*/fd/*; do readlink $p; done | grep -c /big$ || true";
    let open = sandbox.sh(pid).await.unwrap().text().unwrap();
    assert_eq!(open.trim(), "0");
}

#[tokio::test]
async fn processes_speak_and_are_spoken_to() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let cat = Command::new("cat")
        .stdin(Stdio::Piped)
        .stdout(Stdio::Piped)
        .stderr(Stdio::Null);
    let mut process = sandbox.spawn(cat).await.unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let mut lines = process.stdout.take().unwrap().lines();
    for line in ["one", "größe 🚀", ""] {
        stdin.write_all(format!("{line}\n")).await.unwrap();
        assert_eq!(lines.next().await.unwrap().unwrap(), line);
    }
    stdin.close();
    assert!(lines.next().await.is_none());
    let status = process.status().await.unwrap();
    assert!(status.success && status.code == 0);
    assert_eq!(
        process.status().await.unwrap(),
        status,
        "it may be asked again"
    );
    assert_eq!(
        process.kill().await.unwrap_err().code(),
        ErrorCode::ProcessExited
    );

    let sleeper = sandbox
        .spawn(Command::new("sleep").arg("100"))
        .await
        .unwrap();
    sleeper.kill().await.unwrap();
    let status = sleeper.status().await.unwrap();
    assert!(!status.success);
    assert_eq!(status.signal.as_deref(), Some("SIGTERM"));

    let env = Command::new("sh")
        .args(["-c", "echo $FOO_BAR; pwd; echo err >&2; exit 3"])
        .env("FOO_BAR", "a b")
        .cwd("/tmp")
        .stdout(Stdio::Piped)
        .stderr(Stdio::Piped);
    let output = sandbox.spawn(env).await.unwrap().output().await.unwrap();
    assert_eq!(output.text().unwrap(), "a b\n/tmp\n");
    assert_eq!(output.stderr_text().unwrap(), "err\n");
    assert_eq!(output.status.code, 3);

    let error = sandbox
        .spawn(Command::new("no-such-program"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::FileNotFound, "{error}");
}

#[tokio::test]
async fn output_larger_than_the_bounds_arrives_whole() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let bytes = 64 << 20;
    let command = Command::new("head")
        .args(["-c", &bytes.to_string(), "/dev/zero"])
        .stdout(Stdio::Piped);
    let mut process = sandbox.spawn(command).await.unwrap();
    // Long enough for the sandbox to send more than may wait.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut stdout = process.stdout.take().unwrap();
    let mut read = 0;
    while let Some(chunk) = stdout.next().await {
        read += chunk.unwrap().len();
    }
    assert_eq!(read, bytes);
    assert!(process.status().await.unwrap().success);
}

#[tokio::test]
async fn the_shell_runs_what_was_written() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let output = sandbox.sh("printf '{\"a\": [1, 2]}'").await.unwrap();
    assert_eq!(output.json::<serde_json::Value>().unwrap()["a"][1], 2);
    let error = sandbox
        .sh("echo on the way; echo 'it broke' >&2; exit 7")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::CommandFailed);
    assert!(
        error.to_string().contains("exit code 7: it broke"),
        "{error}"
    );
    assert_eq!(
        sandbox.sh("exit 7").no_throw().await.unwrap().status.code,
        7
    );
    let output = sandbox
        .sh("echo $A; pwd")
        .env("A", "b")
        .cwd("/tmp")
        .await
        .unwrap();
    assert_eq!(output.text().unwrap(), "b\n/tmp\n");
    for text in [
        "", "-n", "a b", "a\\b", "x\\", "'", "\"", "$(id)", "`id`", "a\nb", "!", "~", "é*?",
    ] {
        let output = sandbox
            .sh(format!("printf '%s|' {} x", quote(text)))
            .await
            .unwrap();
        assert_eq!(output.text().unwrap(), format!("{text}|x|"));
    }
}

#[tokio::test]
async fn environment_variables_travel_as_they_are() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let env = sandbox.env();
    assert_eq!(env.get("camelCase_and_SNAKE").await.unwrap(), None);
    env.set("camelCase_and_SNAKE", "a=b\n ü").await.unwrap();
    assert_eq!(
        env.get("camelCase_and_SNAKE").await.unwrap().unwrap(),
        "a=b\n ü"
    );
    assert_eq!(
        env.to_map().await.unwrap()["camelCase_and_SNAKE"],
        "a=b\n ü"
    );
    let seen = sandbox
        .sh("printf %s \"$camelCase_and_SNAKE\"")
        .await
        .unwrap();
    assert_eq!(seen.text().unwrap(), "a=b\n ü");
    env.delete("camelCase_and_SNAKE").await.unwrap();
    env.delete("camelCase_and_SNAKE").await.unwrap();
    assert_eq!(env.get("camelCase_and_SNAKE").await.unwrap(), None);
    assert_eq!(
        env.set("a=b", "c").await.unwrap_err().code(),
        ErrorCode::InvalidEnv
    );
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_nothing_waiting() {
    let (mut emulator, _client, sandbox) = sandbox().await;
    let command = Command::new("sh")
        .args(["-c", "echo begun; sleep 1000"])
        .stdout(Stdio::Piped);
    let mut process = sandbox.spawn(command).await.unwrap();
    let mut stdout = process.stdout.take().unwrap();
    assert_eq!(stdout.next().await.unwrap().unwrap(), "begun\n");
    emulator.kill();
    let ended = async {
        assert!(stdout.next().await.unwrap().is_err(), "a cut is no end");
        assert!(process.status().await.is_err());
        assert!(sandbox.fs().stat("/").await.is_err());
        sandbox.closed().await;
    };
    tokio::time::timeout(Duration::from_secs(10), ended)
        .await
        .expect("nothing waits");
}

#[tokio::test]
async fn trees_go_up_and_come_down_the_same() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let fs = sandbox.fs();
    let local = tempfile::tempdir().unwrap();
    let from = local.path().join("from");
    std::fs::create_dir_all(from.join("sub/empty")).unwrap();
    std::fs::write(from.join("a.txt"), "größe").unwrap();
    std::fs::write(from.join("sub/big"), vec![5; 3 << 20]).unwrap();
    std::os::unix::fs::symlink("sub/big", from.join("link")).unwrap();
    let script = from.join("run");
    std::fs::write(&script, "#!/bin/sh\necho ran\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();

    let mut last = None;
    fs.upload_with_progress(&from, "tree/up", |progress| last = Some(progress.clone()))
        .await
        .unwrap();
    let last = last.unwrap();
    assert_eq!(
        (last.files_done, Some(last.bytes_done)),
        (3, last.bytes_total)
    );
    assert_eq!(
        sandbox.sh("tree/up/run").await.unwrap().text().unwrap(),
        "ran\n"
    );
    assert_eq!(fs.read_link("tree/up/link").await.unwrap(), "sub/big");
    // Again, over what is there.
    fs.upload(&from, "tree/up/").await.unwrap();
    let names = sandbox
        .sh("find tree | sort")
        .await
        .unwrap()
        .text()
        .unwrap();
    assert_eq!(
        names,
        "tree\ntree/up\ntree/up/a.txt\ntree/up/link\ntree/up/run\ntree/up/sub\ntree/up/sub/big\ntree/up/sub/empty\n"
    );

    let to = local.path().join("deep/to");
    for _ in 0..2 {
        fs.download("tree/up", &to).await.unwrap();
        assert_eq!(std::fs::read_to_string(to.join("a.txt")).unwrap(), "größe");
        assert_eq!(std::fs::read(to.join("link")).unwrap(), vec![5; 3 << 20]);
        assert!(to.join("sub/empty").is_dir());
        let names = std::fs::read_dir(&to).unwrap().count();
        assert_eq!(names, 4, "nothing else is left there");
    }
    fs.download("tree/up/a.txt", local.path().join("one"))
        .await
        .unwrap();
    assert_eq!(
        std::fs::read_to_string(local.path().join("one")).unwrap(),
        "größe"
    );
    fs.upload(local.path().join("one"), "one").await.unwrap();
    assert_eq!(fs.read_text_file("one").await.unwrap(), "größe");
}

#[tokio::test]
async fn a_download_writes_nothing_when_the_tree_is_unsafe() {
    let (_emulator, _client, sandbox) = sandbox().await;
    let fs = sandbox.fs();
    let local = tempfile::tempdir().unwrap();
    for target in ["/etc/passwd", "../../outside", "sub/../../outside"] {
        fs.mkdir_all("evil/sub").await.unwrap();
        fs.write_text_file("evil/a", "a").await.unwrap();
        fs.symlink(target, "evil/link").await.unwrap();
        let to = local.path().join("to");
        let error = fs.download("evil", &to).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::UnsafePath, "{error}");
        assert!(!to.exists());
        fs.remove_all("evil").await.unwrap();
    }
    // A link that is here already is not written through.
    let outside = local.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    let to = local.path().join("to");
    std::fs::create_dir(&to).unwrap();
    std::os::unix::fs::symlink(&outside, to.join("sub")).unwrap();
    fs.mkdir_all("tree/sub").await.unwrap();
    fs.write_text_file("tree/sub/a", "a").await.unwrap();
    let error = fs.download("tree", &to).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsafePath, "{error}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
}

#[tokio::test]
async fn the_region_is_the_one_asked_for() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let options = VolumeOptions::new("in-ord", "ord", "300MB");
    client.volumes().create(options).await.unwrap();
    let there = Sandbox::create(&client, SandboxOptions::new().region("ams"))
        .await
        .unwrap();
    assert!(there.id().starts_with("sbx_ams_"), "{}", there.id());
    let unknown = Sandbox::create(&client, SandboxOptions::new().region("zzz"))
        .await
        .unwrap_err();
    assert_eq!(unknown.service_code(), Some("INVALID_REGION"));
    // Only the service knows where a volume given by its slug is.
    let options = SandboxOptions::new().region("ams").volume("/v", "in-ord");
    let apart = Sandbox::create(&client, options).await.unwrap_err();
    assert_eq!(apart.service_code(), Some("REGION_MISMATCH"));
}

#[tokio::test]
async fn a_large_file_comes_whole_however_it_travels() {
    let emulator = Emulator::start();
    let sandbox = Sandbox::create(&emulator.client(), SandboxOptions::new())
        .await
        .unwrap();
    let content: Vec<u8> = (0..20_000_000u32).map(|n| (n % 251) as u8).collect();
    sandbox.write_file("large", &content).await.unwrap();
    assert_eq!(sandbox.read_file("large").await.unwrap(), content);
    let text = "é".repeat(4_000_000);
    sandbox.write_text_file("large.txt", &text).await.unwrap();
    assert_eq!(sandbox.read_text_file("large.txt").await.unwrap(), text);
}
