use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Agent, STREAM_BASE};

#[test]
fn output_comes_once_the_process_is_waited_for() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let id = client.request(
        "spawn",
        json!({"command": "bash", "args": ["-c", "echo out; echo err >&2; exit 3"], "stdout": "piped", "stderr": "piped"}),
    );
    // The streams are announced before the answer that names them.
    let starts = [client.receive(), client.receive()];
    let spawned = client.receive();
    assert_eq!(spawned["id"], id);
    let spawned = &spawned["result"]["ok"];
    for (start, name) in starts.iter().zip(["stdoutStreamId", "stderrStreamId"]) {
        assert_eq!(start["method"], "$sandbox.stream.start");
        assert_eq!(start["params"]["streamId"], spawned[name]);
    }
    assert_eq!(spawned["stdoutStreamId"], STREAM_BASE);
    client.assert_quiet(Duration::from_millis(300));

    let wait = client.request("processWait", json!({"pid": spawned["pid"]}));
    assert_eq!(client.stream(STREAM_BASE), [b"out\n"]);
    assert_eq!(client.stream(STREAM_BASE + 1), [b"err\n"]);
    let status = json!({"ok": {"success": false, "code": 3, "signal": null, "oom": null}});
    assert_eq!(client.result(wait), status);
    // Again, later, and from another connection.
    for client in [&mut client, &mut agent.connect()] {
        let wait = client.request(
            "processWait",
            json!({"pid": spawned["pid"], "vscode": null}),
        );
        assert_eq!(client.result(wait), status);
    }
    let gone = json!({"pid": spawned["pid"]});
    client.fails("processKill", gone, "TypeError", "ENOENT");
    client.fails(
        "processWait",
        json!({"pid": 4_000_000}),
        "TypeError",
        "ENOENT",
    );
    client.fails(
        "processKill",
        json!({"pid": 4_000_000}),
        "TypeError",
        "ENOENT",
    );
}

#[test]
fn processes_take_arguments_environment_folder_and_input() {
    let agent = Agent::start();
    let mut client = agent.connect();
    std::fs::create_dir(agent.home().join("sub")).unwrap();
    client.notify("start", json!({"streamId": 0}));
    let spawned = client.ok(
        "spawn",
        json!({
            "command": "bash", "args": ["-c", "echo $1 $GREETING $MORE; basename $PWD; cat", "-", "arg"],
            "env": {"MORE": "more"}, "clearEnv": null, "cwd": "sub", "stdinStreamId": 0,
            "stdin": "piped", "stdout": "piped", "stderr": "piped",
        }),
    );
    let wait = client.request("processWait", json!({"pid": spawned["pid"]}));
    client.enqueue(0, b"some ");
    client.enqueue(0, b"");
    client.enqueue(0, b"input");
    client.notify("end", json!({"streamId": 0}));
    let output = client.stream(spawned["stdoutStreamId"].as_u64().unwrap());
    assert!(output.iter().all(|chunk| !chunk.is_empty()));
    assert_eq!(output.concat(), b"arg hello more\nsub\nsome input");
    assert!(
        client
            .stream(spawned["stderrStreamId"].as_u64().unwrap())
            .is_empty()
    );
    assert_eq!(client.result(wait)["ok"]["success"], true);

    let cleared =
        json!({"command": "/usr/bin/env", "clearEnv": true, "env": {"A": "1"}, "stderr": "null"});
    let spawned = client.ok("spawn", cleared);
    assert_eq!(spawned["stderrStreamId"], Value::Null);
    client.request("processWait", json!({"pid": spawned["pid"]}));
    assert_eq!(
        client
            .stream(spawned["stdoutStreamId"].as_u64().unwrap())
            .concat(),
        b"A=1\n"
    );

    let message = client.fails(
        "spawn",
        json!({"command": "no-such-program"}),
        "NotFound",
        "ENOENT",
    );
    assert!(message.contains("'no-such-program'"), "{message}");
    let message = client.fails(
        "spawn",
        json!({"command": "true", "cwd": "none"}),
        "NotFound",
        "ENOENT",
    );
    assert!(message.contains("'none'"), "{message}");
    client.fails(
        "spawn",
        json!({"command": "true", "env": {"A=B": "1"}}),
        "TypeError",
        "EINVAL",
    );
    client.fails(
        "spawn",
        json!({"command": "."}),
        "PermissionDenied",
        "EACCES",
    );
    // Without input there is none, and nothing of the agent's is left open.
    let (open, _) = client.run("cat; ls -l /proc/self/fd");
    let socket = std::fs::read_link(format!("/proc/{}/fd/0", agent.process.id())).unwrap();
    assert!(!open.contains(socket.to_str().unwrap()), "{open}");
    assert!(!open.contains("eventpoll"), "{open}");
}

