//! How bytes travel: one HTTP request, one WebSocket, and the passing of time.
//!
//! The traits know nothing of volumes or sandboxes. The native implementation sits behind the
//! feature `native`; a binding for another host brings its own.

mod http;
mod runtime;
mod websocket;

#[cfg(feature = "native")]
mod native;

pub use self::http::HttpClient;
pub use self::runtime::{BoxFuture, MaybeSend, MaybeSync, Runtime};
pub use self::websocket::{
    CloseReason, Frame, FrameSink, FrameStream, Outgoing, WebSocket, WebSocketClient,
    WebSocketRequest,
};

pub use crate::rest::http::{HttpRequest, HttpResponse, Method};

#[cfg(feature = "native")]
pub use native::NativeTransport;

mod failure;
pub(crate) use failure::root_cause;
pub use failure::{FailureKind, TransportFailure};

use std::sync::Arc;

/// Everything the client needs of its host.
#[derive(Clone)]
pub struct Transport {
    /// Sends HTTP requests.
    pub http: Arc<dyn HttpClient>,
    /// Opens WebSockets.
    pub websockets: Arc<dyn WebSocketClient>,
    /// Tells the time, waits, and runs background work.
    pub runtime: Arc<dyn Runtime>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Transport")
    }
}
