use std::sync::{Arc, Mutex};

use deno_sandbox::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server on a free port whose every answer is scripted.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Request line and headers, as sent.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    /// Method and target: `GET /api/v2/volumes`.
    pub(crate) fn line(&self) -> &str {
        self.head
            .lines()
            .next()
            .unwrap()
            .trim_end_matches(" HTTP/1.1")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// Sends these bytes; the connection stays open.
    Send(String),
    /// Closes the connection without a word.
    Cut,
    /// Says nothing and keeps the connection.
    Hang,
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    answer(status, &[("content-type", "application/json")], body)
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    Reply::Send(format!(
        "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}"
    ))
}

pub(crate) const VOLUME: &str = r#"{"id":"vol_1","slug":"training-cache","region":"ord","capacity":2000000000,"estimated_allocated_size":0,"estimated_flattened_size":7,"is_bootable":false,"base_snapshot":null}"#;

impl Server {
    /// Answers the nth request, counted from 0 over all connections, with `script(n, request)`.
    pub(crate) async fn start(
        script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, script)
    }

    pub(crate) fn on(
        listener: TcpListener,
        script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, requests) = (Arc::new(script), seen.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, script.clone(), requests.clone()));
            }
        });
        Self { url, seen }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// A client of this server alone, whatever the environment says.
    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> deno_sandbox::ClientBuilder {
        builder(&self.url)
    }
}

pub(crate) fn builder(url: &str) -> deno_sandbox::ClientBuilder {
    Client::builder()
        .environment([
            ("DENO_DEPLOY_TOKEN", "ddo_test"),
            ("DENO_DEPLOY_ENDPOINT", url),
        ])
        .sandbox_endpoint(url)
}

async fn serve(
    mut socket: TcpStream,
    script: Arc<impl Fn(usize, &Request) -> Reply>,
    seen: Arc<Mutex<Vec<Request>>>,
) {
    while let Some(request) = read(&mut socket).await {
        let reply = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            script(seen.len() - 1, &request)
        };
        match reply {
            Reply::Send(bytes) => socket.write_all(bytes.as_bytes()).await.unwrap(),
            Reply::Cut => return,
            Reply::Hang => std::future::pending().await,
        }
    }
}

async fn read(socket: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut request = Request {
        head,
        body: String::new(),
    };
    let length: usize = request
        .header("content-length")
        .map_or(0, |n| n.parse().unwrap());
    while bytes.len() < end + length {
        socket.read_buf(&mut bytes).await.ok()?;
    }
    request.body = String::from_utf8(bytes[end..].to_vec()).unwrap();
    Some(request)
}