#[test]
fn signals_end_processes() {
    let agent = Agent::start();
    let mut client = agent.connect();
    for (params, signal, code) in [
        (json!({}), "SIGTERM", 143),
        (json!({"signal": "SIGKILL"}), "SIGKILL", 137),
        (json!({"signal": "SIGINT", "vscode": false}), "SIGINT", 130),
    ] {
        let spawned = client.spawn("exec sleep 60");
        let wait = client.request("processWait", json!({"pid": spawned["pid"]}));
        let mut kill = params.clone();
        kill["pid"] = spawned["pid"].clone();
        assert_eq!(client.ok("processKill", kill), Value::Null);
        let status = json!({"ok": {"success": false, "code": code, "signal": signal, "oom": null}});
        assert_eq!(client.result(wait), status);
    }
    let spawned = client.spawn("exec sleep 60");
    let wrong = json!({"pid": spawned["pid"], "signal": "SIGNOT"});
    let message = client.fails("processKill", wrong, "TypeError", "EINVAL");
    assert!(message.contains("SIGNOT"), "{message}");
    client.ok("processKill", json!({"pid": spawned["pid"]}));
}

#[test]
fn signals_that_whoever_started_the_emulator_ignores_end_processes_all_the_same() {
    let agent = Agent::start_in_background();
    let mut client = agent.connect();
    for signal in ["SIGHUP", "SIGINT", "SIGQUIT"] {
        let spawned = client.spawn("exec sleep 60");
        let wait = client.request("processWait", json!({"pid": spawned["pid"]}));
        let kill = json!({"pid": spawned["pid"], "signal": signal});
        assert_eq!(client.ok("processKill", kill), Value::Null);
        assert_eq!(client.result(wait)["ok"]["signal"], signal);
    }
}

#[test]
fn nothing_comes_of_a_stream_after_it_was_cancelled() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let spawned = client.spawn("exec yes");
    let id = spawned["stdoutStreamId"].as_u64().unwrap();
    let wait = client.request("processWait", json!({"pid": spawned["pid"]}));
    client.find(|frame| frame["method"] == "$sandbox.stream.enqueue");
    client.notify("cancel", json!({"streamId": id, "reason": null}));
    // What was on its way comes before the answer to what was asked next.
    client.ok("envGet", json!({"key": "HOME"}));
    client.seen.clear();
    client.assert_quiet(Duration::from_millis(300));
    // The process goes on, its output dropped; its end is told, the stream's is not.
    client.ok("processKill", json!({"pid": spawned["pid"]}));
    assert_eq!(client.result(wait)["ok"]["signal"], "SIGTERM");
    assert!(
        client
            .seen
            .iter()
            .all(|frame| frame["params"]["streamId"] != id)
    );
    client.assert_quiet(Duration::from_millis(100));
}

#[test]
fn output_waits_for_a_client_that_does_not_read() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let spawned = client.spawn("head -c 50000000 /dev/zero; echo done > finished");
    let wait = client.request("processWait", json!({"pid": spawned["pid"]}));
    std::thread::sleep(Duration::from_millis(500));
    assert!(
        !agent.home().join("finished").exists(),
        "the output was taken though nobody read it"
    );
    let output = client.stream(spawned["stdoutStreamId"].as_u64().unwrap());
    assert_eq!(output.iter().map(Vec::len).sum::<usize>(), 50_000_000);
    assert_eq!(client.result(wait)["ok"]["success"], true);
}

#[test]
fn a_process_that_ends_without_its_input_stops_the_stream() {
    let agent = Agent::start();
    let mut client = agent.connect();
    client.notify("start", json!({"streamId": 3}));
    client.ok(
        "spawn",
        json!({"command": "true", "stdinStreamId": 3, "stdout": "null", "stderr": "null"}),
    );
    std::thread::sleep(Duration::from_millis(100));
    for _ in 0..100 {
        client.enqueue(3, &[0; 100_000]);
    }
    let cancel = client.find(|frame| frame["method"] == "$sandbox.stream.cancel");
    assert_eq!(cancel["params"]["streamId"], 3);
    assert_eq!(client.ok("envGet", json!({"key": "GREETING"})), "hello");
}

#[test]
fn processes_outlive_the_connection_that_started_them() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let spawned = client.spawn("sleep 0.3; head -c 1000000 /dev/zero; echo done > outlived");
    client.request("processWait", json!({"pid": spawned["pid"]}));
    drop(client);
    let mut other = agent.connect();
    let status = other.ok("processWait", json!({"pid": spawned["pid"]}));
    assert_eq!(status["success"], true);
    assert_eq!(
        std::fs::read(agent.home().join("outlived")).unwrap(),
        b"done\n"
    );
}

#[test]
fn the_environment_is_shared_and_given_to_processes() {
    let agent = Agent::start();
    let mut client = agent.connect();
    assert_eq!(client.ok("envGet", json!({"key": "GREETING"})), "hello");
    client.ok("envSet", json!({"key": "NAME", "value": "a=b c"}));
    assert_eq!(
        agent.connect().ok("envGet", json!({"key": "NAME"})),
        "a=b c"
    );
    assert_eq!(client.run("echo $NAME").0, "a=b c\n");
    client.ok("envDelete", json!({"key": "GREETING"}));
    client.ok("envDelete", json!({"key": "GREETING"}));
    assert_eq!(client.ok("envGet", json!({"key": "GREETING"})), Value::Null);
    assert_eq!(
        client.ok("envToObject", json!({})),
        json!({"HOME": agent.home(), "NAME": "a=b c", "PATH": "/usr/local/bin:/usr/bin:/bin"})
    );
    for key in ["", "A=B"] {
        client.fails(
            "envSet",
            json!({"key": key, "value": ""}),
            "TypeError",
            "EINVAL",
        );
    }
    let id = client.request("envToObject", Value::Null);
    assert!(client.result(id)["ok"].is_object());
}
