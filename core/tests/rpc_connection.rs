//! The protocol machine against a peer in memory, in virtual time.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use deno_sandbox::rpc::connection::{
    CallId, Connection, Event, Limits, OutgoingId, Reply, StreamRead, Writable,
};
use deno_sandbox::rpc::methods::*;
use deno_sandbox::rpc::values::{Blob, Spawned};
use deno_sandbox::{Error, ErrorCode};
use proptest::prelude::*;
use serde_json::{Value, json};

const SECOND: Duration = Duration::from_secs(1);

/// The machine, and what it has told so far.
struct Client {
    machine: Connection,
    now: Duration,
    replies: HashMap<CallId, Result<Reply, Error>>,
    closed: bool,
}

impl Client {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        Self {
            machine: Connection::new(limits, Duration::ZERO),
            now: Duration::ZERO,
            replies: HashMap::new(),
            closed: false,
        }
    }

    fn call<M: Method>(&mut self, params: M::Params) -> CallId {
        self.machine
            .call::<M>(&params, None, None, self.now)
            .unwrap()
    }

    fn receive(&mut self, frame: impl Into<Bytes>) {
        self.machine.handle_message(&frame.into(), self.now);
        self.poll();
    }

    fn poll(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            match event {
                Event::Replied(call, result) => {
                    assert!(
                        self.replies.insert(call, result).is_none(),
                        "two replies to {call:?}"
                    );
                }
                Event::Closed => self.closed = true,
                Event::Readable(_) | Event::Writable => {}
            }
        }
    }

    /// Everything it has to send.
    fn sent(&mut self) -> Vec<String> {
        let mut sent = Vec::new();
        while let Some(text) = self.machine.poll_transmit(self.now) {
            sent.push(text);
        }
        self.poll();
        sent
    }

    fn sent_json(&mut self) -> Vec<Value> {
        self.sent()
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect()
    }

    fn advance(&mut self, by: Duration) {
        let end = self.now + by;
        while let Some(next) = self.machine.poll_timeout().filter(|next| *next <= end) {
            self.now = next;
            self.machine.handle_timeout(next);
            self.poll();
        }
        self.now = end;
    }

    fn result<M: Method>(&mut self, call: CallId) -> Result<M::Output, Error> {
        self.replies
            .remove(&call)
            .expect("it is answered")?
            .decode::<M>()
    }

    /// Reads what is there; the rest of the tuple tells how it ended, if it did.
    fn read(&mut self, stream: u64) -> (Vec<u8>, Option<Result<(), Error>>) {
        let mut bytes = Vec::new();
        loop {
            match self.machine.read(stream) {
                StreamRead::Chunk(chunk) => {
                    assert!(!chunk.is_empty());
                    bytes.extend_from_slice(&chunk);
                }
                StreamRead::Empty => return (bytes, None),
                StreamRead::End => return (bytes, Some(Ok(()))),
                StreamRead::Failed(error) => return (bytes, Some(Err(error))),
            }
        }
    }
}

fn ok(id: u64, value: impl serde::Serialize) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": {"ok": value}}).to_string()
}

fn stream(kind: &str, id: u64, rest: Value) -> String {
    // Written out, so that the keys have the order the service gives them.
    let mut text = format!(
        r#"{{"jsonrpc":"2.0","method":"$sandbox.stream.{kind}","params":{{"streamId":{id}"#
    );
    for (key, value) in rest.as_object().unwrap() {
        text += &format!(",\"{key}\":{value}");
    }
    text + "}}"
}

fn data(id: u64, bytes: &[u8]) -> String {
    stream(
        "enqueue",
        id,
        json!({"data": base64_simd::STANDARD.encode_to_string(bytes)}),
    )
}

fn path(path: &str) -> ReadParams {
    ReadParams {
        path: path.to_owned(),
        abort_id: None,
    }
}

