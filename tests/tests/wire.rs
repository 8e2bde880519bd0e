//! The wire rules the published packages depend on, seen without any SDK.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deno_sandbox::model::Labels;
use deno_sandbox::{Client, VolumeOptions};
use deno_sandbox_tests::{Emulator, Socket};
use serde_json::{Value, json};

const QUIET: Duration = Duration::from_millis(300);

#[tokio::test]
async fn output_waits_until_the_client_waits_for_the_process() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    let spawned = socket
        .ok("spawn", spawn("echo out; echo err >&2", "piped"))
        .await;
    // `start` for each stream may come before the result or after it, and nothing else does.
    while let Some(early) = socket.next_within(QUIET).await {
        assert_eq!(early["method"], "$sandbox.stream.start", "{early}");
    }
    socket
        .send("processWait", json!({"pid": spawned["pid"]}))
        .await;
    assert_eq!(
        socket.read_stream(&spawned["stdoutStreamId"]).await,
        b"out\n"
    );
    assert_eq!(
        socket.read_stream(&spawned["stderrStreamId"]).await,
        b"err\n"
    );
}

/// A client that closes at once on a process's status has had all of its output, also where a child it
/// left behind keeps the pipe open.
#[tokio::test]
async fn what_a_process_wrote_is_sent_before_its_status() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    for _ in 0..20 {
        let spawned = socket
            .ok("spawn", spawn("sleep 30 & seq 1 12000", "piped"))
            .await;
        let wait = socket
            .send("processWait", json!({"pid": spawned["pid"]}))
            .await;
        let mut output = Vec::new();
        loop {
            let frame = socket.next_within(Duration::from_secs(20)).await.unwrap();
            if frame["id"] == wait {
                break;
            }
            if frame["params"]["streamId"] == spawned["stdoutStreamId"]
                && let Some(data) = frame["params"]["data"].as_str()
            {
                output.extend(STANDARD.decode(data).unwrap());
            }
        }
        assert!(output.ends_with(b"\n12000\n"), "{} bytes", output.len());
    }
}

#[tokio::test]
async fn a_result_comes_after_the_start_of_its_streams() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    let call = socket.send("walk", json!({"path": "/home/app"})).await;
    let first = socket.next_within(QUIET).await.unwrap();
    assert_eq!(first["method"], "$sandbox.stream.start");
    let second = socket.next_within(QUIET).await.unwrap();
    assert_eq!(second["id"], call);
    assert_eq!(
        second["result"]["ok"]["streamId"],
        first["params"]["streamId"]
    );
}

#[tokio::test]
async fn no_two_sandboxes_announce_the_same_stream() {
    let emulator = Emulator::start();
    let mut a = Socket::create(&emulator, json!({})).await.unwrap();
    let mut b = Socket::create(&emulator, json!({})).await.unwrap();
    let mut ids = Vec::new();
    for socket in [&mut a, &mut b] {
        for _ in 0..3 {
            let spawned = socket.ok("spawn", spawn("true", "piped")).await;
            ids.extend([
                spawned["stdoutStreamId"].as_u64(),
                spawned["stderrStreamId"].as_u64(),
            ]);
        }
    }
    assert!(ids.iter().all(|id| id.is_some_and(|id| id < 1 << 53)));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[tokio::test]
async fn nothing_follows_a_cancel() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    let spawned = socket
        .ok(
            "spawn",
            spawn("while echo more; do sleep 0.01; done", "piped"),
        )
        .await;
    socket
        .send("processWait", json!({"pid": spawned["pid"]}))
        .await;
    let stream = spawned["stdoutStreamId"].clone();
    while socket.next_within(QUIET).await.unwrap()["method"] != "$sandbox.stream.enqueue" {}
    socket
        .notify(
            "$sandbox.stream.cancel",
            json!({"streamId": stream, "reason": null}),
        )
        .await;
    // What was on its way when the cancel was sent has arrived once this answer has.
    socket.ok("envGet", json!({"key": "HOME"})).await;
    while let Some(message) = socket.next_within(Duration::ZERO).await {
        let _ = message;
    }
    while let Some(message) = socket.next_within(QUIET).await {
        assert_ne!(message["params"]["streamId"], stream, "{message}");
    }
}

