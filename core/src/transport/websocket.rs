use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, Stream};

use super::{BoxFuture, HttpResponse, MaybeSend, MaybeSync, TransportFailure};

/// A WebSocket to open. `Debug` is left out: the headers hold the token.
#[derive(Clone)]
pub struct WebSocketRequest {
    /// The absolute URL, with the scheme `http` or `https`.
    pub url: String,
    /// Headers of the handshake; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// How long connecting may take; `None` for no limit. The answer is not part of it.
    pub connect_timeout: Option<Duration>,
    /// The largest message to accept, in bytes; a larger one ends the connection.
    pub max_message_size: usize,
}

/// An open WebSocket: whole messages in both directions. Ping, pong and the closing handshake are
/// the implementation's business.
pub struct WebSocket {
    /// The headers of the handshake's answer; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Takes what is to be sent.
    pub sink: FrameSink,
    /// Yields what arrives, and ends after a [`Frame::Closed`] or a failure.
    pub stream: FrameStream,
}

/// Something received on a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message: text, or binary which is read as UTF-8 text.
    Message(Bytes),
    /// The peer closed the connection.
    Closed(CloseReason),
}

/// Something to send on a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text message.
    Message(String),
    /// The closing handshake with this code and these words. Nothing may follow.
    Close(CloseReason),
}

/// Why a WebSocket was closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloseReason {
    /// The close code; 1005 where the peer gave none, 1006 where the connection just ended.
    pub code: u16,
    /// The peer's own words.
    pub reason: String,
}

/// Takes what is to be sent.
#[cfg(not(target_arch = "wasm32"))]
pub type FrameSink = Pin<Box<dyn Sink<Outgoing, Error = TransportFailure> + Send>>;
/// Takes what is to be sent.
#[cfg(target_arch = "wasm32")]
pub type FrameSink = Pin<Box<dyn Sink<Outgoing, Error = TransportFailure>>>;

/// Yields what arrives.
#[cfg(not(target_arch = "wasm32"))]
pub type FrameStream = Pin<Box<dyn Stream<Item = Result<Frame, TransportFailure>> + Send>>;
/// Yields what arrives.
#[cfg(target_arch = "wasm32")]
pub type FrameStream = Pin<Box<dyn Stream<Item = Result<Frame, TransportFailure>>>>;

/// Opens WebSockets.
pub trait WebSocketClient: MaybeSend + MaybeSync + 'static {
    /// Opens one WebSocket. `Ok(Err(response))` is an answer other than the upgrade, read whole.
    fn open(
        &self,
        request: WebSocketRequest,
    ) -> BoxFuture<'_, Result<Result<WebSocket, HttpResponse>, TransportFailure>>;
}
