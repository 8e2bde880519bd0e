use std::task::Poll;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt, future, stream};
use reqwest::StatusCode;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::http::{Clients, failure, headers_of, read};
use crate::transport::{
    BoxFuture, CloseReason, FailureKind, Frame, HttpResponse, Outgoing, TransportFailure,
    WebSocket, WebSocketClient, WebSocketRequest,
};

/// How much is read from the socket at once. Each attempt to read clears this much first, so a large
/// one costs small answers more than it saves large ones.
const READ_BUFFER: usize = 32 << 10;
/// How much is gathered before it is written without being asked to flush.
const WRITE_BUFFER: usize = 256 << 10;

impl WebSocketClient for Clients {
    fn open(
        &self,
        request: WebSocketRequest,
    ) -> BoxFuture<'_, Result<Result<WebSocket, HttpResponse>, TransportFailure>> {
        Box::pin(async move {
            let key = generate_key();
            let mut builder = self
                .with(request.connect_timeout, &request.url)?
                .get(request.url.as_str())
                .header("connection", "Upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", &key);
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            let response = builder.send().await.map_err(failure)?;
            if response.status() != StatusCode::SWITCHING_PROTOCOLS {
                return Ok(Err(read(response).await?));
            }
            let headers = headers_of(response.headers());
            check_handshake(&headers, &key)
                .map_err(|message| TransportFailure::new(FailureKind::Protocol, message))?;
            let connection = response.upgrade().await.map_err(failure)?;
            let config = WebSocketConfig::default()
                .read_buffer_size(READ_BUFFER)
                .write_buffer_size(WRITE_BUFFER)
                .max_message_size(Some(request.max_message_size))
                .max_frame_size(Some(request.max_message_size));
            let socket =
                WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await;
            let (sink, stream) = socket.split();
            Ok(Ok(WebSocket {
                headers,
                sink: Box::pin(messages_into(sink)),
                stream: Box::pin(frames_of(stream)),
            }))
        })
    }
}

/// What RFC 6455, section 4.1, asks of the answer beyond its status.
fn check_handshake(headers: &[(String, String)], key: &str) -> Result<(), &'static str> {
    let value = |name: &str| {
        headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.trim())
            .unwrap_or_default()
    };
    let lists = |name: &str, token: &str| {
        value(name)
            .split(',')
            .any(|item| item.trim().eq_ignore_ascii_case(token))
    };
    if !lists("upgrade", "websocket") || !lists("connection", "upgrade") {
        return Err("the connection was not upgraded to a WebSocket");
    }
    if value("sec-websocket-accept") != derive_accept_key(key.as_bytes()) {
        return Err("the WebSocket handshake was answered with a wrong key");
    }
    if !value("sec-websocket-extensions").is_empty() {
        return Err("the service uses a WebSocket extension that was not offered");
    }
    Ok(())
}

fn messages_into(
    sink: impl Sink<Message, Error = WsError> + Send,
) -> impl Sink<Outgoing, Error = TransportFailure> + Send {
    sink.sink_map_err(ws_failure).with(|outgoing| {
        future::ready(Ok(match outgoing {
            Outgoing::Message(text) => Message::Text(Utf8Bytes::from(text)),
            Outgoing::Close(CloseReason { code, reason }) => Message::Close(Some(CloseFrame {
                code: code.into(),
                reason: reason.into(),
            })),
        }))
    })
}

fn frames_of(
    messages: impl Stream<Item = Result<Message, WsError>> + Send,
) -> impl Stream<Item = Result<Frame, TransportFailure>> + Send {
    let mut messages = Box::pin(messages);
    let mut ended = false;
    stream::poll_fn(move |cx| {
        if ended {
            return Poll::Ready(None);
        }
        loop {
            let item = match messages.poll_next_unpin(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(item) => item,
            };
            let frame = match item {
                Some(Ok(Message::Text(text))) => Ok(Frame::Message(Bytes::from(text))),
                Some(Ok(Message::Binary(bytes))) => Ok(Frame::Message(bytes)),
                Some(Ok(Message::Close(frame))) => Ok(Frame::Closed(close_reason(frame))),
                // Answered by tungstenite itself.
                Some(Ok(_)) => continue,
                Some(Err(
                    WsError::ConnectionClosed
                    | WsError::AlreadyClosed
                    | WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake),
                ))
                | None => Ok(Frame::Closed(CloseReason {
                    code: 1006,
                    reason: String::new(),
                })),
                Some(Err(error)) => Err(ws_failure(error)),
            };
            ended = !matches!(frame, Ok(Frame::Message(_)));
            return Poll::Ready(Some(frame));
        }
    })
}

fn close_reason(frame: Option<CloseFrame>) -> CloseReason {
    match frame {
        Some(frame) => CloseReason {
            code: frame.code.into(),
            reason: frame.reason.as_str().to_owned(),
        },
        None => CloseReason {
            code: 1005,
            reason: String::new(),
        },
    }
}

fn ws_failure(error: WsError) -> TransportFailure {
    let kind = match &error {
        WsError::Io(_) | WsError::ConnectionClosed | WsError::AlreadyClosed => FailureKind::Broken,
        _ => FailureKind::Protocol,
    };
    TransportFailure::new(kind, error)
}