#[tokio::test]
async fn pong_comes_when_asked_for_and_only_then() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    assert_eq!(socket.next_within(QUIET).await, None);
    socket.send_text("ping").await;
    assert_eq!(
        socket.next_within(QUIET).await,
        Some(Value::String("pong".to_owned()))
    );
    assert_eq!(socket.next_within(QUIET).await, None);
}

#[tokio::test]
async fn an_answer_too_large_for_the_client_is_an_error_and_not_the_end() {
    let emulator = Emulator::start();
    let python = "Python/3.11 websockets/17.4";
    let mut socket = Socket::create_from_text(&emulator, b"{}", python)
        .await
        .unwrap();
    let (_, status) = socket.sh("head -c 2000000 /dev/zero > big").await;
    assert_eq!(status["success"], true);
    let error = socket.fails("readFile", json!({"path": "big"})).await;
    assert_eq!(error["code"], "EFBIG", "{error}");
    let handle = socket
        .ok("open", json!({"path": "big", "options": {"read": true}}))
        .await;
    let id = &handle["fileHandleId"];
    let part = socket
        .ok("fileRead", json!({"fileHandleId": id, "length": 700_000}))
        .await;
    assert_eq!(
        STANDARD
            .decode(part["data"].as_str().unwrap())
            .unwrap()
            .len(),
        700_000
    );
    // A read may always give fewer bytes than it was asked for, so this one gives what fits.
    let part = socket
        .ok("fileRead", json!({"fileHandleId": id, "length": 1_000_000}))
        .await;
    assert!(part["data"].as_str().unwrap().len() < 1 << 20);
}

#[tokio::test]
async fn kill_closes_every_connection_and_frees_the_volume() {
    let emulator = Emulator::start();
    volume(&emulator, "held").await;
    let config =
        json!({"volumes": [{"volume": "held", "path": "/v"}], "stop_at_ms": in_a_minute()});
    let mut socket = Socket::create(&emulator, config.clone()).await.unwrap();
    let mut other = Socket::join(&emulator, socket.id()).await.unwrap();
    let refusal = Socket::create(&emulator, config.clone()).await.unwrap_err();
    assert_eq!(
        (refusal.status, refusal.code.as_str()),
        (409, "VOLUME_IN_USE")
    );
    client(&emulator)
        .sandboxes()
        .kill(socket.id())
        .await
        .unwrap();
    assert_eq!(socket.closed().await, 1000);
    assert_eq!(other.closed().await, 1000);
    Socket::create(&emulator, config).await.unwrap();
}

/// Whoever has seen a sandbox close can mount its volume elsewhere, however quick.
#[tokio::test]
async fn a_volume_is_free_once_its_sandbox_is_closed() {
    let emulator = Emulator::start();
    volume(&emulator, "passed-on").await;
    let config = json!({"volumes": {"/v": "passed-on"}});
    for round in 0..40 {
        let socket = Socket::create(&emulator, config.clone()).await;
        let socket = socket.unwrap_or_else(|refusal| panic!("round {round}: {refusal:?}"));
        socket.close().await;
    }
}

