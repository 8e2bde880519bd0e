//! Streams of bytes over a connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;

use super::connection::{Rpc, wait_among};
use crate::error::{Error, ErrorCode, Result};
use crate::rpc::connection::{OutgoingId, StreamRead, Writable};

/// Bytes from the sandbox. Dropped before its end, it tells the sender to stop.
pub(crate) struct ByteSource {
    rpc: Rpc,
    id: u64,
    over: bool,
}

impl ByteSource {
    pub(super) fn new(rpc: Rpc, id: u64) -> Self {
        Self {
            rpc,
            id,
            over: false,
        }
    }
}

impl Stream for ByteSource {
    type Item = Result<bytes::Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let mut state = self.rpc.shared().lock();
        let paused = !state.machine.wants_read();
        let read = state.machine.read(self.id);
        if matches!(read, StreamRead::Empty) {
            state.readers.insert(self.id, cx.waker().clone());
        }
        let resumed = paused && state.machine.wants_read();
        drop(state);
        if resumed {
            self.rpc.shared().driver.wake();
        }
        Poll::Ready(match read {
            StreamRead::Chunk(bytes) => Some(Ok(bytes)),
            StreamRead::Empty => return Poll::Pending,
            StreamRead::End => {
                self.over = true;
                None
            }
            StreamRead::Failed(error) => {
                self.over = true;
                Some(Err(error))
            }
        })
    }
}

impl Drop for ByteSource {
    fn drop(&mut self) {
        let mut state = self.rpc.shared().lock();
        state.readers.remove(&self.id);
        if !self.over {
            state.machine.cancel(self.id);
            drop(state);
            self.rpc.shared().driver.wake();
        }
    }
}

/// What a dropped stream to the sandbox means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenDropped {
    /// All is said, as when a pipe is closed.
    End,
    /// What was sent is not the whole.
    Fail,
}

/// Bytes to the sandbox.
pub(crate) struct ByteSink {
    rpc: Rpc,
    id: OutgoingId,
    when_dropped: WhenDropped,
}

/// The largest piece of a stream in one frame: large enough to cost little each, small enough that
/// the peer works on one while the next is under way.
const PIECE: usize = 512 << 10;

impl ByteSink {
    pub(super) fn new(rpc: Rpc, id: OutgoingId, when_dropped: WhenDropped) -> Self {
        Self {
            rpc,
            id,
            when_dropped,
        }
    }

    /// The id to name the stream by in a call's parameters.
    pub(crate) fn wire(&self) -> u64 {
        self.id.wire()
    }

    /// Sends what there is room for of `data`, and takes it off: all of it when this is ready. Fails with
    /// [`StreamFailed`](ErrorCode::StreamFailed) when the sandbox reads no more.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        data: &mut &[u8],
    ) -> Poll<Result<()>> {
        while !data.is_empty() {
            ready!(self.poll_writable(cx))?;
            let (piece, rest) = data.split_at(data.len().min(PIECE));
            let chunk = self.id.chunk(piece);
            self.rpc.shared().with(|machine| machine.write(chunk));
            *data = rest;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let mut state = self.rpc.shared().lock();
        match state.machine.is_writable(self.id)? {
            Writable::Yes => Poll::Ready(Ok(())),
            Writable::Cancelled => {
                let message = "the sandbox reads no more of the stream";
                Poll::Ready(Err(Error::new(ErrorCode::StreamFailed, message)))
            }
            Writable::Full => {
                wait_among(&mut state.writers, cx);
                Poll::Pending
            }
        }
    }

    /// Ends the stream.
    pub(crate) fn end(self) {
        self.rpc.shared().with(|machine| machine.end(self.id));
    }
}

impl Drop for ByteSink {
    fn drop(&mut self) {
        self.rpc.shared().with(|machine| match self.when_dropped {
            WhenDropped::End => machine.end(self.id),
            WhenDropped::Fail => machine.fail(self.id, "the writer gave up"),
        });
    }
}
