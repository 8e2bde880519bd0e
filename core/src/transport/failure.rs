use std::error::Error as StdError;
use std::fmt;

/// Why bytes did not travel, in the few kinds the layers above act on.
pub struct TransportFailure {
    /// Which kind.
    pub kind: FailureKind,
    /// The transport's own error.
    pub source: Box<dyn StdError + Send + Sync>,
}

/// The kinds of transport failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// No connection was made, so the request certainly did not arrive.
    Connect,
    /// Connecting took too long; the request certainly did not arrive.
    ConnectTimeout,
    /// The connection broke; the request may have arrived.
    Broken,
    /// The peer broke the protocol or a size limit.
    Protocol,
    /// This machine lacks what the connection needs; nothing was tried.
    Local,
}

impl TransportFailure {
    /// A failure with the transport's own error.
    pub fn new(kind: FailureKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            kind,
            source: source.into(),
        }
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            FailureKind::Connect => "could not connect",
            FailureKind::ConnectTimeout => "connecting took too long",
            FailureKind::Broken => "the connection broke",
            FailureKind::Protocol => "the peer broke the protocol",
            FailureKind::Local => "this machine cannot connect",
        })
    }
}

/// What went wrong and why, on one line.
impl fmt::Debug for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}: {}", root_cause(self.source.as_ref()))
    }
}

/// The innermost cause, which says what happened; the layers around it say that something did.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

impl StdError for TransportFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}