fn spawn() -> SpawnParams {
    SpawnParams {
        command: "x".to_owned(),
        ..SpawnParams::default()
    }
}

/// Answers requests as a sandbox would, in lanes: frames of one lane keep their order.
fn answer(request: &str, outputs: &[Vec<Vec<u8>>]) -> Vec<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Frame {
        id: u64,
        method: String,
        params: Value,
    }
    let Frame { id, method, params } = serde_json::from_str(request).unwrap();
    match Request::decode(&method, &params.to_string())
        .unwrap()
        .unwrap()
    {
        Request::ReadTextFile(params) => vec![vec![ok(id, format!("text of {}", params.path))]],
        Request::ReadFile(params) => vec![vec![ok(id, Blob(params.path.into()))]],
        Request::Spawn(params) => {
            let pid: u32 = params.command.parse().unwrap();
            let out = u64::from(pid) * 10;
            let spawned = Spawned {
                pid,
                stdout_stream_id: Some(out),
                stderr_stream_id: Some(out + 1),
            };
            let mut chunks: Vec<String> = Vec::new();
            if pid.is_multiple_of(2) {
                chunks.push(stream("start", out, json!({})));
            }
            chunks.extend(outputs[pid as usize].iter().map(|bytes| data(out, bytes)));
            chunks.push(stream("end", out, json!({})));
            let error = stream("error", out + 1, json!({"error": "broken pipe"}));
            vec![vec![ok(id, spawned)], chunks, vec![error]]
        }
        other => panic!("not part of the story: {other:?}"),
    }
}

struct Story {
    client: Client,
    texts: BTreeMap<usize, CallId>,
    spawns: BTreeMap<usize, CallId>,
    lanes: Vec<Vec<String>>,
}

fn story(files: usize, outputs: &[Vec<Vec<u8>>]) -> Story {
    let mut client = Client::new();
    let texts = (0..files)
        .map(|n| (n, client.call::<ReadTextFile>(path(&n.to_string()))))
        .collect();
    let spawns = (0..outputs.len())
        .map(|n| {
            (
                n,
                client.call::<Spawn>(SpawnParams {
                    command: n.to_string(),
                    ..spawn()
                }),
            )
        })
        .collect();
    let mut lanes: Vec<Vec<String>> = client
        .sent()
        .iter()
        .flat_map(|request| answer(request, outputs))
        .collect();
    lanes.iter_mut().for_each(|lane| lane.reverse());
    Story {
        client,
        texts,
        spawns,
        lanes,
    }
}

impl Story {
    /// Delivers one more frame, of the lane chosen; whether there was one.
    fn step(&mut self, choice: prop::sample::Index) -> bool {
        self.lanes.retain(|lane| !lane.is_empty());
        if self.lanes.is_empty() {
            return false;
        }
        let lane = choice.index(self.lanes.len());
        let frame = self.lanes[lane].pop().unwrap();
        self.client.receive(frame);
        true
    }
}

fn outputs() -> impl Strategy<Value = Vec<Vec<Vec<u8>>>> {
    let chunk = prop::collection::vec(any::<u8>(), 0..40);
    prop::collection::vec(prop::collection::vec(chunk, 0..5), 0..4)
}

