//! A client whose service gives one scripted answer to everything.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deno_sandbox::transport::{
    BoxFuture, FailureKind, HttpClient, HttpRequest, HttpResponse, Runtime, Transport,
    TransportFailure, WebSocket, WebSocketClient, WebSocketRequest,
};
use deno_sandbox::{Client, Error};

/// The token the client sends, which nothing may repeat.
pub const TOKEN: &str = "ddo_fuzzing_token_nobody_may_see";

/// A client, and the requests it sends.
pub fn client(answer: HttpResponse) -> (Client, Arc<Mutex<Vec<HttpRequest>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let transport = Transport {
        http: Arc::new(Script {
            answer,
            sent: Arc::clone(&sent),
        }),
        websockets: Arc::new(NoWebSockets),
        runtime: Arc::new(VirtualTime::default()),
    };
    let builder = Client::builder()
        .token(TOKEN)
        .environment::<String, String>([]);
    let client = builder
        .transport(transport)
        .build()
        .expect("the options are right");
    (client, sent)
}

/// What holds for every error, whatever caused it.
pub fn check_error(error: &Error) {
    let (line, report) = (error.to_string(), format!("{error:?}"));
    assert!(!line.contains('\n'), "more than one line: {line:?}");
    assert!(line.len() < 4096, "{} bytes of message", line.len());
    assert!(
        !line.contains(TOKEN) && !report.contains(TOKEN),
        "the token is in the error"
    );
}

struct Script {
    answer: HttpResponse,
    sent: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpClient for Script {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportFailure>> {
        self.sent.lock().expect("one thread").push(request);
        Box::pin(std::future::ready(Ok(self.answer.clone())))
    }
}

struct NoWebSockets;

impl WebSocketClient for NoWebSockets {
    fn open(
        &self,
        _: WebSocketRequest,
    ) -> BoxFuture<'_, Result<Result<WebSocket, HttpResponse>, TransportFailure>> {
        let failure = TransportFailure::new(FailureKind::Connect, "there is no network here");
        Box::pin(std::future::ready(Err(failure)))
    }
}

/// Time that passes only by waiting for it.
#[derive(Default)]
struct VirtualTime(Arc<AtomicU64>);

impl Runtime for VirtualTime {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn unix_time(&self) -> Duration {
        Duration::from_secs(1_800_000_000) + self.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let now = Arc::clone(&self.0);
        let mut waited = false;
        Box::pin(std::future::poll_fn(move |context| {
            if waited {
                let passed = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
                now.fetch_add(passed, Ordering::Relaxed);
                return std::task::Poll::Ready(());
            }
            // Once round the executor, so that what is ready without waiting goes first.
            waited = true;
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        }))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(task);
    }

    fn random(&self) -> f64 {
        0.5
    }
}
