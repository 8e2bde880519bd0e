use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) const STREAM_BASE: u64 = 7_000;

const EMULATOR: &str = env!("CARGO_BIN_EXE_deno-sandbox-emulator");

/// An agent in a home of its own, ended when dropped.
pub(crate) struct Agent {
    folder: tempfile::TempDir,
    pub(crate) process: Child,
}

impl Agent {
    pub(crate) fn start() -> Self {
        Self::start_by(Command::new(EMULATOR))
    }

    /// As a shell starts an emulator in the background.
    pub(crate) fn start_in_background() -> Self {
        let mut env = Command::new("env");
        env.args(["--ignore-signal=HUP,INT,QUIT", EMULATOR]);
        Self::start_by(env)
    }

    fn start_by(mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let process = command
            .args(["agent", "--stream-base", &STREAM_BASE.to_string()])
            .stdin(Stdio::from(OwnedFd::from(listener)))
            .current_dir(&home)
            .env_clear()
            .env("HOME", &home)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("GREETING", "hello")
            .spawn()
            .unwrap();
        Self { folder, process }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn connect(&self) -> Client {
        self.connect_with(100 << 20)
    }

    pub(crate) fn connect_with(&self, max_frame: usize) -> Client {
        let socket = UnixStream::connect(self.folder.path().join("socket")).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut client = Client {
            socket,
            next: 0,
            seen: VecDeque::new(),
        };
        client.send(&json!({"maxFrame": max_frame}));
        client
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) struct Client {
    socket: UnixStream,
    next: u64,
    /// Frames that came while another was waited for.
    pub(crate) seen: VecDeque<Value>,
}

impl Client {
    pub(crate) fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string());
    }

    pub(crate) fn send_text(&mut self, text: &str) {
        self.socket
            .write_all(&(text.len() as u32).to_be_bytes())
            .unwrap();
        self.socket.write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn request(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    pub(crate) fn notify(&mut self, what: &str, params: Value) {
        let method = format!("$sandbox.stream.{what}");
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    pub(crate) fn enqueue(&mut self, stream: u64, bytes: &[u8]) {
        self.notify(
            "enqueue",
            json!({"streamId": stream, "data": base64(bytes)}),
        );
    }

    /// The next frame of those that come from now on.
    pub(crate) fn receive(&mut self) -> Value {
        let mut length = [0; 4];
        self.socket
            .read_exact(&mut length)
            .expect("a frame in time");
        let mut text = vec![0; u32::from_be_bytes(length) as usize];
        self.socket.read_exact(&mut text).unwrap();
        let frame: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(frame["jsonrpc"], "2.0");
        frame
    }

    /// The first frame that fits, of those kept and those to come.
    pub(crate) fn find(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&fits) {
            return self.seen.remove(at).unwrap();
        }
        loop {
            let frame = self.receive();
            if fits(&frame) {
                return frame;
            }
            self.seen.push_back(frame);
        }
    }

    pub(crate) fn reply(&mut self, id: u64) -> Value {
        self.find(|frame| frame["id"] == id && frame.get("method").is_none())
    }

    pub(crate) fn result(&mut self, id: u64) -> Value {
        self.reply(id)["result"].take()
    }

    #[track_caller]
    pub(crate) fn ok(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let mut result = self.result(id);
        let result = result.as_object_mut().expect("a result");
        result
            .remove("ok")
            .unwrap_or_else(|| panic!("{method}: {result:?}"))
    }

    #[track_caller]
    pub(crate) fn error(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let mut result = self.result(id);
        assert!(result.get("ok").is_none(), "{method} must fail: {result}");
        result["error"].take()
    }

    #[track_caller]
    pub(crate) fn fails(
        &mut self,
        method: &str,
        params: Value,
        constructor: &str,
        code: &str,
    ) -> String {
        let error = self.error(method, params);
        assert_eq!(
            (&error["constructorName"], &error["code"]),
            (&json!(constructor), &json!(code)),
            "{error}"
        );
        error["message"].as_str().unwrap().to_owned()
    }

    /// All of a stream up to its end, as the frames' data.
    pub(crate) fn stream(&mut self, id: u64) -> Vec<Vec<u8>> {
        let mut chunks = Vec::new();
        loop {
            let frame = self.find(|frame| {
                frame["params"]["streamId"] == id && frame["method"] != "$sandbox.stream.start"
            });
            match frame["method"].as_str().unwrap() {
                "$sandbox.stream.enqueue" => chunks.push(bytes(&frame["params"]["data"])),
                "$sandbox.stream.end" => return chunks,
                other => panic!("{other}: {frame}"),
            }
        }
    }

    pub(crate) fn spawn(&mut self, script: &str) -> Value {
        self.ok(
            "spawn",
            json!({"command": "bash", "args": ["-c", script], "stdout": "piped", "stderr": "null"}),
        )
    }

    /// What a script prints, and how it ended.
    pub(crate) fn run(&mut self, script: &str) -> (String, Value) {
        let spawned = self.spawn(script);
        let wait = self.request("processWait", json!({"pid": spawned["pid"]}));
        let output = self
            .stream(spawned["stdoutStreamId"].as_u64().unwrap())
            .concat();
        (
            String::from_utf8(output).unwrap(),
            self.result(wait)["ok"].take(),
        )
    }

    /// That nothing more comes.
    pub(crate) fn assert_quiet(&mut self, during: Duration) {
        self.socket.set_read_timeout(Some(during)).unwrap();
        let mut byte = [0];
        let read = self.socket.read(&mut byte);
        assert!(read.is_err(), "something came");
        self.socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

pub(crate) fn bytes(text: &Value) -> Vec<u8> {
    base64_simd::STANDARD
        .decode_to_vec(text.as_str().unwrap())
        .unwrap()
}
