use std::time::{Duration, Instant};

use deno_sandbox::{ErrorCode, VolumeOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::server::{Reply, Server, builder};

#[tokio::test]
async fn a_service_that_says_nothing_ends_in_a_request_timeout() {
    let server = Server::start(|_, _| Reply::Hang).await;
    let client = server
        .builder()
        .request_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let options = VolumeOptions::new("training-cache", "ord", "2GB");
    let error = client.volumes().create(options).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RequestTimeout);
    assert!(error.is_retryable());
    assert!(error.message().contains(&server.url), "{error}");
    // It may have arrived, so it is not sent again.
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_read_that_timed_out_is_repeated() {
    let server = Server::start(|n, _| match n {
        0 => Reply::Hang,
        _ => crate::server::json(200, crate::server::VOLUME),
    })
    .await;
    let client = server
        .builder()
        .request_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    assert!(
        client
            .volumes()
            .get("training-cache")
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(server.requests().len(), 2);
}

/// The deadline covers the body too: one that drips is cut.
#[tokio::test]
async fn an_answer_that_does_not_end_is_a_request_timeout() {
    let server = Server::start(|_, _| {
        Reply::Send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_owned())
    })
    .await;
    let client = server
        .builder()
        .request_timeout(Duration::from_millis(100))
        .retry_budget(Duration::ZERO)
        .build()
        .unwrap();
    let error = client.volumes().get("training-cache").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RequestTimeout);
}

#[tokio::test]
async fn a_service_that_does_not_accept_ends_in_a_connect_timeout() {
    // Once the queue of connections to accept is full, Linux drops further attempts.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connected) =
        tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
    {
        waiting.push(connected.unwrap());
    }
    let client = builder(&format!("http://{address}"))
        .connect_timeout(Duration::from_millis(100))
        .retry_budget(Duration::ZERO)
        .build()
        .unwrap();
    let start = Instant::now();
    let error = client.volumes().get("training-cache").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectTimeout, "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.to_string().contains("in 100ms"), "{error}");
}

#[tokio::test]
async fn nobody_listening_is_told_with_address_and_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = builder(&url).retry_budget(Duration::ZERO).build().unwrap();
    let error = client.volumes().get("training-cache").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectFailed);
    let start = format!("could not get volume \"training-cache\": could not reach {url}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sending = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.read_buf(&mut Vec::new()).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        socket.write_all(head.as_bytes()).await.unwrap();
        let chunk = [b"100000\r\n".as_slice(), &[b' '; 0x10_0000], b"\r\n"].concat();
        let mut sent = 0usize;
        while socket.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let error = builder(&url)
        .build()
        .unwrap()
        .volumes()
        .get("x1")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::ProtocolViolation, "{error:?}");
    assert!(error.message().contains("larger than"), "{error}");
    // What the client's and the kernel's buffers take comes on top of the limit.
    assert!((64 << 20..100 << 20).contains(&sending.await.unwrap()));
}
