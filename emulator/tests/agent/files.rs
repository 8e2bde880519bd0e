use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Agent, base64, bytes};

#[test]
fn whole_files_are_written_and_read() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let content: Vec<u8> = (0..=255).cycle().take(1_000_001).collect();
    let params = json!({"path": "a", "content": base64(&content), "options": {"mode": 0o600}});
    assert_eq!(client.ok("writeFile", params), Value::Null);
    assert_eq!(std::fs::read(agent.home().join("a")).unwrap(), content);
    let mode = std::fs::metadata(agent.home().join("a")).unwrap().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(bytes(&client.ok("readFile", json!({"path": "a"}))), content);

    client.ok("writeTextFile", json!({"path": "t", "content": "grüße\n"}));
    client.ok(
        "writeTextFile",
        json!({"path": "t", "content": "b", "options": {"append": true}}),
    );
    assert_eq!(client.ok("readTextFile", json!({"path": "t"})), "grüße\nb");
    client.ok("writeTextFile", json!({"path": "t", "content": ""}));
    assert_eq!(
        client.ok("readFile", json!({"path": "t", "abortId": null})),
        ""
    );

    let params = json!({"path": "t", "content": "x", "options": {"createNew": true}});
    client.fails("writeTextFile", params, "AlreadyExists", "EEXIST");
    let params = json!({"path": "none", "content": "x", "options": {"create": false}});
    client.fails("writeTextFile", params, "NotFound", "ENOENT");
    client.fails("writeTextFile", json!({"path": "t"}), "TypeError", "EINVAL");
    let message = client.fails("readFile", json!({"path": "/x"}), "NotFound", "ENOENT");
    assert_eq!(message, "No such file or directory (os error 2): open '/x'");
    client.fails(
        "readTextFile",
        json!({"path": "."}),
        "IsADirectory",
        "EISDIR",
    );
    client.fails("readFile", json!({"path": ""}), "NotFound", "ENOENT");
    client.fails(
        "readFile",
        json!({"path": "t/x"}),
        "NotADirectory",
        "ENOTDIR",
    );
    client.fails("readFile", json!({"path": "a\0b"}), "Error", "EINVAL");
}

#[test]
fn files_are_written_from_streams() {
    let agent = Agent::start();
    let mut client = agent.connect();
    // Data before the call, an empty piece, and data after it.
    client.notify("start", json!({"streamId": 1}));
    client.enqueue(1, b"before ");
    let write = client.request("writeFile", json!({"path": "s", "contentStreamId": 1}));
    client.enqueue(1, b"");
    // Unusual spelling takes the way round.
    client.send_text(
        r#" {"method" : "$sandbox.stream.enqueue", "params": {"data":"YWZ0ZXI=","streamId":1}} "#,
    );
    client.assert_quiet(Duration::from_millis(200));
    client.notify("end", json!({"streamId": 1}));
    assert_eq!(client.result(write), json!({"ok": null}));
    assert_eq!(
        client.ok("readTextFile", json!({"path": "s"})),
        "before after"
    );

    // All of it, with its end, before the call; in the spelling of Python.
    client.notify("start", json!({"streamId": 2}));
    client.send_text(r#"{"jsonrpc": "2.0", "method": "$sandbox.stream.enqueue", "params": {"streamId": 2, "data": "eA=="}}"#);
    client.notify("end", json!({"streamId": 2}));
    client.ok("writeTextFile", json!({"path": "t", "contentStreamId": 2}));
    assert_eq!(client.ok("readTextFile", json!({"path": "t"})), "x");

    for (stream, error) in [
        (3, json!("no more")),
        (4, json!({"constructorName": "Error", "message": "no more"})),
    ] {
        client.notify("start", json!({"streamId": stream}));
        let write = client.request("writeFile", json!({"path": "u", "contentStreamId": stream}));
        client.notify("error", json!({"streamId": stream, "error": error}));
        let result = client.result(write);
        assert!(
            result["error"]["message"]
                .as_str()
                .unwrap()
                .contains("no more"),
            "{result}"
        );
    }

    // A write that fails asks the client to stop, and drops what still comes.
    client.notify("start", json!({"streamId": 5}));
    let write = client.request(
        "writeFile",
        json!({"path": "no/such/folder", "contentStreamId": 5}),
    );
    let cancel = client.find(|frame| frame["method"] == "$sandbox.stream.cancel");
    assert_eq!(cancel["params"]["streamId"], 5);
    assert_eq!(client.result(write)["error"]["code"], "ENOENT");
    for _ in 0..12 {
        client.enqueue(5, &[0; 1 << 20]);
    }
    client.notify("end", json!({"streamId": 5}));
    assert_eq!(client.ok("envGet", json!({"key": "GREETING"})), "hello");
}

#[test]
fn a_large_file_crosses_both_ways() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let piece: Vec<u8> = (0..64 << 10)
        .map(|number: u32| (number % 251) as u8)
        .collect();
    client.notify("start", json!({"streamId": 0}));
    let write = client.request("writeFile", json!({"path": "large", "contentStreamId": 0}));
    for _ in 0..512 {
        client.enqueue(0, &piece);
    }
    client.notify("end", json!({"streamId": 0}));
    assert_eq!(client.result(write), json!({"ok": null}));
    let read = bytes(&client.ok("readFile", json!({"path": "large"})));
    assert!(read == piece.repeat(512));
}

