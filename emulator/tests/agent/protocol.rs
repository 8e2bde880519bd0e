use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Agent, bytes};

#[test]
fn unknown_methods_and_wrong_parameters_are_told_apart() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let id = client.request("download", json!({}));
    assert_eq!(
        client.reply(id)["error"],
        json!({"code": -32601, "message": "Method not found"})
    );

    let id = client.request("mkdir", json!({"path": "a", "options": {"recursive": 1}}));
    let mut error = client.reply(id)["error"].take();
    assert_eq!(error["code"], -32602);
    assert_eq!(error["data"]["constructorName"], "ZodError");
    let issues: Value =
        serde_json::from_str(error["data"]["message"].take().as_str().unwrap()).unwrap();
    assert_eq!(issues[0]["path"], json!(["options", "recursive"]));
    assert_eq!(issues[0]["expected"], "a boolean");
    assert_eq!(issues[0]["code"], "invalid_type");

    let id = client.request("readFile", json!({}));
    let error = client.reply(id)["error"].take();
    let issues: Value = serde_json::from_str(error["data"]["message"].as_str().unwrap()).unwrap();
    assert_eq!(issues[0]["path"], json!(["path"]));

    for (text, code) in [
        ("nonsense", -32700),
        ("[]", -32600),
        (r#"{"id":[1],"method":"stat"}"#, -32600),
    ] {
        client.send_text(text);
        let frame = client.receive();
        assert_eq!(
            (&frame["error"]["code"], &frame["id"]),
            (&json!(code), &Value::Null),
            "{text}"
        );
    }
    client.notify("surprise", json!({"streamId": 1}));
    client.send(
        &json!({"jsonrpc": "2.0", "id": "text", "method": "envGet", "params": {"key": "NONE"}}),
    );
    assert_eq!(
        client.receive(),
        json!({"jsonrpc": "2.0", "id": "text", "result": {"ok": null}})
    );
}

#[test]
fn an_answer_the_client_cannot_take_is_refused() {
    let agent = Agent::start();
    let mut client = agent.connect_with(100_000);
    std::fs::write(agent.home().join("big"), vec![b'x'; 200_000]).unwrap();
    std::fs::write(agent.home().join("fits"), vec![b'x'; 70_000]).unwrap();
    for method in ["readFile", "readTextFile"] {
        let message = client.fails(method, json!({"path": "big"}), "Error", "EFBIG");
        assert!(message.contains("read it in smaller parts"), "{message}");
        client.fails(method, json!({"path": "/dev/zero"}), "Error", "EFBIG");
    }
    assert_eq!(
        bytes(&client.ok("readFile", json!({"path": "fits"}))).len(),
        70_000
    );

    let handle = client.ok("open", json!({"path": "big"}))["fileHandleId"].take();
    // A read gives what fits, and the next one goes on from there.
    let mut total = 0;
    loop {
        let read = client.ok(
            "fileRead",
            json!({"fileHandleId": handle, "length": 1_000_000}),
        );
        if read["data"].is_null() {
            break;
        }
        total += bytes(&read["data"]).len();
    }
    assert_eq!(total, 200_000);

    let spawned = client.spawn("head -c 300000 /dev/zero");
    client.request("processWait", json!({"pid": spawned["pid"]}));
    let chunks = client.stream(spawned["stdoutStreamId"].as_u64().unwrap());
    assert_eq!(chunks.concat().len(), 300_000);
}

#[test]
fn calls_can_be_given_up() {
    let agent = Agent::start();
    let mut client = agent.connect();
    client.run("mkfifo pipe out");
    for (method, path) in [("readFile", "pipe"), ("readTextFile", "pipe")] {
        let read = client.request(method, json!({"path": path, "abortId": 9}));
        client.assert_quiet(Duration::from_millis(100));
        assert_eq!(client.ok("abort", json!({"abortId": 9})), Value::Null);
        let error = client.result(read)["error"].take();
        assert_eq!(
            (&error["constructorName"], &error["name"]),
            (&json!("DOMException"), &json!("AbortError"))
        );
        // The published npm package cannot take one.
        assert_eq!(error["code"], Value::Null);
    }
    // A pipe is read to its end all the same.
    let read = client.request("readTextFile", json!({"path": "pipe", "abortId": 10}));
    client.run("(echo one; sleep 0.1; echo two) > pipe");
    assert_eq!(client.result(read), json!({"ok": "one\ntwo\n"}));
    // As is one that a reader opens late.
    let write = client.request("writeTextFile", json!({"path": "out", "content": "late"}));
    let (text, _) = client.run("sleep 0.1; cat out");
    assert_eq!(
        (text.as_str(), client.result(write)),
        ("late", json!({"ok": null}))
    );

    client.notify("start", json!({"streamId": 1}));
    let write = client.request(
        "writeFile",
        json!({"path": "w", "contentStreamId": 1, "abortId": 11}),
    );
    client.enqueue(1, b"x");
    client.ok("abort", json!({"abortId": 11}));
    assert_eq!(client.result(write)["error"]["name"], "AbortError");
    // Late and unknown ones.
    assert_eq!(client.ok("abort", json!({"abortId": 10})), Value::Null);
    assert_eq!(client.ok("abort", json!({"abortId": 999})), Value::Null);
}

#[test]
fn calls_do_not_wait_for_each_other() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let started = Instant::now();
    let waits: Vec<u64> = (0..20)
        .map(|_| {
            let pid = client.spawn("sleep 0.5")["pid"].take();
            client.request("processWait", json!({"pid": pid}))
        })
        .collect();
    for wait in waits {
        assert_eq!(client.result(wait)["ok"]["success"], true);
    }
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
}
