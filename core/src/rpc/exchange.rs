//! What goes into the machine and comes out of it.

use std::time::Duration;

use bytes::Bytes;

use super::frames::{self, Inbound, Malformed};
use super::methods::Method;
use super::shape::{self, Kind};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, FromJson, Object};

/// Limits of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of streams that may wait to be read; 8 MiB by default.
    pub unread: usize,
    /// Bytes that may wait to be sent before streams have to wait; 4 MiB by default.
    pub unsent: usize,
    /// How long the peer may stay silent; 30 s by default.
    pub idle: Duration,
    /// How often to ask the peer for a sign of life; 2 s by default, and at most a third of `idle`.
    pub ping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unread: 8 << 20,
            unsent: 4 << 20,
            idle: Duration::from_secs(30),
            ping: Duration::from_secs(2),
        }
    }
}

/// A call under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(pub(super) u64);

impl CallId {
    /// The number on the wire, by which the call can be aborted too.
    pub fn wire(self) -> u64 {
        self.0
    }
}

/// A stream of bytes to the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OutgoingId(pub(super) u64);

impl OutgoingId {
    /// The id to name the stream by in a call's parameters.
    pub fn wire(self) -> u64 {
        self.0
    }

    /// Encodes bytes of this stream for [`Connection::write`](super::connection::Connection::write).
    pub fn chunk(self, data: &[u8]) -> Chunk {
        Chunk {
            stream: self.0,
            text: (!data.is_empty()).then(|| frames::stream_data(self.0, data)),
        }
    }
}

/// Bytes encoded to be sent. Encoding is apart from sending so that it need not happen where the
/// connection is locked.
#[derive(Debug)]
pub struct Chunk {
    pub(super) stream: u64,
    pub(super) text: Option<String>,
}

/// A message that was read, to be handled by [`Connection::handle`](super::connection::Connection::handle). Reading is apart from handling
/// so that it need not happen where the connection is locked.
#[derive(Debug)]
pub struct Parsed(pub(super) Result<Inbound, Malformed>);

impl Parsed {
    /// Reads a message.
    pub fn new(message: &Bytes) -> Self {
        Self(frames::parse(message))
    }
}

/// A call to make: its method, and its parameters as JSON text.
#[derive(Debug)]
pub struct Request {
    pub(super) method: &'static str,
    pub(super) params: String,
}

impl Request {
    /// Encodes the parameters of a call of `M`.
    pub fn new<M: Method>(params: &M::Params) -> Self {
        Self::of(M::NAME, json::written(params))
    }

    /// A call whose parameters are JSON text already.
    pub(crate) fn of(method: &'static str, params: String) -> Self {
        Self { method, params }
    }
}

/// A call's result, still as JSON text.
#[derive(Debug)]
pub struct Reply {
    pub(super) method: &'static str,
    pub(super) json: Bytes,
    pub(super) streams: Vec<u64>,
}

impl Reply {
    /// What stands for a result that was too large for one message.
    pub(crate) fn in_parts(bytes: Bytes) -> Self {
        Self {
            method: "",
            json: bytes,
            streams: Vec::new(),
        }
    }

    /// The bytes that stand for a result, where it came in parts.
    pub(crate) fn content(&self) -> Option<&Bytes> {
        self.method.is_empty().then_some(&self.json)
    }

    /// Whether its JSON text is longer than this.
    pub fn is_longer_than(&self, bytes: usize) -> bool {
        self.json.len() > bytes
    }

    /// Decodes the result of a call of `M`. The streams it names are to be read or cancelled, and the
    /// file it opened to be closed; [`Connection::discard`](super::connection::Connection::discard) does so for a reply nobody wants.
    ///
    /// # Errors
    /// [`ProtocolViolation`](ErrorCode::ProtocolViolation) when it has another shape.
    pub fn decode<M: Method>(&self) -> Result<M::Output> {
        json::read(&self.json).map_err(unexpected_shape)
    }

    /// One field of the result, where the others do not matter.
    pub(crate) fn field<T: FromJson>(&self, name: &'static str) -> Result<T> {
        let object = Object::parse(&self.json);
        object
            .and_then(|object| object.required(name))
            .map_err(unexpected_shape)
    }

    /// The result as it is, if it is of this kind, or none where there need not be one.
    pub(crate) fn json(&self, kind: Kind, required: bool) -> Result<String> {
        let kind = match required || self.json[..] != *b"null" {
            true => kind,
            false => Kind::Nothing,
        };
        shape::checked(kind, &self.json).map_err(unexpected_shape)
    }
}

fn unexpected_shape(error: json::Error) -> Error {
    let message = format!("the sandbox's answer has an unexpected shape: {error}");
    Error::new(ErrorCode::ProtocolViolation, message)
}

/// Something the user of the connection waits for.
#[derive(Debug)]
pub enum Event {
    /// A call ended.
    Replied(CallId, Result<Reply>),
    /// A stream from the peer has more to read, or ended.
    Readable(u64),
    /// Streams to the peer may accept bytes again, or the peer cancelled one.
    Writable,
    /// The connection is closed; nothing more follows.
    Closed,
}

/// What reading a stream gives.
#[derive(Debug)]
pub enum StreamRead {
    /// Bytes, never none.
    Chunk(Bytes),
    /// The stream ended as its sender meant it to.
    End,
    /// The stream ended early.
    Failed(Error),
    /// Nothing yet; an [`Event::Readable`] follows.
    Empty,
}

/// Whether a stream accepts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writable {
    /// It does.
    Yes,
    /// Too much waits to be sent; an [`Event::Writable`] follows.
    Full,
    /// The peer does not want any more of it.
    Cancelled,
}
