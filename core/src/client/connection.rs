//! Glues the protocol machine to a WebSocket and the passing of time.
//!
//! One background task per connection moves frames; everything else happens in the caller's own
//! task, decoding and encoding included, so that neither holds up the other.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::Stream;
use futures_util::task::AtomicWaker;

use crate::error::{Error, ErrorCode, Result};
use crate::rpc::connection::{
    CallId, Connection, Event, Limits, OutgoingId, Parsed, Reply, StreamRead, Writable,
};
use crate::rpc::methods::Method;
use crate::transport::{
    BoxFuture, CloseReason, Frame, Outgoing, Runtime, TransportFailure, WebSocket,
};

/// How many messages are read before it is the writer's turn.
const READ_BATCH: usize = 64;
/// How long the peer may take to answer the closing handshake.
pub(super) const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// A sandbox connection, shared by everything that uses it; closed when the last user is gone.
#[derive(Clone)]
pub(crate) struct Rpc(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    runtime: Arc<dyn Runtime>,
    call_limit: Duration,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.with(Connection::close);
    }
}

struct Shared {
    state: Mutex<State>,
    driver: AtomicWaker,
}

struct State {
    machine: Connection,
    calls: HashMap<CallId, oneshot::Sender<Result<Reply>>>,
    readers: HashMap<u64, Waker>,
    writers: Vec<oneshot::Sender<()>>,
    /// Told when the closing handshake is over.
    closers: Vec<oneshot::Sender<()>>,
    /// Whether the background task has ended.
    ended: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the machine a command, and has the background task act on it.
    fn with<T>(&self, command: impl FnOnce(&mut Connection) -> T) -> T {
        let mut state = self.lock();
        let result = command(&mut state.machine);
        state.deliver();
        drop(state);
        self.driver.wake();
        result
    }
}

impl State {
    /// Hands what happened to those who wait for it.
    fn deliver(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            match event {
                Event::Replied(call, result) => {
                    if let Some(waiting) = self.calls.remove(&call)
                        && let Err(Ok(reply)) = waiting.send(result)
                    {
                        self.machine.discard(&reply);
                    }
                }
                Event::Readable(stream) => {
                    if let Some(waker) = self.readers.remove(&stream) {
                        waker.wake();
                    }
                }
                Event::Writable => self.writers.drain(..).for_each(|waiting| {
                    // Whoever has gone away does not wait.
                    let _ = waiting.send(());
                }),
                Event::Closed => {}
            }
        }
    }
}

impl Rpc {
    /// Starts to use an open WebSocket. `call_limit` is how long the answer to a call may take that
    /// has no reason to last.
    pub(crate) fn start(
        socket: WebSocket,
        runtime: Arc<dyn Runtime>,
        limits: Limits,
        call_limit: Duration,
    ) -> Self {
        let now = runtime.now();
        let state = State {
            machine: Connection::new(limits, now),
            calls: HashMap::new(),
            readers: HashMap::new(),
            writers: Vec::new(),
            closers: Vec::new(),
            ended: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            driver: AtomicWaker::new(),
        });
        runtime.spawn(Box::pin(Driver {
            socket: Some(socket),
            shared: shared.clone(),
            runtime: runtime.clone(),
            timer: None,
            unflushed: false,
            closing: None,
        }));
        Self(Arc::new(Handle {
            shared,
            runtime,
            call_limit,
        }))
    }

    pub(crate) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.0.runtime
    }

    /// Calls a method that answers at once.
    pub(crate) fn call<M: Method>(&self, params: &M::Params) -> Call<M> {
        let limit = Some(self.0.call_limit);
        self.send(|machine, now| machine.call::<M>(params, None, limit, now))
    }

    /// Calls a method that may last.
    pub(crate) fn call_lasting<M: Method>(&self, params: &M::Params) -> Call<M> {
        self.send(|machine, now| machine.call::<M>(params, None, None, now))
    }

    /// Calls a method that may last and is given up when the call is dropped.
    pub(crate) fn call_abortable<M: Method>(
        &self,
        params: impl FnOnce(u64) -> M::Params,
    ) -> Call<M> {
        self.send(|machine, now| {
            let abort = machine.abort_id();
            machine.call::<M>(&params(abort), Some(abort), None, now)
        })
    }

    fn send<M: Method>(
        &self,
        call: impl FnOnce(&mut Connection, Duration) -> Result<CallId>,
    ) -> Call<M> {
        let now = self.0.runtime.now();
        let mut state = self.0.shared.lock();
        let pending = call(&mut state.machine, now).map(|id| {
            let (sender, receiver) = oneshot::channel();
            state.calls.insert(id, sender);
            (id, receiver)
        });
        drop(state);
        self.0.shared.driver.wake();
        Call {
            rpc: self.clone(),
            pending: Some(pending),
            method: std::marker::PhantomData,
        }
    }

    /// Starts a stream to the peer.
    pub(crate) fn open(&self, when_dropped: WhenDropped) -> Result<ByteSink> {
        let id = self.0.shared.with(Connection::open)?;
        Ok(ByteSink {
            rpc: self.clone(),
            id,
            when_dropped,
        })
    }

    /// Takes over a stream from the peer that a reply named.
    pub(crate) fn incoming(&self, id: u64) -> ByteSource {
        ByteSource {
            rpc: self.clone(),
            id,
            over: false,
        }
    }

    /// Closes the connection and waits for the closing handshake, for a while.
    pub(crate) async fn close(&self) {
        self.0.shared.with(Connection::close);
        self.ended().await;
    }

    /// Waits until the connection is closed, by whomever; gives the code and the words.
    pub(crate) async fn closed(&self) -> CloseReason {
        self.ended().await;
        let state = self.0.shared.lock();
        let (code, reason) = state
            .machine
            .close_reason()
            .unwrap_or((1006, String::new()));
        CloseReason { code, reason }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.shared.lock().machine.closed().is_some()
    }

    async fn ended(&self) {
        let receiver = {
            let mut state = self.0.shared.lock();
            if state.ended {
                return;
            }
            let (sender, receiver) = oneshot::channel();
            state.closers.push(sender);
            receiver
        };
        // A sender that is gone has ended too.
        let _ = receiver.await;
    }
}

