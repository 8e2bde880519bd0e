use std::time::Duration;

use deno_sandbox::transport::{
    CloseReason, FailureKind, Frame, HttpResponse, Outgoing, Transport, TransportFailure,
    WebSocket, WebSocketRequest,
};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};

use crate::server::{Reply, Server, answer};

/// Opens a WebSocket to a server that does `serve` with it.
async fn connect<F: Future<Output = ()> + Send>(
    serve: impl FnOnce(WebSocketStream<TcpStream>) -> F + Send + 'static,
) -> WebSocket {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/x", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let config = WebSocketConfig::default()
            .max_frame_size(None)
            .max_message_size(None);
        let socket = tokio_tungstenite::accept_async_with_config(socket, Some(config))
            .await
            .unwrap();
        serve(socket).await;
    });
    open(&url)
        .await
        .unwrap()
        .unwrap_or_else(|answer| panic!("{answer:?}"))
}

async fn open(url: &str) -> Result<Result<WebSocket, HttpResponse>, TransportFailure> {
    let request = WebSocketRequest {
        url: url.to_owned(),
        headers: vec![("authorization", "Bearer ddo_test".to_owned())],
        connect_timeout: Some(Duration::from_secs(5)),
        max_message_size: 8 << 20,
    };
    Transport::native().unwrap().websockets.open(request).await
}

async fn failure(url: &str) -> TransportFailure {
    match open(url).await {
        Err(failure) => failure,
        Ok(Err(answer)) => panic!("{answer:?}"),
        Ok(Ok(_)) => panic!("a WebSocket was opened"),
    }
}

async fn echo(mut socket: WebSocketStream<TcpStream>) {
    while let Some(Ok(message)) = socket.next().await {
        if message.is_text() {
            socket.send(message).await.unwrap();
        }
    }
}

/// A text message to send.
fn message(text: &str) -> Outgoing {
    Outgoing::Message(text.to_owned())
}

fn closed(code: u16, reason: &str) -> Frame {
    Frame::Closed(CloseReason {
        code,
        reason: reason.to_owned(),
    })
}

#[tokio::test]
async fn messages_come_and_go_whole() {
    let mut socket = connect(echo).await;
    for text in ["", "ping", "größe 🚀", &"x".repeat(5 << 20)] {
        socket.sink.send(message(text)).await.unwrap();
        let frame = socket.stream.next().await.unwrap().unwrap();
        assert!(
            frame == Frame::Message(text.to_owned().into()),
            "{} bytes",
            text.len()
        );
    }
    socket.sink.close().await.unwrap();
    assert_eq!(
        socket.stream.next().await.unwrap().unwrap(),
        closed(1005, "")
    );
    assert!(socket.stream.next().await.is_none());
}

#[tokio::test]
async fn many_messages_can_be_gathered_before_one_flush() {
    let mut socket = connect(echo).await;
    for n in 0..1000 {
        socket.sink.feed(message(&n.to_string())).await.unwrap();
    }
    socket.sink.flush().await.unwrap();
    for n in 0..1000 {
        let frame = socket.stream.next().await.unwrap().unwrap();
        assert_eq!(frame, Frame::Message(n.to_string().into()));
    }
}

#[tokio::test]
async fn binary_messages_are_messages_and_pings_are_not() {
    let mut socket = connect(|mut socket| async move {
        socket.send(Message::Ping("x".into())).await.unwrap();
        socket.send(Message::Binary("bytes".into())).await.unwrap();
        let pong = socket.next().await.unwrap().unwrap();
        assert!(pong.is_pong());
        socket
            .send(Message::Text("pong seen".into()))
            .await
            .unwrap();
    })
    .await;
    let first = socket.stream.next().await.unwrap().unwrap();
    assert_eq!(first, Frame::Message("bytes".into()));
    let second = tokio::time::timeout(Duration::from_secs(5), socket.stream.next()).await;
    assert_eq!(
        second.unwrap().unwrap().unwrap(),
        Frame::Message("pong seen".into())
    );
}

#[tokio::test]
async fn the_service_says_why_it_closes() {
    let mut socket = connect(|mut socket| async move {
        let frame = CloseFrame {
            code: 4000.into(),
            reason: "the sandbox expired".into(),
        };
        socket.close(Some(frame)).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let frame = socket.stream.next().await.unwrap().unwrap();
    assert_eq!(frame, closed(4000, "the sandbox expired"));
    assert!(socket.stream.next().await.is_none());
}

#[tokio::test]
async fn a_connection_that_just_ends_is_closed_with_1006() {
    let mut socket = connect(|socket| async move { drop(socket) }).await;
    assert_eq!(
        socket.stream.next().await.unwrap().unwrap(),
        closed(1006, "")
    );
    assert!(socket.stream.next().await.is_none());
    assert!(socket.sink.send(message("late")).await.is_err());
}

#[tokio::test]
async fn a_message_beyond_the_limit_ends_the_connection() {
    let mut socket = connect(|mut socket| async move {
        let _ = socket
            .send(Message::Text("x".repeat((8 << 20) + 1).into()))
            .await;
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    let failure = socket.stream.next().await.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Protocol);
    assert!(socket.stream.next().await.is_none());
}

#[tokio::test]
async fn any_answer_but_the_upgrade_is_handed_back_whole() {
    let body = r#"{"code":"INVALID_TOKEN","message":"The token is invalid."}"#;
    let server = Server::start(move |_, _| answer(401, &[("x-deno-trace-id", "t1")], body)).await;
    let Ok(Err(answer)) = open(&server.url).await else {
        panic!("no answer")
    };
    assert_eq!(
        (answer.status, answer.header("x-deno-trace-id")),
        (401, Some("t1"))
    );
    assert_eq!(answer.body, body);
    let request = &server.requests()[0];
    assert_eq!(request.header("upgrade"), Some("websocket"));
    assert_eq!(request.header("sec-websocket-version"), Some("13"));
    assert_eq!(request.header("authorization"), Some("Bearer ddo_test"));
}

#[tokio::test]
async fn an_upgrade_by_someone_who_is_no_websocket_server_is_refused() {
    let upgrade = "HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: ";
    for rest in [
        "websocket\r\nsec-websocket-accept: dGhlIHdyb25nIGtleSBpcyBoZXJl\r\n\r\n",
        "websocket\r\n\r\n",
        "h2c\r\n\r\n",
    ] {
        let server = Server::start(move |_, _| Reply::Send(format!("{upgrade}{rest}"))).await;
        assert_eq!(
            failure(&server.url).await.kind,
            FailureKind::Protocol,
            "{rest}"
        );
    }
}

#[tokio::test]
async fn a_broken_handshake_is_told_from_one_that_never_began() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.read_buf(&mut Vec::new()).await.unwrap();
        socket.write_all(b"HTTP/1.1 101 Swi").await.unwrap();
    });
    assert_eq!(failure(&url).await.kind, FailureKind::Broken);
    serving.await.unwrap();
    assert_eq!(failure(&url).await.kind, FailureKind::Connect);
}
