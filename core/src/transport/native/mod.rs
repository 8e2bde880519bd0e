//! Sockets, TLS and timers of the machine itself, through tokio.

mod http;
mod runtime;
mod websocket;

use std::sync::Arc;

use tokio::runtime::Handle;

use super::Transport;
use crate::error::{Error, ErrorCode, Result};

/// HTTP and WebSockets over this machine's network: TLS by rustls with the system's certificates,
/// proxies from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) except for
/// `localhost` and loopback addresses, which are reached directly.
#[derive(Debug)]
pub struct NativeTransport {
    http: http::Clients,
    runtime: runtime::Tokio,
}

impl NativeTransport {
    /// A transport whose background work runs on `runtime`.
    ///
    /// Futures are polled by the caller, in a context where tokio's timers and sockets are enabled.
    /// Inside another tokio runtime, that one is used.
    pub fn new(runtime: Handle) -> Self {
        Self {
            http: http::Clients::default(),
            runtime: runtime::Tokio::new(runtime),
        }
    }
}

impl Transport {
    /// The machine's own network and the tokio runtime this is called in.
    ///
    /// # Errors
    /// [`InvalidState`](ErrorCode::InvalidState) outside a tokio runtime.
    pub fn native() -> Result<Self> {
        let handle = Handle::try_current().map_err(|error| {
            let message = "there is no tokio runtime here; build the client inside one, like a \
                           function under #[tokio::main]";
            Error::new(ErrorCode::InvalidState, message).with_source(error)
        })?;
        Ok(NativeTransport::new(handle).into())
    }
}

impl From<NativeTransport> for Transport {
    fn from(native: NativeTransport) -> Self {
        let clients = Arc::new(native.http);
        Self {
            http: clients.clone(),
            websockets: clients,
            runtime: Arc::new(native.runtime),
        }
    }
}