proptest! {
    #[test]
    fn every_interleaving_gives_each_call_and_stream_its_own(
        files in 0usize..4,
        outputs in outputs(),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 60),
    ) {
        let mut story = story(files, &outputs);
        for choice in choices.into_iter().cycle() {
            if !story.step(choice) {
                break;
            }
        }
        let mut client = story.client;
        for (n, call) in story.texts {
            prop_assert_eq!(client.result::<ReadTextFile>(call).unwrap(), format!("text of {n}"));
        }
        for (n, call) in story.spawns {
            let spawned = client.result::<Spawn>(call).unwrap();
            prop_assert_eq!(spawned.pid, n as u32);
            let (bytes, end) = client.read(spawned.stdout_stream_id.unwrap());
            prop_assert_eq!(bytes, outputs[n].concat());
            prop_assert!(matches!(end, Some(Ok(()))));
            let (bytes, end) = client.read(spawned.stderr_stream_id.unwrap());
            prop_assert!(bytes.is_empty());
            let error = end.unwrap().unwrap_err();
            prop_assert_eq!(error.code(), ErrorCode::StreamFailed);
            prop_assert!(error.to_string().contains("broken pipe"));
        }
        prop_assert_eq!(client.machine.unread_bytes(), 0);
        prop_assert!(!client.closed);
    }

    #[test]
    fn a_cut_at_any_point_ends_everything_with_an_error(
        outputs in outputs(),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let mut story = story(3, &outputs);
        for choice in choices {
            story.step(choice);
        }
        let mut client = story.client;
        client.machine.handle_close(4321, "the machine\nis gone");
        client.poll();
        prop_assert!(client.closed);
        for (n, call) in story.texts {
            match client.result::<ReadTextFile>(call) {
                Ok(text) => prop_assert_eq!(text, format!("text of {n}")),
                Err(error) => {
                    prop_assert_eq!(error.code(), ErrorCode::ConnectionClosed);
                    prop_assert_eq!(error.close_code(), Some(4321));
                    prop_assert_eq!(error.close_reason(), Some("the machine is gone"));
                }
            }
        }
        for (n, call) in story.spawns {
            let Ok(spawned) = client.result::<Spawn>(call) else { continue };
            let (bytes, end) = client.read(spawned.stdout_stream_id.unwrap());
            match end.expect("nothing is left open") {
                Ok(()) => prop_assert_eq!(bytes, outputs[n].concat()),
                Err(error) => {
                    prop_assert_eq!(error.code(), ErrorCode::ConnectionClosed);
                    prop_assert!(outputs[n].concat().starts_with(&bytes));
                }
            }
        }
        let error = client.machine.call::<ReadFile>(&path("late"), None, None, client.now);
        prop_assert_eq!(error.unwrap_err().code(), ErrorCode::ConnectionClosed);
        prop_assert!(client.machine.open().is_err());
        prop_assert!(client.machine.poll_timeout().is_none());
    }

    #[test]
    fn no_bytes_make_it_panic_or_grow(frames in prop::collection::vec(hostile(), 1..60)) {
        let mut client = Client::with(Limits { unread: 4096, ..Limits::default() });
        let calls: Vec<CallId> = (0..4).map(|_| client.call::<Spawn>(spawn())).collect();
        let outgoing = client.machine.open().unwrap();
        client.sent();
        for frame in frames {
            let length = frame.len();
            client.receive(frame);
            prop_assert!(client.machine.unread_bytes() <= 2 * 4096 + length + 64 * 64);
            prop_assert!(client.machine.unsent_bytes() <= 64 << 10);
        }
        let _ = client.machine.is_writable(outgoing);
        client.machine.close();
        client.poll();
        for call in calls {
            prop_assert!(client.replies.contains_key(&call), "a call is left open");
        }
    }

    #[test]
    fn a_stream_to_the_peer_arrives_however_it_is_cut(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..10)) {
        let mut client = Client::new();
        let id = client.machine.open().unwrap();
        for chunk in &chunks {
            client.machine.write(id.chunk(chunk));
        }
        client.machine.end(id);
        let mut received = Vec::new();
        let frames = client.sent_json();
        prop_assert_eq!(&frames[0]["method"], "$sandbox.stream.start");
        prop_assert_eq!(&frames[frames.len() - 1]["method"], "$sandbox.stream.end");
        for frame in &frames[1..frames.len() - 1] {
            prop_assert_eq!(&frame["params"]["streamId"], &json!(id.wire()));
            let text = frame["params"]["data"].as_str().unwrap();
            let bytes = base64_simd::STANDARD.decode_to_vec(text).unwrap();
            prop_assert!(!bytes.is_empty(), "an empty chunk breaks published readers");
            received.extend(bytes);
        }
        prop_assert_eq!(received, chunks.concat());
    }
}

