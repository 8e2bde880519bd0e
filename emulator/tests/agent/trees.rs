use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Agent, Client};

/// The paths of the entries a stream carries, one in each piece.
fn paths(client: &mut Client, method: &str, params: Value) -> Vec<String> {
    let id = client.request(method, params);
    let start = client.receive();
    assert_eq!(start["method"], "$sandbox.stream.start");
    let answer = client.receive();
    assert_eq!(answer["id"], id, "{answer}");
    let stream = answer["result"]["ok"]["streamId"].clone();
    assert_eq!(stream, start["params"]["streamId"]);
    let entries = client.stream(stream.as_u64().unwrap());
    let path = |entry: &Vec<u8>| {
        let entry: Value = serde_json::from_slice(entry).unwrap();
        assert_eq!(entry.as_object().unwrap().len(), 5);
        entry["path"].as_str().unwrap().to_owned()
    };
    entries.iter().map(path).collect()
}

#[test]
fn trees_are_walked() {
    let agent = Agent::start();
    let mut client = agent.connect();
    client.run("mkdir -p w/b/c w/skip; touch w/a.txt w/b/d.rs w/b/c/e.txt w/skip/f.txt; ln -s b w/link; ln -s .. w/b/up");
    let mut walk = |params: Value| paths(&mut client, "walk", params);
    assert_eq!(
        walk(json!({"path": "w"})),
        [
            "w",
            "w/a.txt",
            "w/b",
            "w/b/c",
            "w/b/c/e.txt",
            "w/b/d.rs",
            "w/b/up",
            "w/link",
            "w/skip",
            "w/skip/f.txt"
        ]
    );
    assert_eq!(walk(json!({"path": "w", "maxDepth": 0})), ["w"]);
    assert_eq!(
        walk(json!({"path": "./w/", "maxDepth": 1, "includeDirs": false})),
        ["w/a.txt", "w/link"]
    );
    assert_eq!(
        walk(
            json!({"path": "w", "exts": ["txt", ".rs"], "skip": [{"source": "SKIP$", "flags": "i"}]})
        ),
        ["w/a.txt", "w/b/c/e.txt", "w/b/d.rs"]
    );
    // As the published Python package nests it.
    assert_eq!(
        walk(json!({"path": "w", "options": {"match": [{"source": "/[de]\\.", "flags": ""}]}})),
        ["w/b/c/e.txt", "w/b/d.rs"]
    );
    assert_eq!(walk(json!({"path": ".", "maxDepth": 1})), [".", "w"]);
    // Links that lead back do not lead round for ever.
    let followed = walk(
        json!({"path": "w", "followSymlinks": true, "canonicalize": false, "includeFiles": false}),
    );
    assert_eq!(
        followed,
        [
            "w",
            "w/b",
            "w/b/c",
            "w/b/up",
            "w/link",
            "w/link/c",
            "w/link/up",
            "w/skip"
        ]
    );

    client.fails("walk", json!({"path": "none"}), "NotFound", "ENOENT");
    let wrong = json!({"path": "w", "match": [{"source": "(", "flags": ""}]});
    client.fails("walk", wrong, "SyntaxError", "EINVAL");
}

#[test]
fn a_long_walk_can_be_cancelled() {
    let agent = Agent::start();
    let mut client = agent.connect();
    let id = client.request("walk", json!({"path": "/usr"}));
    let stream = client.result(id)["ok"]["streamId"].take();
    client.notify("cancel", json!({"streamId": stream, "reason": null}));
    client.ok("envGet", json!({"key": "HOME"}));
    assert!(
        !client
            .seen
            .iter()
            .any(|frame| frame["method"] == "$sandbox.stream.end")
    );
    client.assert_quiet(Duration::from_millis(200));
}

#[test]
fn globs_are_expanded() {
    let agent = Agent::start();
    let mut client = agent.connect();
    client.run("mkdir -p g/b/c; touch g/a.txt g/A.TXT g/b/d.rs g/b/c/e.txt; ln -s b g/link");
    let home = agent.home().display().to_string();
    let mut glob = |params: Value| -> Vec<String> {
        let found = paths(&mut client, "expandGlob", params);
        found
            .iter()
            .map(|path| path.replace(&format!("{home}/"), "~"))
            .collect()
    };
    assert_eq!(glob(json!({"glob": "g/*.txt"})), ["~g/a.txt"]);
    assert_eq!(
        glob(json!({"glob": "g/*.txt", "caseInsensitive": true})),
        ["~g/A.TXT", "~g/a.txt"]
    );
    assert_eq!(
        glob(json!({"glob": "**/*.txt", "root": "g"})),
        ["~g/a.txt", "~g/b/c/e.txt"]
    );
    assert_eq!(
        glob(json!({"glob": "g/b/{c,d.*}"})),
        ["~g/b/c", "~g/b/d.rs"]
    );
    assert_eq!(glob(json!({"glob": "g/b/*/"})), ["~g/b/c"]);
    assert_eq!(
        glob(json!({"glob": "g/b/*", "includeDirs": false})),
        ["~g/b/d.rs"]
    );
    assert_eq!(
        glob(json!({"glob": "g/!(a*)", "options": {"exclude": ["g/b", "g/A*"]}})),
        ["~g/link"]
    );
    assert_eq!(glob(json!({"glob": "g/*/../a.txt"})), ["~g/a.txt"]);
    assert_eq!(
        glob(json!({"glob": format!("{home}/g/a.txt")})),
        ["~g/a.txt"]
    );
    assert!(glob(json!({"glob": "none/*"})).is_empty());
}