#[tokio::test]
async fn a_session_ends_with_its_first_connection_and_takes_its_processes() {
    let emulator = Emulator::start();
    volume(&emulator, "session").await;
    let config = json!({"volumes": {"/v": "session"}});
    let mut socket = Socket::create(&emulator, config.clone()).await.unwrap();
    let mut other = Socket::join(&emulator, socket.id()).await.unwrap();
    let (_, status) = socket
        .sh("echo kept > /v/file; setsid sleep 4711 > /dev/null & sync")
        .await;
    assert_eq!(status["success"], true);
    let id = socket.id().to_owned();
    socket.close().await;
    assert_eq!(other.closed().await, 1000);
    assert_eq!(
        Socket::join(&emulator, &id).await.unwrap_err().code,
        "SANDBOX_NOT_FOUND"
    );
    // The volume is free as soon as it is asked for.
    let mut next = Socket::create(&emulator, config).await.unwrap();
    assert_eq!(
        next.ok("readTextFile", json!({"path": "/v/file"})).await,
        "kept\n"
    );
    assert!(!runs("sleep\x004711"), "a process outlived its sandbox");
}

#[tokio::test]
async fn a_timed_sandbox_ends_on_time_whoever_is_connected() {
    let emulator = Emulator::start();
    let config = json!({"timeout": "1s"});
    let mut socket = Socket::create(&emulator, config).await.unwrap();
    assert_eq!(socket.closed().await, 1000);
}

#[tokio::test]
async fn the_network_is_shared_or_absent_and_anything_between_is_refused() {
    let emulator = Emulator::start();
    let mut alone = Socket::create(&emulator, json!({"allow_net": []}))
        .await
        .unwrap();
    assert_eq!(
        alone
            .sh("ls /sys/class/net 2>/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1")
            .await
            .0
            .trim(),
        "lo"
    );
    let refusal = Socket::create(&emulator, json!({"allow_net": ["example.com"]}))
        .await
        .unwrap_err();
    assert_eq!(
        (refusal.status, refusal.code.as_str()),
        (422, "ALLOW_NET_UNSUPPORTED")
    );
}

#[tokio::test]
async fn both_shapes_of_the_configuration_mean_the_same() {
    let emulator = Emulator::start();
    volume(&emulator, "shape-a").await;
    volume(&emulator, "shape-b").await;
    let npm = json!({
        "memory_mb": 1280, "stop_at_ms": in_a_minute(), "labels": {"shape": "npm"},
        "volumes": [{"volume": "shape-a", "path": "/a/deep"}, {"volume": "shape-b", "path": "/b"}],
    });
    let pypi = json!({
        "memory_mb": 1280, "debug": false, "region": "ord", "timeout": "1m", "labels": {"shape": "pypi"},
        "env": {"FOOBar": "1"}, "ssh": false, "volumes": {"/a/deep": "shape-a", "/b": "shape-b"},
    });
    for config in [npm, pypi] {
        let mut socket = Socket::create(&emulator, config).await.unwrap();
        let (output, _) = socket.sh("touch /a/deep/x /b/y; ls /a/deep /b").await;
        assert_eq!(output, "/a/deep:\nx\n\n/b:\ny\n");
        let id = socket.id().to_owned();
        socket.close().await;
        client(&emulator).sandboxes().kill(&id).await.unwrap();
    }
}