/// Garbage, near misses, and valid frames out of place.
fn hostile() -> impl Strategy<Value = Bytes> {
    let id = prop_oneof![
        (0u64..6).prop_map(|n| json!(n)),
        Just(json!(u64::MAX)),
        Just(json!(-1)),
        Just(json!(1e300)),
        Just(json!("0")),
        Just(json!(null)),
        Just(json!({})),
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[A-Za-z0-9+/]{0,400}={0,2}".prop_map(Value::from),
        Just(json!({"pid": 1, "stdoutStreamId": 3, "stderrStreamId": 3})),
        (0u64..5, 0u64..5)
            .prop_map(|(a, b)| json!({"pid": 1, "stdoutStreamId": a, "stderrStreamId": b})),
        Just(json!({"constructorName": 5, "message": null})),
    ];
    let kind = prop::sample::select(vec!["start", "enqueue", "end", "error", "cancel", "what"]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..100).prop_map(Bytes::from),
        (id.clone(), leaf.clone()).prop_map(|(id, v)| json!({"jsonrpc": "2.0", "id": id, "result": v}).to_string().into()),
        (id.clone(), leaf.clone()).prop_map(|(id, v)| json!({"jsonrpc": "2.0", "id": id, "result": {"ok": v}}).to_string().into()),
        (id.clone(), leaf.clone()).prop_map(|(id, v)| json!({"jsonrpc": "2.0", "id": id, "result": {"error": v}}).to_string().into()),
        (id.clone(), leaf.clone()).prop_map(|(id, v)| json!({"jsonrpc": "2.0", "id": id, "error": v}).to_string().into()),
        (kind, id, leaf).prop_map(|(kind, id, v)| {
            json!({"jsonrpc": "2.0", "method": format!("$sandbox.stream.{kind}"), "params": {"streamId": id, "data": v, "error": v}}).to_string().into()
        }),
        (0usize..3000).prop_map(|n| Bytes::from("[".repeat(n))),
        (0usize..3000).prop_map(|n| format!(r#"{{"jsonrpc":"2.0","id":0,"result":{{"ok":{}{}}}}}"#, "[".repeat(n), "]".repeat(n)).into()),
    ]
}

#[test]
fn garbage_closes_with_the_code_that_says_so() {
    for (frame, code, reason) in [
        ("nonsense", 4000, "Invalid JSON"),
        ("{\"jsonrpc\":\"2.0\"", 4000, "Invalid JSON"),
        ("\"text\"", 4001, "Invalid message"),
        ("{}", 4001, "Invalid message"),
        (
            r#"{"jsonrpc":"1.0","id":0,"result":{"ok":1}}"#,
            4001,
            "Invalid message",
        ),
        (r#"{"jsonrpc":"2.0","id":0}"#, 4001, "Invalid message"),
        (
            r#"{"jsonrpc":"2.0","method":"$sandbox.stream.enqueue","params":{"streamId":1,"data":"%"}}"#,
            4001,
            "Invalid message",
        ),
        (
            r#"{"jsonrpc":"2.0","method":"$sandbox.stream.end","params":{"streamId":-1}}"#,
            4001,
            "Invalid message",
        ),
    ] {
        let mut client = Client::new();
        let call = client.call::<ReadFile>(path("a"));
        client.receive(frame);
        let error = client.result::<ReadFile>(call).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ProtocolViolation, "{frame}");
        assert_eq!(client.machine.poll_close(), Some((code, reason)), "{frame}");
        assert_eq!(client.machine.poll_close(), None);
    }
}

#[test]
fn what_is_not_understood_but_harmless_changes_nothing() {
    let mut client = Client::new();
    let call = client.call::<ReadFile>(path("a"));
    for frame in [
        "pong".to_owned(),
        ok(77, "nobody asked"),
        json!({"jsonrpc": "2.0", "method": "$sandbox.news", "params": {}}).to_string(),
        json!({"jsonrpc": "2.0", "id": 5, "method": "ask", "params": {}}).to_string(),
        stream("cancel", 99, json!({"reason": null})),
    ] {
        client.receive(frame);
    }
    client.receive(ok(0, "AAEC"));
    client.receive(ok(0, "again"));
    assert_eq!(client.result::<ReadFile>(call).unwrap().0, [0, 1, 2][..]);
    assert!(!client.closed);
}

#[test]
fn requests_are_those_of_the_published_packages() {
    let mut client = Client::new();
    client.call::<ReadTextFile>(path("/ä"));
    client.call::<EnvToObject>(NoParams {});
    assert_eq!(
        client.sent(),
        [
            r#"{"jsonrpc":"2.0","id":0,"method":"readTextFile","params":{"path":"/ä"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"envToObject","params":{}}"#,
        ]
    );
}

#[test]
fn errors_of_the_sandbox_keep_their_meaning() {
    let failure = |object: Value| json!({"jsonrpc": "2.0", "id": 0, "result": {"error": object}});
    let refusal = |code: i64, message: &str| json!({"jsonrpc": "2.0", "id": 0, "error": {"code": code, "message": message}});
    for (frame, code) in [
        (
            failure(
                json!({"constructorName": "NotFound", "message": "no", "code": "ENOENT", "cause": {"deep": [1]}, "stack": null}),
            ),
            ErrorCode::FileNotFound,
        ),
        (
            failure(json!({"constructorName": "NotFound", "message": "no"})),
            ErrorCode::FileNotFound,
        ),
        (
            failure(json!({"constructorName": "Error", "message": "no", "code": "ENOSPC"})),
            ErrorCode::StorageFull,
        ),
        (
            failure(
                json!({"constructorName": "DOMException", "message": "no", "name": "AbortError"}),
            ),
            ErrorCode::Cancelled,
        ),
        (
            failure(json!({"constructorName": "TypeError", "message": "odd"})),
            ErrorCode::SandboxFailed,
        ),
        (failure(json!("just text")), ErrorCode::SandboxFailed),
        (
            refusal(-32601, "Method not found"),
            ErrorCode::UnsupportedMethod,
        ),
        (refusal(-32602, "Invalid params"), ErrorCode::Rejected),
        (refusal(-32000, "odd"), ErrorCode::SandboxFailed),
        (
            json!({"jsonrpc": "2.0", "id": 0, "result": {}}),
            ErrorCode::ProtocolViolation,
        ),
        (
            json!({"jsonrpc": "2.0", "id": 0, "result": {"ok": 5}}),
            ErrorCode::ProtocolViolation,
        ),
    ] {
        let mut client = Client::new();
        let call = client.call::<ReadFile>(path("a"));
        client.receive(frame.to_string());
        let error = client.result::<ReadFile>(call).unwrap_err();
        assert_eq!(error.code(), code, "{frame}: {error}");
        assert!(!client.closed, "{frame}");
    }
    let mut client = Client::new();
    let call = client.call::<ProcessKill>(ProcessKillParams {
        pid: 1,
        signal: None,
    });
    client.receive(
        failure(json!({"constructorName": "TypeError", "message": "ended", "code": "ENOENT"}))
            .to_string(),
    );
    let error = client.result::<ProcessKill>(call).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ProcessExited);
    assert_eq!(error.class_name(), Some("TypeError"));
    assert_eq!(error.service_code(), Some("ENOENT"));
}

