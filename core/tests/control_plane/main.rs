//! The control plane's client over real sockets: a server that answers by a script, so that a test
//! sees each request as it arrived and decides how the connection fails.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod configuration;
mod deadlines;
mod handshake;
mod paging;
mod proxy;
mod retries;
mod secrecy;
mod server;
mod tls;
mod websocket;
