use std::collections::VecDeque;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Emulator;

/// A sandbox connection without an SDK: what is on the wire is what a test sees.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    id: String,
    next_call: u64,
    notifications: VecDeque<Value>,
}

/// An answer other than the upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The service's own code.
    pub code: String,
    /// The service's own words.
    pub message: String,
}

impl Socket {
    /// Creates a sandbox with the configuration given.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn create(emulator: &Emulator, config: Value) -> Result<Self, Refusal> {
        Self::create_from_text(emulator, config.to_string().as_bytes(), "test").await
    }

    /// Creates a sandbox with a configuration of any bytes, as a client of the name given.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn create_from_text(
        emulator: &Emulator,
        config: &[u8],
        user_agent: &str,
    ) -> Result<Self, Refusal> {
        let config = STANDARD.encode(config);
        let headers = [
            ("x-deno-sandbox-config", config.as_str()),
            ("user-agent", user_agent),
        ];
        Self::open(emulator, "/api/v3/sandboxes/create", &headers).await
    }

    /// Joins a running sandbox.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn join(emulator: &Emulator, id: &str) -> Result<Self, Refusal> {
        Self::open(emulator, &format!("/api/v3/sandbox/{id}/connect"), &[]).await
    }

    async fn open(
        emulator: &Emulator,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Refusal> {
        let endpoint = emulator
            .variable("DENO_SANDBOX_ENDPOINT")
            .replacen("http", "ws", 1);
        let mut request = format!("{endpoint}{path}")
            .into_client_request()
            .expect("a request");
        let token = format!("Bearer {}", emulator.variable("DENO_DEPLOY_TOKEN"));
        for (name, value) in headers
            .iter()
            .copied()
            .chain([("authorization", token.as_str())])
        {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        let (socket, response) = match connect_async(request).await {
            Ok(opened) => opened,
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                return Err(Refusal {
                    status: response.status().as_u16(),
                    code: body["code"].as_str().unwrap_or_default().to_owned(),
                    message: body["message"].as_str().unwrap_or_default().to_owned(),
                });
            }
            Err(error) => panic!("no answer: {error}"),
        };
        assert!(
            response.headers().contains_key("x-deno-trace-id"),
            "{response:?}"
        );
        let id = response.headers()["x-deno-sandbox-id"]
            .to_str()
            .expect("an id")
            .to_owned();
        Ok(Self {
            socket,
            id,
            next_call: 0,
            notifications: VecDeque::new(),
        })
    }

    /// The sandbox's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Calls a method and gives the whole `result` or `error` of the answer; notifications that
    /// arrive before it are kept.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        loop {
            let message = self
                .receive()
                .await
                .unwrap_or_else(|| panic!("{method}: closed"));
            if message["id"] == id {
                return message;
            }
            self.notifications.push_back(message);
        }
    }

    /// Calls a method that succeeds.
    ///
    /// # Panics
    /// When it fails.
    pub async fn ok(&mut self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params).await;
        let result = answer["result"]
            .as_object()
            .unwrap_or_else(|| panic!("{method}: {answer}"));
        result
            .get("ok")
            .unwrap_or_else(|| panic!("{method}: {answer}"))
            .clone()
    }

    /// Calls a method that the sandbox refuses; gives the error object.
    ///
    /// # Panics
    /// When it succeeds.
    pub async fn fails(&mut self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params).await;
        let error = &answer["result"]["error"];
        assert!(error.is_object(), "{method}: {answer}");
        error.clone()
    }

    /// Sends a call without waiting for its answer; gives its number.
    ///
    /// # Panics
    /// When the connection is closed.
    pub async fn send(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next_call;
        self.next_call += 1;
        self.send_text(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        id
    }

    /// Sends a notification.
    ///
    /// # Panics
    /// When the connection is closed.
    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send_text(json!({"jsonrpc": "2.0", "method": method, "params": params}))
            .await;
    }

    /// Sends a text that need not be JSON.
    ///
    /// # Panics
    /// When the connection is closed.
    pub async fn send_text(&mut self, text: impl ToString) {
        self.socket
            .send(Message::text(text.to_string()))
            .await
            .expect("an open connection");
    }

    /// The next notification, or what arrives next; `None` where nothing comes for the time given.
    pub async fn next_within(&mut self, time: Duration) -> Option<Value> {
        if let Some(kept) = self.notifications.pop_front() {
            return Some(kept);
        }
        tokio::time::timeout(time, self.receive())
            .await
            .ok()
            .flatten()
    }

    /// The bytes of a stream up to its end; every chunk is checked to be one.
    ///
    /// # Panics
    /// When the stream does not end.
    pub async fn read_stream(&mut self, stream: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut others = VecDeque::new();
        loop {
            let message = self
                .next_within(Duration::from_secs(20))
                .await
                .expect("the stream's end");
            if message["params"]["streamId"] != *stream {
                others.push_back(message);
                continue;
            }
            match message["method"].as_str() {
                Some("$sandbox.stream.start") => {}
                Some("$sandbox.stream.enqueue") => {
                    let data = message["params"]["data"].as_str().expect("data");
                    assert!(!data.is_empty(), "an empty chunk");
                    bytes.extend(STANDARD.decode(data).expect("base64"));
                }
                Some("$sandbox.stream.end") => break,
                _ => panic!("{message}"),
            }
        }
        self.notifications.extend(others);
        bytes
    }

    /// Runs a shell command to its end; gives its output and status.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn sh(&mut self, command: &str) -> (String, Value) {
        let params = json!({"command": "bash", "args": ["-c", command], "stdout": "piped", "stderr": "null"});
        let spawned = self.ok("spawn", params).await;
        let wait = self
            .send("processWait", json!({"pid": spawned["pid"]}))
            .await;
        let mut status = None;
        let mut output = Vec::new();
        let mut ended = false;
        while !ended || status.is_none() {
            let message = self
                .next_within(Duration::from_secs(60))
                .await
                .expect("the command's end");
            if message["id"] == wait {
                status = Some(message["result"]["ok"].clone());
            } else if message["params"]["streamId"] == spawned["stdoutStreamId"] {
                match message["method"].as_str() {
                    Some("$sandbox.stream.end") => ended = true,
                    _ => output.extend(
                        message["params"]["data"]
                            .as_str()
                            .map(|d| STANDARD.decode(d).expect("base64"))
                            .unwrap_or_default(),
                    ),
                }
            }
        }
        (
            String::from_utf8(output).expect("text"),
            status.expect("a status"),
        )
    }

    /// Waits until the service closes the connection; gives the close code.
    ///
    /// # Panics
    /// When it stays open.
    pub async fn closed(&mut self) -> u16 {
        let wait = async {
            while let Some(Ok(message)) = self.socket.next().await {
                if let Message::Close(frame) = message {
                    return frame.map_or(1005, |frame| frame.code.into());
                }
            }
            1006
        };
        tokio::time::timeout(Duration::from_secs(10), wait)
            .await
            .expect("the connection closes")
    }

    /// Closes the connection.
    pub async fn close(mut self) {
        let _ = self.socket.close(None).await;
        while let Some(Ok(message)) = self.socket.next().await {
            if message.is_close() {
                break;
            }
        }
    }

    async fn receive(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => {
                    return Some(
                        serde_json::from_str(&text).unwrap_or(Value::String(text.to_string())),
                    );
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }
}