#[test]
fn content_means_the_same_in_every_form() {
    fn answered<M: Method<Params = ReadParams>>(
        envelope: &str,
        result: &str,
    ) -> Result<M::Output, Error> {
        let mut client = Client::new();
        let call = client.call::<M>(path("file"));
        let id = client.sent_json()[0]["id"].to_string();
        let frame = envelope.replace("ID", &id).replace("RESULT", result);
        client.receive(frame);
        client.result::<M>(call)
    }
    let quoted = r#"say "so" \"#;
    for envelope in [
        r#"{"jsonrpc":"2.0","id":ID,"result":RESULT}"#,
        r#"{"id":ID,"result":RESULT,"jsonrpc":"2.0","trace":"}}"}"#,
    ] {
        for (content, result) in [
            ("plain", r#"{"ok":"plain"}"#),
            ("plain", r#" { "ok" : "plain" , "more" : "x" } "#),
            ("plain", r#"{"more":"x","ok":"plain"}"#),
            ("ok\"}}", r#"{"ok":"ok\"}}"}"#),
            (quoted, r#"{"ok":"say \"so\" \\"}"#),
        ] {
            let text = answered::<ReadTextFile>(envelope, result);
            assert_eq!(text.unwrap(), content, "{result}");
        }
        for base64 in ["AAEC/w==", r"AAEC\/w==", r"AAEC\u002fw=="] {
            let bytes = answered::<ReadFile>(envelope, &format!(r#"{{"ok":"{base64}"}}"#));
            assert_eq!(bytes.unwrap().0[..], [0, 1, 2, 255], "{base64}");
        }
        for malformed in ["AAEC/w=", "AAEC/w", "ÄÄÄÄ", "A EC"] {
            let bytes = answered::<ReadFile>(envelope, &format!(r#"{{"ok":"{malformed}"}}"#));
            let code = bytes.unwrap_err().code();
            assert_eq!(code, ErrorCode::ProtocolViolation, "{malformed}");
        }
    }
}

#[test]
fn a_missing_status_is_no_success() {
    for status in [
        json!(null),
        json!({}),
        json!({"success": true}),
        json!({"code": 0}),
    ] {
        let mut client = Client::new();
        let call = client.call::<ProcessWait>(ProcessWaitParams { pid: 1 });
        client.receive(ok(0, status));
        assert_eq!(
            client.result::<ProcessWait>(call).unwrap_err().code(),
            ErrorCode::ProtocolViolation
        );
    }
}

#[test]
fn unread_bytes_stop_the_reading_and_reading_starts_it_again() {
    let limit = 8 << 20;
    let mut client = Client::new();
    let call = client.call::<Spawn>(spawn());
    client.receive(ok(
        0,
        json!({"pid": 1, "stdoutStreamId": 7, "stderrStreamId": null}),
    ));
    client.result::<Spawn>(call).unwrap();
    let chunk = vec![1; 256 << 10];
    let (mut sent, mut received) = (0, 0);
    while sent < 64 << 20 {
        while client.machine.wants_read() {
            client.receive(data(7, &chunk));
            sent += chunk.len();
        }
        assert!(client.machine.unread_bytes() < limit + (512 << 10));
        received += client.read(7).0.len();
    }
    assert_eq!(received, sent);
    // Tiny chunks cost more than their bytes, and are counted so.
    let mut tiny = 0;
    while client.machine.wants_read() {
        client.receive(data(7, &[1]));
        tiny += 1;
    }
    assert!(tiny < limit / 32, "{tiny} chunks");
}

#[test]
fn a_flood_for_streams_nobody_named_ends_the_connection() {
    let mut client = Client::new();
    let chunk = vec![1; 256 << 10];
    for _ in 0..100 {
        client.receive(data(7, &chunk));
        assert!(client.machine.unread_bytes() < 9 << 20);
    }
    assert_eq!(
        client.machine.closed().unwrap().code(),
        ErrorCode::ProtocolViolation
    );

    let mut client = Client::new();
    for id in 0..100_000 {
        client.receive(stream("start", id, json!({})));
    }
    assert_eq!(
        client.machine.closed().unwrap().code(),
        ErrorCode::ProtocolViolation
    );
}

#[test]
fn one_stream_cannot_be_given_to_two_calls() {
    let mut client = Client::new();
    let call = client.call::<Spawn>(spawn());
    client.receive(ok(
        0,
        json!({"pid": 1, "stdoutStreamId": 7, "stderrStreamId": 7}),
    ));
    let error = client.result::<Spawn>(call).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ProtocolViolation);
    assert_eq!(
        client.machine.closed().unwrap().code(),
        ErrorCode::ProtocolViolation
    );
}

#[test]
fn what_arrives_after_a_cancel_is_dropped() {
    let mut client = Client::new();
    client.call::<Walk>(WalkParams::default());
    client.sent();
    client.receive(ok(0, json!({"streamId": 3})));
    client.receive(data(3, b"x"));
    client.machine.cancel(3);
    let cancel = json!({"jsonrpc": "2.0", "method": "$sandbox.stream.cancel", "params": {"streamId": 3, "reason": null}});
    assert_eq!(client.sent_json(), [cancel]);
    for _ in 0..100 {
        client.receive(data(3, &[0; 1 << 20]));
    }
    client.receive(stream("end", 3, json!({})));
    client.receive(stream("error", 3, json!({"error": null})));
    assert_eq!(client.machine.unread_bytes(), 0);
    assert!(!client.closed);
    client.machine.cancel(3);
    assert!(client.sent().is_empty(), "it is cancelled once");
}

#[test]
fn a_call_given_up_is_aborted_and_what_it_brings_is_given_back() {
    let mut client = Client::new();
    let abort = client.machine.abort_id();
    let params = ReadParams {
        path: "a".to_owned(),
        abort_id: Some(abort),
    };
    let read = client
        .machine
        .call::<ReadFile>(&params, Some(abort), None, client.now)
        .unwrap();
    let walk = client.call::<Walk>(WalkParams::default());
    let open = client.call::<Open>(OpenParams::default());
    client.sent();
    for call in [read, walk, open, read] {
        client.machine.forget(call);
    }
    let sent = client.sent_json();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (&sent[0]["method"], &sent[0]["params"]),
        (&json!("abort"), &json!({"abortId": abort}))
    );
    client.receive(ok(sent[0]["id"].as_u64().unwrap(), json!(null)));
    client.receive(ok(0, "AAAA"));
    client.receive(ok(1, json!({"streamId": 5})));
    client.receive(ok(2, json!({"fileHandleId": 9})));
    let sent = client.sent_json();
    assert_eq!(sent[0]["method"], "$sandbox.stream.cancel");
    assert_eq!(
        (&sent[1]["method"], &sent[1]["params"]),
        (&json!("fileClose"), &json!({"fileHandleId": 9}))
    );
    assert!(client.replies.is_empty());
}

#[test]
fn a_stream_to_the_peer_waits_while_much_is_unsent_and_stops_when_cancelled() {
    let mut client = Client::new();
    let id: OutgoingId = client.machine.open().unwrap();
    let chunk = vec![7; 512 << 10];
    let mut written = 0;
    while client.machine.is_writable(id).unwrap() == Writable::Yes {
        client.machine.write(id.chunk(&chunk));
        written += 1;
    }
    assert!((6..10).contains(&written), "{written} chunks");
    assert!(client.machine.unsent_bytes() < 6 << 20);
    while client.machine.is_writable(id).unwrap() == Writable::Full {
        client.machine.poll_transmit(client.now).unwrap();
    }
    client.receive(stream("cancel", id.wire(), json!({"reason": null})));
    assert_eq!(client.machine.is_writable(id).unwrap(), Writable::Cancelled);
    assert_eq!(
        client.machine.unsent_bytes(),
        0,
        "what was not sent is dropped"
    );
    client.machine.write(id.chunk(&chunk));
    client.machine.end(id);
    assert!(client.sent().is_empty());
}

#[test]
fn a_silent_peer_is_asked_and_then_given_up() {
    let mut client = Client::new();
    let call = client.call::<ProcessWait>(ProcessWaitParams { pid: 1 });
    client.sent();
    for _ in 0..100 {
        client.advance(2 * SECOND);
        assert_eq!(client.sent(), ["ping"]);
        client.receive("pong");
    }
    assert!(client.replies.is_empty(), "a process may run for ever");
    client.advance(29 * SECOND);
    assert!(client.replies.is_empty());
    client.advance(4 * SECOND);
    assert_eq!(
        client.result::<ProcessWait>(call).unwrap_err().code(),
        ErrorCode::IdleTimeout
    );
    assert!(client.closed);
}

#[test]
fn traffic_makes_asking_needless() {
    let mut client = Client::new();
    for _ in 0..10 {
        client.advance(SECOND);
        client.receive(ok(99, json!(1)));
    }
    assert!(client.sent().is_empty());
}

#[test]
fn silence_by_our_own_doing_does_not_count() {
    let mut client = Client::with(Limits {
        unread: 1000,
        ..Limits::default()
    });
    client.call::<Spawn>(spawn());
    client.receive(ok(
        0,
        json!({"pid": 1, "stdoutStreamId": 7, "stderrStreamId": null}),
    ));
    client.receive(data(7, &[0; 2000]));
    assert!(!client.machine.wants_read());
    client.advance(500 * SECOND);
    assert!(!client.closed);
    client.read(7);
    assert!(client.machine.wants_read());
    client.advance(28 * SECOND);
    assert!(!client.closed);
    client.advance(10 * SECOND);
    assert!(client.closed);
}

#[test]
fn a_slow_upload_is_a_sign_of_life_and_a_stuck_one_is_not() {
    let mut client = Client::new();
    let id = client.machine.open().unwrap();
    for _ in 0..40 {
        client.machine.write(id.chunk(&vec![0; 200 << 10]));
        client.advance(3 * SECOND);
        while client.machine.poll_transmit(client.now).is_some() {}
    }
    client.poll();
    assert!(!client.closed);
    client.machine.write(id.chunk(&[0; 10]));
    client.advance(40 * SECOND);
    assert!(client.closed);
}

#[test]
fn a_late_answer_fails_its_call_alone() {
    let mut client = Client::new();
    let limit = Some(10 * SECOND);
    let late = client
        .machine
        .call::<Stat>(
            &PathParams {
                path: "a".to_owned(),
            },
            None,
            limit,
            client.now,
        )
        .unwrap();
    let other = client.call::<EnvGet>(EnvKeyParams {
        key: "K".to_owned(),
    });
    for _ in 0..7 {
        client.advance(2 * SECOND);
        client.receive("pong");
    }
    assert_eq!(
        client.result::<Stat>(late).unwrap_err().code(),
        ErrorCode::RequestTimeout
    );
    client.receive(ok(0, 5));
    client.receive(ok(1, json!(null)));
    assert_eq!(client.result::<EnvGet>(other).unwrap(), None);
    assert!(!client.closed);
}

#[test]
fn closing_sends_what_was_said_before_and_fails_what_is_open() {
    let mut client = Client::new();
    let call = client.call::<Remove>(RemoveParams {
        path: "a".to_owned(),
        options: None,
    });
    client.machine.close();
    client.machine.close();
    client.poll();
    let error = client.result::<Remove>(call).unwrap_err();
    assert_eq!(
        (error.code(), error.close_code()),
        (ErrorCode::ConnectionClosed, Some(1005))
    );
    assert_eq!(
        client.machine.poll_close(),
        None,
        "not before the rest is sent"
    );
    assert_eq!(client.sent().len(), 1);
    assert_eq!(client.machine.poll_close(), Some((1000, "")));
}
