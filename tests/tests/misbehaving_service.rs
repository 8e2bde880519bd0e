//! The Rust SDK against a service that answers in ways the emulator never does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deno_sandbox::{Client, Command, ErrorCode, Process, Sandbox, SandboxOptions, Stdio};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

const SOON: Duration = Duration::from_secs(20);

/// Frames to send in answer to a call, `None` to stop reading and keep the connection.
type Script = dyn Fn(&Value) -> Option<Vec<Value>> + Send + Sync;

/// A service whose every sandbox follows one script, and which answers each HTTP request with 204.
struct Service {
    client: Client,
    /// The first lines of the HTTP requests.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Service {
    async fn start(script: impl Fn(&Value) -> Option<Vec<Value>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, script.clone(), seen.clone()));
            }
        });
        let client = Client::builder()
            .environment([
                ("DENO_DEPLOY_TOKEN", "ddo_test"),
                ("DENO_DEPLOY_ENDPOINT", &url),
            ])
            .sandbox_endpoint(&url)
            .idle_timeout(Duration::from_secs(1))
            .build()
            .unwrap();
        Self { client, requests }
    }

    async fn sandbox(&self) -> Sandbox {
        Sandbox::create(&self.client, SandboxOptions::new())
            .await
            .unwrap()
    }
}

async fn serve(mut socket: TcpStream, script: Arc<Script>, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = vec![0; 4096];
    let length = socket.peek(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..length]).to_ascii_lowercase();
    if !head.contains("upgrade: websocket") {
        let mut request = vec![0; 4096];
        let length = socket.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        seen.lock()
            .unwrap()
            .push(request.lines().next().unwrap_or_default().to_owned());
        let answer = b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n";
        return socket.write_all(answer).await.unwrap();
    }
    #[allow(clippy::result_large_err, reason = "the signature is the library's")]
    let with_id = |_: &Request, mut response: Response| {
        let id = "sbx_ord_r8jzjxedd2z56h0vdbkq".parse().unwrap();
        response.headers_mut().insert("x-deno-sandbox-id", id);
        Ok(response)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(socket, with_id)
        .await
        .unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if message.is_close() {
            // The closing handshake is never answered.
            return std::future::pending().await;
        }
        let text = message.to_text().unwrap();
        if text == "ping" {
            socket.send(Message::text("pong")).await.unwrap();
            continue;
        }
        let call = serde_json::from_str(text).unwrap();
        let Some(frames) = script(&call) else {
            return std::future::pending().await;
        };
        for frame in frames {
            if socket.send(Message::text(frame.to_string())).await.is_err() {
                return;
            }
        }
    }
}

fn ok(call: &Value, value: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": call["id"], "result": {"ok": value}})
}

fn stream(kind: &str, rest: Value) -> Value {
    let mut params = json!({"streamId": 1});
    params
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    json!({"jsonrpc": "2.0", "method": format!("$sandbox.stream.{kind}"), "params": params})
}

fn data(text: &str) -> Value {
    stream("enqueue", json!({"data": STANDARD.encode(text)}))
}

fn end() -> Value {
    stream("end", json!({}))
}

/// Every process's output is stream 1.
fn spawned(call: &Value) -> Value {
    ok(
        call,
        json!({"pid": 7, "stdoutStreamId": 1, "stderrStreamId": null}),
    )
}

fn exited(call: &Value) -> Value {
    ok(call, json!({"success": true, "code": 0, "signal": null}))
}

async fn run(sandbox: &Sandbox, program: &str) -> Process {
    let command = Command::new(program).stdout(Stdio::Piped);
    sandbox.spawn(command).await.unwrap()
}

#[tokio::test]
async fn sandboxes_whose_streams_have_equal_numbers_keep_their_output_apart() {
    let program = Mutex::new(std::collections::VecDeque::new());
    let service = Service::start(move |call| {
        Some(match call["method"].as_str()? {
            "spawn" => {
                let name = call["params"]["command"].as_str()?.to_owned();
                program.lock().unwrap().push_back(name);
                vec![spawned(call)]
            }
            "processWait" => {
                let name = program.lock().unwrap().pop_front()?;
                vec![data(&name), end(), exited(call)]
            }
            _ => vec![],
        })
    })
    .await;
    let (a, b) = (service.sandbox().await, service.sandbox().await);
    let (in_a, in_b) = (run(&a, "from a").await, run(&b, "from b").await);
    let from_a = tokio::time::timeout(SOON, in_a.output()).await.unwrap();
    let from_b = tokio::time::timeout(SOON, in_b.output()).await.unwrap();
    assert_eq!(from_a.unwrap().text().unwrap(), "from a");
    assert_eq!(from_b.unwrap().text().unwrap(), "from b");
}

