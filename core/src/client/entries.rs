//! Listings of trees.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::Stream;

use super::connection::Rpc;
use super::streams::ByteSource;
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::rpc::methods::{StreamRef, WalkEntry};
use crate::rpc::shape::{self, Shaped};

/// The longest entry of a listing: a path of the longest kind, each character escaped, and room.
const MAX_ENTRY: usize = 64 << 10;

/// Entries of a listing as they arrive; dropped, the listing stops.
pub struct EntryStream {
    /// `None` after the end.
    source: Option<ByteSource>,
    buffer: Vec<u8>,
    /// How much of the buffer was taken.
    taken: usize,
    /// A failure that is still to be told.
    failure: Option<Error>,
}

impl EntryStream {
    pub(super) fn new(rpc: &Rpc, stream: StreamRef) -> Self {
        Self {
            source: Some(rpc.incoming(stream.stream_id)),
            buffer: Vec::new(),
            taken: 0,
            failure: None,
        }
    }

    /// Entries that are there already, at most so many and at least one, as a JSON list: for faces of languages
    /// without types.
    pub fn poll_list(&mut self, cx: &mut Context<'_>, most: usize) -> Poll<Option<Result<String>>> {
        if let Some(error) = self.failure.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let (mut list, mut count) = (String::new(), 0);
        while count < most {
            match self.poll_entry(cx, |json| shape::checked(WalkEntry::KIND, json)) {
                Poll::Ready(Ok(Some(entry))) => {
                    list.push(if count == 0 { '[' } else { ',' });
                    list.push_str(&entry);
                    count += 1;
                }
                last if count == 0 => return last.map(Result::transpose),
                Poll::Ready(Err(error)) => {
                    self.failure = Some(error);
                    break;
                }
                _ => break,
            }
        }
        list.push(']');
        Poll::Ready(Some(Ok(list)))
    }

    /// Takes one entry off the buffer. The service sends each in a chunk of its own, but where chunks
    /// begin and end is not relied on.
    fn take<T>(&mut self, read: fn(&[u8]) -> json::Result<T>) -> Result<Option<T>> {
        let rest = &self.buffer[self.taken..];
        let (entry, used) = match json::first(rest) {
            Ok(Some((entry, used))) => (read(entry), used),
            Ok(None) if rest.len() <= MAX_ENTRY => return Ok(None),
            Ok(None) => return Err(malformed("it is too long")),
            Err(error) => return Err(malformed(error)),
        };
        let entry = entry.map_err(malformed)?;
        self.taken += used;
        Ok(Some(entry))
    }

    fn poll_entry<T>(
        &mut self,
        cx: &mut Context<'_>,
        read: fn(&[u8]) -> json::Result<T>,
    ) -> Poll<Result<Option<T>>> {
        let result = ready!(self.poll_next_entry(cx, read));
        if result.is_err() {
            self.source = None;
            self.buffer.clear();
            self.taken = 0;
        }
        Poll::Ready(result)
    }

    fn poll_next_entry<T>(
        &mut self,
        cx: &mut Context<'_>,
        read: fn(&[u8]) -> json::Result<T>,
    ) -> Poll<Result<Option<T>>> {
        loop {
            if let Some(entry) = self.take(read)? {
                return Poll::Ready(Ok(Some(entry)));
            }
            match &mut self.source {
                Some(source) => match ready!(Pin::new(source).poll_next(cx)) {
                    Some(chunk) => {
                        self.buffer.drain(..std::mem::take(&mut self.taken));
                        self.buffer.extend_from_slice(&chunk?);
                    }
                    None => self.source = None,
                },
                None if self.buffer[self.taken..].trim_ascii().is_empty() => {
                    return Poll::Ready(Ok(None));
                }
                None => return Poll::Ready(Err(malformed("it is cut short"))),
            }
        }
    }
}

fn malformed(error: impl fmt::Display) -> Error {
    let message = format!("the sandbox sent a malformed entry: {error}");
    Error::new(ErrorCode::ProtocolViolation, message)
}

impl Stream for EntryStream {
    type Item = Result<WalkEntry>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_entry(cx, json::read).map(Result::transpose)
    }
}

impl fmt::Debug for EntryStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntryStream")
    }
}