impl std::fmt::Debug for Rpc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rpc")
    }
}

type Pending = (CallId, oneshot::Receiver<Result<Reply>>);

/// A call under way. It is sent already, and forgotten (aborted, where that is possible) when
/// dropped.
#[must_use = "the answer tells whether the call succeeded"]
pub(crate) struct Call<M> {
    rpc: Rpc,
    /// `None` once answered.
    pending: Option<Result<Pending>>,
    method: std::marker::PhantomData<fn() -> M>,
}

impl<M> Unpin for Call<M> {}

impl<M: Method> Future for Call<M> {
    type Output = Result<M::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match &mut self.pending {
            Some(Ok((_, receiver))) => ready!(Pin::new(receiver).poll(cx)),
            Some(Err(_)) => Ok(Err(match self.pending.take() {
                Some(Err(error)) => error,
                _ => lost(),
            })),
            None => Err(oneshot::Canceled),
        };
        self.pending = None;
        let reply = result.unwrap_or_else(|_| Err(lost()));
        Poll::Ready(reply.and_then(|reply| {
            reply
                .decode::<M>()
                .inspect_err(|_| self.rpc.0.shared.with(|machine| machine.discard(&reply)))
        }))
    }
}

/// The background task ended without an answer: its runtime was shut down.
fn lost() -> Error {
    Error::new(
        ErrorCode::ConnectionClosed,
        "the connection's background task was ended with its runtime",
    )
}

impl<M> Drop for Call<M> {
    fn drop(&mut self) {
        let Some(Ok((id, receiver))) = &mut self.pending else {
            return;
        };
        let mut state = self.rpc.0.shared.lock();
        state.calls.remove(id);
        state.machine.forget(*id);
        if let Ok(Some(Ok(reply))) = receiver.try_recv() {
            state.machine.discard(&reply);
        }
        drop(state);
        self.rpc.0.shared.driver.wake();
    }
}

/// Bytes from the sandbox. Dropped before its end, it tells the sender to stop.
pub(crate) struct ByteSource {
    rpc: Rpc,
    id: u64,
    over: bool,
}

