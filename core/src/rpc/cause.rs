use std::time::Duration;

use crate::error::{Error, ErrorCode};
use crate::model::{Quoted, moment};

/// Why a connection is closed.
#[derive(Debug, Clone)]
pub(super) enum Cause {
    /// By this side's wish.
    Local,
    /// By the peer's.
    Peer { code: u16, reason: String },
    /// The network failed.
    Broken(String),
    /// The peer was silent.
    Idle(Duration),
    /// The peer broke the protocol.
    Violation(String),
}

impl Cause {
    pub(super) fn to_error(&self) -> Error {
        match self {
            Self::Local => Error::new(
                ErrorCode::ConnectionClosed,
                "the sandbox connection was closed by this client",
            )
            .with_close(1005, ""),
            Self::Peer { code, reason } => {
                let how = match (code, reason.as_str()) {
                    (1006, _) => "ended without a closing handshake (code 1006)".to_owned(),
                    (_, "") => format!("was closed by the service (code {code})"),
                    _ => format!(
                        "was closed by the service (code {code}, {})",
                        Quoted(reason)
                    ),
                };
                Error::new(
                    ErrorCode::ConnectionClosed,
                    format!("the sandbox connection {how}"),
                )
                .with_close(*code, reason.clone())
            }
            Self::Broken(words) => Error::new(
                ErrorCode::ConnectionBroken,
                format!("the sandbox connection broke: {words}"),
            )
            .with_close(1006, words.clone()),
            Self::Idle(limit) => Error::new(
                ErrorCode::IdleTimeout,
                format!(
                    "nothing was heard from the sandbox in {}",
                    moment::spell(*limit)
                ),
            )
            .with_close(1006, "idle"),
            Self::Violation(words) => Error::new(
                ErrorCode::ProtocolViolation,
                format!("the service broke the protocol: {words}"),
            ),
        }
    }
}
