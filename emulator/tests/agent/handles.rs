use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Agent, Client, base64, bytes};

#[test]
fn open_files_keep_the_order_of_what_is_asked() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let handle = client.ok("create", json!({"path": "h"}))["fileHandleId"].take();
    // All at once: each has the effect it would have had alone.
    let writes: Vec<u64> = (0..200)
        .map(|number: u8| {
            let params = json!({"fileHandleId": handle, "data": base64(&[number])});
            client.request("fileWrite", params)
        })
        .collect();
    let seek = client.request(
        "fileSeek",
        json!({"fileHandleId": handle, "offset": "-200", "whence": 2}),
    );
    let read = client.request("fileRead", json!({"fileHandleId": handle, "length": 1000}));
    let end = client.request("fileRead", json!({"fileHandleId": handle, "length": 1000}));
    let close = client.request("fileClose", json!({"fileHandleId": handle}));
    let late = client.request("fileStat", json!({"fileHandleId": handle}));
    for write in writes {
        assert_eq!(client.result(write), json!({"ok": {"bytesWritten": 1}}));
    }
    assert_eq!(client.result(seek), json!({"ok": {"position": 0}}));
    let expected: Vec<u8> = (0..200).collect();
    assert_eq!(bytes(&client.result(read)["ok"]["data"]), expected);
    assert_eq!(client.result(end), json!({"ok": {"data": null}}));
    assert_eq!(client.result(close), json!({"ok": null}));
    let error = client.result(late)["error"].take();
    assert_eq!(
        (&error["constructorName"], &error["code"]),
        (&json!("BadResource"), &json!("EBADF"))
    );
}

#[test]
fn open_files_are_cut_timed_and_synchronised() {
    let agent = Agent::start();
    let mut client = agent.connect();
    client.ok(
        "writeTextFile",
        json!({"path": "o", "content": "0123456789"}),
    );
    let handle = client.ok(
        "open",
        json!({"path": "o", "options": {"read": true, "write": true}}),
    );
    let handle = handle["fileHandleId"].clone();
    client.ok("fileTruncate", json!({"fileHandleId": handle, "size": 4}));
    let times = json!({"fileHandleId": handle, "atime": 1.5, "mtime": "2020-01-02T03:04:05.678Z"});
    client.ok("fileUtime", times);
    let info = client.ok("fileStat", json!({"fileHandleId": handle}));
    assert_eq!(
        (&info["size"], &info["mtime"]),
        (&json!(4), &json!("2020-01-02T03:04:05.678Z"))
    );
    for method in ["fileSync", "fileSyncData"] {
        assert_eq!(
            client.ok(method, json!({"fileHandleId": handle})),
            Value::Null
        );
    }
    let seek = |offset: i64, whence: u8| json!({"fileHandleId": handle, "offset": offset, "whence": whence});
    assert_eq!(client.ok("fileSeek", seek(1, 0))["position"], 1);
    assert_eq!(client.ok("fileSeek", seek(2, 1))["position"], 3);
    assert_eq!(
        bytes(&client.ok("fileRead", json!({"fileHandleId": handle, "length": 9}))["data"]),
        b"3"
    );
    client.error("fileSeek", seek(-1, 0));
    client.error("fileSeek", seek(-100, 2));

    let id = client.request("fileSeek", seek(0, 3));
    assert_eq!(client.reply(id)["error"]["code"], -32602);
    let read_only = client.ok("open", json!({"path": "o", "options": null}))["fileHandleId"].take();
    client.error(
        "fileWrite",
        json!({"fileHandleId": read_only, "data": "eA=="}),
    );
    let new = json!({"path": "o", "options": {"write": true, "createNew": true}});
    client.fails("open", new, "AlreadyExists", "EEXIST");
    client.fails("open", json!({"path": "none"}), "NotFound", "ENOENT");
    // Handles belong to their connection.
    agent.connect().fails(
        "fileStat",
        json!({"fileHandleId": handle}),
        "BadResource",
        "EBADF",
    );
}

#[test]
fn locks_wait_alone_and_end_with_the_connection() {
    let agent = Agent::start();
    let mut holder = agent.connect();
    let mut waiter = agent.connect();
    let open =
        |client: &mut Client| client.ok("create", json!({"path": "l"}))["fileHandleId"].take();
    let (held, wanted) = (open(&mut holder), open(&mut waiter));
    holder.ok("fileLock", json!({"fileHandleId": held, "exclusive": true}));
    let lock = waiter.request("fileLock", json!({"fileHandleId": wanted}));
    assert_eq!(waiter.ok("envGet", json!({"key": "GREETING"})), "hello");
    waiter.assert_quiet(Duration::from_millis(100));
    holder.ok("fileUnlock", json!({"fileHandleId": held}));
    assert_eq!(waiter.result(lock), json!({"ok": null}));

    let again = holder.request("fileLock", json!({"fileHandleId": held, "exclusive": true}));
    holder.assert_quiet(Duration::from_millis(100));
    drop(waiter);
    assert_eq!(holder.result(again), json!({"ok": null}));
}