#[test]
fn folders_links_and_attributes() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let home = agent.home();
    client.ok(
        "mkdir",
        json!({"path": "d/e", "options": {"recursive": true, "mode": 0o700}}),
    );
    client.ok(
        "mkdir",
        json!({"path": "d/e", "options": {"recursive": true}}),
    );
    client.fails("mkdir", json!({"path": "d"}), "AlreadyExists", "EEXIST");
    assert_eq!(
        std::fs::metadata(home.join("d/e")).unwrap().mode() & 0o777,
        0o700
    );
    client.ok("writeTextFile", json!({"path": "d/f", "content": "12345"}));
    client.ok(
        "symlink",
        json!({"target": "f", "path": "d/s", "options": {"type": "file"}}),
    );
    let mut entries = client
        .ok("readDir", json!({"path": "d"}))
        .as_array()
        .unwrap()
        .clone();
    entries.sort_by_key(|entry| entry["name"].to_string());
    assert_eq!(
        json!(entries),
        json!([
            {"name": "e", "isFile": false, "isDirectory": true, "isSymlink": false},
            {"name": "f", "isFile": true, "isDirectory": false, "isSymlink": false},
            {"name": "s", "isFile": false, "isDirectory": false, "isSymlink": true},
        ])
    );
    assert_eq!(client.ok("readLink", json!({"path": "d/s"})), "f");
    let real = client.ok("realPath", json!({"path": "d/s"}));
    assert_eq!(real, json!(home.canonicalize().unwrap().join("d/f")));
    client.ok("link", json!({"target": "d/f", "path": "hard"}));
    assert_eq!(client.ok("stat", json!({"path": "hard"}))["nlink"], 2);
    client.ok("copyFile", json!({"fromPath": "d/f", "toPath": "copy"}));
    client.ok("rename", json!({"oldPath": "copy", "newPath": "moved"}));
    let params = json!({"oldPath": "copy", "newPath": "x"});
    let message = client.fails("rename", params, "NotFound", "ENOENT");
    assert_eq!(
        message,
        "No such file or directory (os error 2): rename 'copy' -> 'x'"
    );

    let times =
        json!({"path": "d/s", "atime": "2020-01-02T03:04:05.678Z", "mtime": 1_600_000_000.25});
    client.ok("utime", times);
    let info = client.ok("stat", json!({"path": "d/f"}));
    assert_eq!(info["atime"], "2020-01-02T03:04:05.678Z");
    assert_eq!(info["mtime"], "2020-09-13T12:26:40.25Z");
    assert!(info["birthtime"].is_string() && info["ctime"].is_string());
    assert_eq!(
        (&info["size"], &info["isFile"], &info["isFifo"]),
        (&json!(5), &json!(true), &json!(false))
    );
    assert_eq!(info.as_object().unwrap().len(), 21);
    assert_eq!(
        client.ok("lstat", json!({"path": "d/s"}))["isSymlink"],
        true
    );

    client.ok("truncate", json!({"name": "moved", "length": 2}));
    assert_eq!(std::fs::read(home.join("moved")).unwrap(), b"12");
    client.ok("truncate", json!({"name": "moved", "length": null}));
    assert_eq!(std::fs::read(home.join("moved")).unwrap(), b"");
    client.ok("chmod", json!({"path": "moved", "mode": 0o640}));
    assert_eq!(
        std::fs::metadata(home.join("moved"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    let owner = std::fs::metadata(&home).unwrap().uid();
    client.ok("chown", json!({"path": "moved", "uid": owner, "gid": null}));

    let message = client.error("remove", json!({"path": "d"}));
    assert_eq!(message["code"], "ENOTEMPTY");
    client.ok("remove", json!({"path": "d/s"}));
    client.ok(
        "remove",
        json!({"path": "d", "options": {"recursive": true}}),
    );
    assert!(!home.join("d").exists());
    client.ok("symlink", json!({"target": "loop", "path": "loop"}));
    client.fails("stat", json!({"path": "loop"}), "FilesystemLoop", "ELOOP");
}

#[test]
fn the_mask_holds_for_files_and_processes() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let before = client.ok("umask", json!({"mask": 0o077}));
    assert_eq!(client.ok("umask", json!({})), 0o077);
    client.ok("writeTextFile", json!({"path": "m", "content": ""}));
    assert_eq!(
        std::fs::metadata(agent.home().join("m")).unwrap().mode() & 0o777,
        0o600
    );
    assert_eq!(agent.connect().ok("umask", json!({"mask": null})), 0o077);
    assert_eq!(client.run("umask").0, "0077\n");
    assert_eq!(client.ok("umask", json!({"mask": before})), 0o077);
}

#[test]
fn temporary_names_are_new() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let options = json!({"dir": ".", "prefix": "pre-", "suffix": ".tmp"});
    let file = client.ok("makeTempFile", json!({"options": options}));
    let folder = client.ok("makeTempDir", json!({"options": options}));
    assert_ne!(file, folder);
    assert!(
        client.ok("stat", json!({"path": file}))["isFile"]
            .as_bool()
            .unwrap()
    );
    assert!(
        client.ok("stat", json!({"path": folder}))["isDirectory"]
            .as_bool()
            .unwrap()
    );
    let text = file.as_str().unwrap();
    assert!(text.contains("/pre-") && text.ends_with(".tmp"), "{text}");
    let plain = client.ok("makeTempDir", json!({}));
    assert!(plain.as_str().unwrap().starts_with("/tmp/"));
    client.ok("remove", json!({"path": plain}));
    client.fails(
        "makeTempFile",
        json!({"options": {"prefix": "a/b"}}),
        "TypeError",
        "EINVAL",
    );
    client.fails(
        "makeTempFile",
        json!({"options": {"dir": "none"}}),
        "NotFound",
        "ENOENT",
    );
}