impl Stream for ByteSource {
    type Item = Result<bytes::Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let mut state = self.rpc.0.shared.lock();
        let paused = !state.machine.wants_read();
        let read = state.machine.read(self.id);
        if matches!(read, StreamRead::Empty) {
            state.readers.insert(self.id, cx.waker().clone());
        }
        let resumed = paused && state.machine.wants_read();
        drop(state);
        if resumed {
            self.rpc.0.shared.driver.wake();
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
        let mut state = self.rpc.0.shared.lock();
        state.readers.remove(&self.id);
        if !self.over {
            state.machine.cancel(self.id);
            drop(state);
            self.rpc.0.shared.driver.wake();
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
    /// The id to name the stream by in a call's parameters.
    pub(crate) fn wire(&self) -> u64 {
        self.id.wire()
    }

    /// Sends all of `data`, waiting while too much is under way. Fails with
    /// [`StreamFailed`](ErrorCode::StreamFailed) when the sandbox reads no more.
    pub(crate) async fn write_all(&mut self, data: &[u8]) -> Result<()> {
        for piece in data.chunks(PIECE) {
            self.writable().await?;
            let chunk = self.id.chunk(piece);
            self.rpc.0.shared.with(|machine| machine.write(chunk));
        }
        Ok(())
    }

    async fn writable(&self) -> Result<()> {
        loop {
            let room = {
                let mut state = self.rpc.0.shared.lock();
                match state.machine.is_writable(self.id)? {
                    Writable::Yes => return Ok(()),
                    Writable::Cancelled => {
                        let message = "the sandbox reads no more of the stream";
                        return Err(Error::new(ErrorCode::StreamFailed, message));
                    }
                    Writable::Full => {
                        let (sender, receiver) = oneshot::channel();
                        state.writers.push(sender);
                        receiver
                    }
                }
            };
            room.await.map_err(|_| lost())?;
        }
    }

    /// Ends the stream.
    pub(crate) fn end(self) {
        self.rpc.0.shared.with(|machine| machine.end(self.id));
    }
}

impl Drop for ByteSink {
    fn drop(&mut self) {
        self.rpc.0.shared.with(|machine| match self.when_dropped {
            WhenDropped::End => machine.end(self.id),
            WhenDropped::Fail => machine.fail(self.id, "the writer gave up"),
        });
    }
}

/// The background task.
struct Driver {
    /// `None` once given up.
    socket: Option<WebSocket>,
    shared: Arc<Shared>,
    runtime: Arc<dyn Runtime>,
    /// The next deadline and the wait for it.
    timer: Option<(Duration, BoxFuture<'static, ()>)>,
    /// Whether something was given to the sink that it may not have sent.
    unflushed: bool,
    /// The limit of the wait for the closing handshake, once the connection is closed.
    closing: Option<BoxFuture<'static, ()>>,
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.driver.register(cx.waker());
        loop {
            let read = self.read(cx);
            self.keep_time(cx);
            if let Err(failure) = self.write(cx) {
                self.failed(&failure);
            }
            if self.is_over(cx) {
                return Poll::Ready(());
            }
            if !read {
                return Poll::Pending;
            }
        }
    }
}

impl Driver {
    /// Reads a batch of messages; whether there may be more.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        for _ in 0..READ_BATCH {
            let Some(socket) = &mut self.socket else {
                return false;
            };
            if !self.shared.lock().machine.wants_read() {
                return false;
            }
            let Poll::Ready(item) = socket.stream.as_mut().poll_next(cx) else {
                return false;
            };
            match item {
                Some(Ok(Frame::Message(message))) => {
                    let parsed = Parsed::new(&message);
                    let now = self.runtime.now();
                    let mut state = self.shared.lock();
                    state.machine.handle(parsed, now);
                    state.deliver();
                }
                Some(Ok(Frame::Closed(CloseReason { code, reason }))) => {
                    self.socket = None;
                    self.shared
                        .with(|machine| machine.handle_close(code, &reason));
                }
                Some(Err(failure)) => self.failed(&failure),
                None => {
                    self.socket = None;
                    self.shared.with(|machine| machine.handle_close(1006, ""));
                }
            }
        }
        true
    }

    fn keep_time(&mut self, cx: &mut Context<'_>) {
        loop {
            let next = self.shared.lock().machine.poll_timeout();
            let Some(next) = next else {
                self.timer = None;
                return;
            };
            if !matches!(&self.timer, Some((at, _)) if *at == next) {
                let wait = next.saturating_sub(self.runtime.now());
                self.timer = Some((next, self.runtime.sleep(wait)));
            }
            let Some((at, timer)) = &mut self.timer else {
                return;
            };
            if timer.as_mut().poll(cx).is_pending() {
                return;
            }
            // A host's timer may fire a little early by this clock.
            let now = self.runtime.now().max(*at);
            let mut state = self.shared.lock();
            state.machine.handle_timeout(now);
            state.deliver();
        }
    }

    fn write(&mut self, cx: &mut Context<'_>) -> std::result::Result<(), TransportFailure> {
        let Some(socket) = &mut self.socket else {
            return Ok(());
        };
        let mut sink = socket.sink.as_mut();
        loop {
            match sink.as_mut().poll_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(()),
            }
            let now = self.runtime.now();
            let mut state = self.shared.lock();
            let text = state.machine.poll_transmit(now);
            let close = if text.is_none() {
                state.machine.poll_close()
            } else {
                None
            };
            state.deliver();
            drop(state);
            let outgoing = match (text, close) {
                (Some(text), _) => Outgoing::Message(text),
                (None, Some((code, reason))) => Outgoing::Close(CloseReason {
                    code,
                    reason: reason.to_owned(),
                }),
                (None, None) => break,
            };
            sink.as_mut().start_send(outgoing)?;
            self.unflushed = true;
        }
        if self.unflushed && sink.poll_flush(cx)?.is_ready() {
            self.unflushed = false;
        }
        Ok(())
    }

    fn failed(&mut self, failure: &TransportFailure) {
        self.socket = None;
        let words = innermost(failure);
        self.shared.with(|machine| machine.handle_failure(&words));
    }

    /// Whether the connection is closed and the closing handshake over or late.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        if self.socket.is_none() {
            return true;
        }
        if self.closing.is_none() && self.shared.lock().machine.closed().is_some() {
            self.closing = Some(self.runtime.sleep(CLOSE_LIMIT));
        }
        self.closing
            .as_mut()
            .is_some_and(|closing| closing.as_mut().poll(cx).is_ready())
    }
}

impl Drop for Driver {
    /// Whatever ends the task, nobody waits for it any longer.
    fn drop(&mut self) {
        self.shared
            .with(|machine| machine.handle_failure("its background task has ended"));
        let mut state = self.shared.lock();
        state.ended = true;
        state.closers.clear();
    }
}

fn innermost(failure: &TransportFailure) -> String {
    let mut cause: &dyn std::error::Error = failure.source.as_ref();
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