#[tokio::test]
async fn characters_the_npm_package_writes_as_latin_1_are_understood() {
    let emulator = Emulator::start();
    let socket =
        Socket::create_from_text(&emulator, b"{\"labels\":{\"name\":\"caf\xe9\"}}", "node").await;
    let socket = socket.unwrap();
    let listed = client(&emulator)
        .sandboxes()
        .list(&Labels::new([("name", "café")]).unwrap())
        .await
        .unwrap();
    assert_eq!(listed[0].id, socket.id());
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_code_of_its_own() {
    let emulator = Emulator::start();
    volume(&emulator, "here").await;
    let options = VolumeOptions::new("there", "ams", "300MB");
    client(&emulator).volumes().create(options).await.unwrap();
    let mount = |path: &str, volume: &str| json!({"volumes": [{"path": path, "volume": volume}]});
    let twice =
        json!({"volumes": [{"path": "/v", "volume": "here"}, {"path": "/v/", "volume": "there"}]});
    let cases = [
        (mount("/v", "absent"), 404, "VOLUME_NOT_FOUND"),
        (mount("v", "here"), 400, "MOUNT_PATH_IN_USE"),
        (mount("/", "here"), 400, "MOUNT_PATH_IN_USE"),
        (mount("/usr/x", "here"), 400, "MOUNT_PATH_IN_USE"),
        (mount("/proc", "here"), 400, "MOUNT_PATH_IN_USE"),
        (twice, 400, "MOUNT_PATH_IN_USE"),
        (
            json!({"region": "ord", "volumes": {"/v": "there"}}),
            400,
            "REGION_MISMATCH",
        ),
        // Without a region, the first volume's is the sandbox's.
        (
            json!({"volumes": {"/here": "here", "/there": "there"}}),
            400,
            "REGION_MISMATCH",
        ),
        (json!({"region": "nowhere"}), 400, "INVALID_REGION"),
        (json!({"memory_mb": 100}), 400, "INVALID_SANDBOX_CONFIG"),
        (json!({"memory_mb": "lots"}), 400, "INVALID_SANDBOX_CONFIG"),
        (json!({"timeout": "1.5m"}), 400, "INVALID_SANDBOX_CONFIG"),
        (json!({"stop_at_ms": 1}), 400, "INVALID_SANDBOX_CONFIG"),
        (
            json!({"labels": {"k": "v".repeat(200)}}),
            400,
            "INVALID_SANDBOX_CONFIG",
        ),
        (json!({"root": {"volume": "here"}}), 400, "NOT_BOOTABLE"),
        (json!([1, 2]), 400, "INVALID_SANDBOX_CONFIG"),
    ];
    for (config, status, code) in cases {
        let refusal = Socket::create(&emulator, config.clone()).await.unwrap_err();
        assert_eq!(
            (refusal.status, refusal.code.as_str()),
            (status, code),
            "{config}: {refusal:?}"
        );
        assert!(!refusal.message.is_empty());
    }
    // None of them left anything behind.
    Socket::create(&emulator, mount("/v", "here"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_call_that_is_wrong_is_told_so_and_the_next_one_works() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    let unknown = socket.call("noSuchMethod", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32601);
    assert_eq!(unknown["error"]["message"], "Method not found");
    let invalid = socket.call("readFile", json!({"path": 7})).await;
    assert_eq!(invalid["error"]["code"], -32602);
    assert_eq!(invalid["error"]["data"]["constructorName"], "ZodError");
    let issues = invalid["error"]["data"]["message"].as_str().unwrap();
    assert!(serde_json::from_str::<Vec<Value>>(issues).unwrap()[0]["message"].is_string());
    assert_eq!(
        socket.ok("envGet", json!({"key": "HOME"})).await,
        "/home/app"
    );
}

#[tokio::test]
async fn an_extension_reaches_half_an_hour_at_most() {
    let emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({"timeout": "1m"}))
        .await
        .unwrap();
    let sandbox = deno_sandbox::Sandbox::connect(&client(&emulator), socket.id())
        .await
        .unwrap();
    let before = time_ms();
    let until = sandbox.extend_timeout("120m").await.unwrap();
    let minutes = (until.unix_timestamp_nanos() / 1_000_000 - i128::from(before)) as f64 / 60_000.0;
    assert!((29.9..30.1).contains(&minutes), "{minutes}");
    assert_eq!(socket.ok("envGet", json!({"key": "USER"})).await, "app");
}

#[tokio::test]
async fn no_process_outlives_an_emulator_that_was_killed() {
    let mut emulator = Emulator::start();
    let mut socket = Socket::create(&emulator, json!({})).await.unwrap();
    // Bash may end before its child runs the program.
    socket
        .sh("setsid sleep 4713 > x & until grep -qs 4713 /proc/$!/cmdline; do sleep 0.01; done")
        .await;
    until(|| runs("sleep\x004713")).await;
    emulator.kill();
    until(|| !runs("sleep\x004713")).await;
}

/// What takes root: volumes with a hard limit, and control groups.
mod with_root {
    use super::*;

    #[tokio::test]
    async fn a_full_volume_is_full_for_files_and_processes_alike() {
        let emulator = Emulator::start();
        volume(&emulator, "small").await;
        let mut socket = Socket::create(&emulator, json!({"volumes": {"/v": "small"}}))
            .await
            .unwrap();
        let (output, _) = socket
            .sh("head -c 400000000 /dev/zero > /v/fill; echo $?; df -B1 --output=avail /v | tail -1")
            .await;
        assert_eq!(
            output.split_whitespace().collect::<Vec<_>>(),
            ["1", "0"],
            "{output}"
        );
        let error = socket
            .fails(
                "writeTextFile",
                json!({"path": "/v/more", "content": "x".repeat(10_000)}),
            )
            .await;
        assert_eq!(error["code"], "ENOSPC", "{error}");
    }

    #[tokio::test]
    async fn memory_is_limited_and_running_out_is_told() {
        let emulator = Emulator::start();
        let mut socket = Socket::create(&emulator, json!({"memory_mb": 768}))
            .await
            .unwrap();
        // `tail` keeps the last line in memory, and this one has no end.
        let (_, status) = socket
            .sh("exec tail < <(head -c 2000000000 /dev/zero)")
            .await;
        assert_eq!(status["signal"], "SIGKILL", "{status}");
        assert_eq!(status["code"], 137, "{status}");
        assert_eq!(status["oom"], "high-confidence", "{status}");
        assert_eq!(socket.sh("echo alive").await.0, "alive\n");
    }

    #[tokio::test]
    async fn nothing_is_left_of_an_emulator_that_was_killed() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().to_str().unwrap();
        let mut emulator = Emulator::builder().arg("--data").arg(folder).start();
        volume(&emulator, "left").await;
        let config = json!({"volumes": {"/v": "left"}});
        let mut socket = Socket::create(&emulator, config).await.unwrap();
        // Bash may end before its child runs the program.
        socket
            .sh("setsid sleep 4712 > /v/file & until grep -qs 4712 /proc/$!/cmdline; do sleep 0.01; done")
            .await;
        until(|| runs("sleep\x004712")).await;
        assert!(in_loop_devices(folder), "the volume is no image");
        emulator.kill();
        until(|| !runs("sleep\x004712")).await;
        until(|| !in_loop_devices(folder)).await;
    }
}

fn spawn(script: &str, output: &str) -> Value {
    json!({"command": "bash", "args": ["-c", script], "stdout": output, "stderr": output})
}

fn client(emulator: &Emulator) -> Client {
    emulator.client()
}

async fn volume(emulator: &Emulator, slug: &str) {
    let options = VolumeOptions::new(slug, "ord", "300MB");
    client(emulator)
        .volumes()
        .create(options)
        .await
        .expect("a volume");
}

fn time_ms() -> u64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a time after 1970");
    now.as_millis() as u64
}

fn in_a_minute() -> u64 {
    time_ms() + 60_000
}

/// Waits a while for something to become true: a program that is just being started has no command
/// line for a moment, and the kernel cleans up in its own time.
#[track_caller]
fn until(condition: impl Fn() -> bool) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        for _ in 0..250 {
            if condition() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not become true: {caller}");
    }
}

/// Whether a process runs on this machine whose command line holds the text.
fn runs(command: &str) -> bool {
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    processes
        .map(|p| std::fs::read(p.path().join("cmdline")).unwrap_or_default())
        .any(|line| String::from_utf8_lossy(&line).contains(command))
}

/// Whether a file below a folder is mounted; a mount in whatever namespace keeps its loop device.
fn in_loop_devices(folder: &str) -> bool {
    let devices = std::fs::read_dir("/sys/block")
        .expect("/sys/block")
        .flatten();
    devices
        .filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok())
        .any(|file| file.starts_with(folder))
}
