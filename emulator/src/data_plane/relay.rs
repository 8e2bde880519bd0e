//! Copies frames between a WebSocket and an agent.
//!
//! Nothing here reads them: what is slow on one side makes the other side wait, through the buffers
//! of the two sockets, and no client waits for another.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{self, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};

use crate::sandboxes::Sandbox;

/// The largest message taken from a client.
pub(super) const MAX_MESSAGE: usize = 256 << 20;

/// How much is read from a socket at once. Each attempt to read a client's clears this much first.
pub(super) const READ_BUFFER: usize = 32 << 10;

/// Serves one client until it leaves, the agent ends or the sandbox is to end. What lives as long as
/// the connection is dropped before the client learns that it is closed: whoever closes a sandbox can
/// use its volumes at once.
pub(super) async fn run(
    socket: WebSocket,
    sandbox: &Sandbox,
    max_frame: usize,
    mut cuts: watch::Receiver<()>,
    session: impl Sized,
) {
    let (mut to_client, mut from_client) = socket.split();
    let Ok(agent) = sandbox.connect().await else {
        close(
            &mut to_client,
            &mut from_client,
            sandbox.ending().await.reason(),
        )
        .await;
        return;
    };
    let (from_agent, mut to_agent) = agent.into_split();
    let hello = format!(r#"{{"maxFrame":{max_frame}}}"#);
    if send_frame(&mut to_agent, hello.as_bytes()).await.is_err() {
        return;
    }
    let (pongs, asked) = mpsc::channel(4);
    tokio::select! {
        () = upward(&mut from_client, to_agent, pongs) => {}
        _ = downward(from_agent, &mut to_client, asked) => {}
        _ = sandbox.ending() => {}
        // A test asked for it: no word of parting.
        _ = cuts.changed() => return,
    }
    // An agent that ended by itself takes its sandbox with it; wait to hear why.
    let reason = if sandbox.is_ending() {
        sandbox.ending().await.reason()
    } else {
        ""
    };
    drop(session);
    close(&mut to_client, &mut from_client, reason).await;
}

/// Client to agent. A client's `ping` is answered here, and only then: a `pong` nobody asked for
/// breaks the published Python package.
async fn upward(
    from_client: &mut SplitStream<WebSocket>,
    mut to_agent: OwnedWriteHalf,
    pongs: mpsc::Sender<()>,
) {
    while let Some(Ok(message)) = from_client.next().await {
        let frame = match message {
            Message::Text(text) if text.as_str() == "ping" => {
                // A client that asks faster than it reads gets fewer answers.
                let _ = pongs.try_send(());
                continue;
            }
            Message::Text(text) => Bytes::from(text),
            Message::Binary(bytes) => bytes,
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return,
        };
        if send_frame(&mut to_agent, &frame).await.is_err() {
            return;
        }
    }
}

/// Agent to client.
async fn downward(
    from_agent: OwnedReadHalf,
    to_client: &mut SplitSink<WebSocket, Message>,
    mut asked: mpsc::Receiver<()>,
) -> Option<()> {
    let mut from_agent = BufReader::with_capacity(READ_BUFFER, from_agent);
    let (frames, mut received) = mpsc::channel(1);
    let read = async move {
        while let Ok(frame) = read_frame(&mut from_agent).await {
            if frames.send(frame).await.is_err() {
                break;
            }
        }
        // Ends `write` once it has sent what is left.
        drop(frames);
        std::future::pending().await
    };
    let write = async move {
        loop {
            tokio::select! {
                frame = received.recv() => {
                    let text = Utf8Bytes::try_from(frame?).ok()?;
                    to_client.feed(Message::Text(text)).await.ok()?;
                    // What has arrived meanwhile goes with the same write.
                    while let Ok(frame) = received.try_recv() {
                        let text = Utf8Bytes::try_from(frame).ok()?;
                        to_client.feed(Message::Text(text)).await.ok()?;
                    }
                    to_client.flush().await.ok()?;
                }
                Some(()) = asked.recv() => {
                    to_client.send(Message::Text(Utf8Bytes::from_static("pong"))).await.ok()?;
                }
            }
        }
    };
    tokio::select! {
        end = write => end,
        () = read => None,
    }
}

/// Tells the client that this is the end, and waits a moment for it to agree, so that the last
/// message is not lost to a connection cut too early.
async fn close(
    to_client: &mut SplitSink<WebSocket, Message>,
    from_client: &mut SplitStream<WebSocket>,
    reason: &'static str,
) {
    let frame = CloseFrame {
        code: 1000,
        reason: Utf8Bytes::from_static(reason),
    };
    let farewell = async {
        to_client.send(Message::Close(Some(frame))).await.ok()?;
        while from_client.next().await?.is_ok() {}
        None::<()>
    };
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), farewell).await;
}

async fn send_frame(to_agent: &mut OwnedWriteHalf, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    // One write for a small frame, so that it arrives in one piece.
    if frame.len() <= 64 << 10 {
        let mut whole = Vec::with_capacity(4 + frame.len());
        whole.extend_from_slice(&length.to_be_bytes());
        whole.extend_from_slice(frame);
        return to_agent.write_all(&whole).await;
    }
    to_agent.write_all(&length.to_be_bytes()).await?;
    to_agent.write_all(frame).await
}

async fn read_frame(from_agent: &mut BufReader<OwnedReadHalf>) -> io::Result<Bytes> {
    let length = from_agent.read_u32().await? as usize;
    let mut frame = BytesMut::with_capacity(length);
    while frame.len() < length {
        let mut rest = (&mut *from_agent).take((length - frame.len()) as u64);
        if rest.read_buf(&mut frame).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(frame.freeze())
}