#[tokio::test]
async fn output_sent_together_with_the_answer_is_not_lost() {
    for before in [false, true] {
        let service = Service::start(move |call| {
            Some(match (call["method"].as_str()?, before) {
                ("spawn", false) => vec![spawned(call), data("early"), end()],
                ("spawn", true) => vec![
                    stream("start", json!({})),
                    data("early"),
                    end(),
                    spawned(call),
                ],
                _ => vec![exited(call)],
            })
        })
        .await;
        let sandbox = service.sandbox().await;
        let process = run(&sandbox, "x").await;
        // Its whole output has arrived before anyone reads.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let output = tokio::time::timeout(SOON, process.output()).await.unwrap();
        assert_eq!(output.unwrap().text().unwrap(), "early", "{before}");
    }
}

#[tokio::test]
async fn an_empty_chunk_is_no_end_and_no_error() {
    let service = Service::start(|call| {
        Some(match call["method"].as_str()? {
            "spawn" => vec![spawned(call)],
            _ => vec![data("a"), data(""), data("b"), end(), exited(call)],
        })
    })
    .await;
    let process = run(&service.sandbox().await, "x").await;
    let output = tokio::time::timeout(SOON, process.output()).await.unwrap();
    assert_eq!(output.unwrap().text().unwrap(), "ab");
}

#[tokio::test]
async fn what_follows_a_cancelled_stream_harms_nothing() {
    let service = Service::start(|call| {
        Some(match call["method"].as_str()? {
            "spawn" => vec![spawned(call), data("first")],
            // The answer to the cancel: data, the end, and the end once more.
            "$sandbox.stream.cancel" => vec![data("late"), end(), end()],
            "envGet" => vec![ok(call, json!("alive"))],
            _ => vec![],
        })
    })
    .await;
    let sandbox = service.sandbox().await;
    let mut process = run(&sandbox, "x").await;
    let mut stdout = process.stdout.take().unwrap();
    assert_eq!(stdout.next().await.unwrap().unwrap(), "first");
    drop(stdout);
    for _ in 0..3 {
        let answer = tokio::time::timeout(SOON, sandbox.env().get("A")).await;
        assert_eq!(answer.unwrap().unwrap().as_deref(), Some("alive"));
    }
}

#[tokio::test]
async fn a_stream_that_fails_ends_its_reader_and_the_collected_output_with_an_error() {
    let service = Service::start(|call| {
        let error = json!({"error": {"constructorName": "Error", "message": "broken pipe"}});
        Some(match call["method"].as_str()? {
            "spawn" => vec![spawned(call)],
            _ => vec![data("part"), stream("error", error), exited(call)],
        })
    })
    .await;
    let sandbox = service.sandbox().await;
    let process = run(&sandbox, "x").await;
    let error = tokio::time::timeout(SOON, process.output()).await.unwrap();
    let error = error.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StreamFailed, "{error}");
    assert!(error.to_string().contains("broken pipe"), "{error}");
}

#[tokio::test]
async fn a_dead_service_fails_calls_and_waits_alike() {
    let service = Service::start(|call| match call["method"].as_str()? {
        "spawn" => Some(vec![spawned(call)]),
        _ => None,
    })
    .await;
    let sandbox = service.sandbox().await;
    let mut process = run(&sandbox, "x").await;
    let mut stdout = process.stdout.take().unwrap();
    let all = async {
        let error = sandbox.env().get("A").await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::IdleTimeout, "{error}");
        assert!(process.status().await.is_err());
        assert!(stdout.next().await.unwrap().is_err());
        sandbox.closed().await;
    };
    tokio::time::timeout(SOON, all)
        .await
        .expect("nothing waits");
}

#[tokio::test]
async fn kill_returns_though_the_connection_stays_open() {
    let service = Service::start(|_| None).await;
    let sandbox = service.sandbox().await;
    let killed = tokio::time::timeout(SOON, sandbox.kill()).await;
    killed.expect("kill returns").unwrap();
    assert!(sandbox.is_closed());
}

#[tokio::test]
async fn a_sandbox_whose_set_up_fails_is_ended_even_when_it_has_a_timeout() {
    let service = Service::start(|call| {
        let error = json!({"constructorName": "Error", "message": "no room"});
        let result = json!({"jsonrpc": "2.0", "id": call["id"], "result": {"error": error}});
        Some(vec![result])
    })
    .await;
    let options = SandboxOptions::new().timeout("5m").env("A", "b");
    let created = Sandbox::create(&service.client, options);
    let error = tokio::time::timeout(SOON, created).await.unwrap();
    let error = error.unwrap_err();
    assert!(error.to_string().contains("no room"), "{error}");
    let requests = service.requests.lock().unwrap().clone();
    assert_eq!(
        requests,
        ["DELETE /api/v3/sandbox/sbx_ord_r8jzjxedd2z56h0vdbkq HTTP/1.1"]
    );
}
