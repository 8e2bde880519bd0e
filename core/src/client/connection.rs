//! Glues the protocol machine to a WebSocket and the passing of time.
//!
//! One background task per connection moves frames; everything else happens in the caller's own
//! task, decoding and encoding included, so that neither holds up the other.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use futures_util::task::AtomicWaker;

use super::action::over;
use super::driver::Driver;
use super::streams::{ByteSink, ByteSource, WhenDropped};
use crate::error::Result;
use crate::rpc::connection::{CallId, Connection, Event, Limits, Reply, Request};
use crate::rpc::methods::Method;
use crate::sorted_map::SortedMap;
use crate::transport::{CloseReason, Runtime, WebSocket};

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

pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) driver: AtomicWaker,
}

pub(super) struct State {
    pub(super) machine: Connection,
    calls: SortedMap<u64, Answer>,
    pub(super) readers: SortedMap<u64, Waker>,
    pub(super) writers: Vec<Waker>,
    /// Woken when the closing handshake is over.
    pub(super) closers: Vec<Waker>,
    /// Whether the background task has ended.
    pub(super) ended: bool,
}

/// What a call that somebody waits for has brought.
enum Answer {
    Awaited(Option<Waker>),
    Here(Result<Reply>),
}

/// Has a task woken with the others, once.
pub(super) fn wait_among(waiting: &mut Vec<Waker>, cx: &Context<'_>) {
    if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
        waiting.push(cx.waker().clone());
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the machine a command, and has the background task act on it.
    pub(super) fn with<T>(&self, command: impl FnOnce(&mut Connection) -> T) -> T {
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
    pub(super) fn deliver(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            match event {
                Event::Replied(call, result) => {
                    if let Some(answer) = self.calls.get_mut(&call.wire())
                        && let Answer::Awaited(Some(waker)) =
                            std::mem::replace(answer, Answer::Here(result))
                    {
                        waker.wake();
                    }
                }
                Event::Readable(stream) => {
                    if let Some(waker) = self.readers.remove(&stream) {
                        waker.wake();
                    }
                }
                Event::Writable => self.writers.drain(..).for_each(Waker::wake),
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
            calls: SortedMap::default(),
            readers: SortedMap::default(),
            writers: Vec::new(),
            closers: Vec::new(),
            ended: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            driver: AtomicWaker::new(),
        });
        runtime.spawn(Box::pin(Driver::new(
            socket,
            shared.clone(),
            runtime.clone(),
        )));
        Self(Arc::new(Handle {
            shared,
            runtime,
            call_limit,
        }))
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    pub(crate) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.0.runtime
    }

    /// Calls a method.
    pub(crate) fn call<M: Method>(&self, params: &M::Params) -> Call<M> {
        let limit = Limit::of(M::LASTS);
        Call::new(self.send(self.reserve(), Ok(Request::new::<M>(params)), limit))
    }

    /// A number for a call.
    pub(super) fn reserve(&self) -> CallId {
        self.0.shared.lock().machine.reserve()
    }

    /// Makes a call.
    pub(super) fn send(&self, id: CallId, request: Result<Request>, limit: Limit) -> Waiting {
        let (can_be_aborted, limit) = match limit {
            Limit::Usual => (false, Some(self.0.call_limit)),
            Limit::None => (false, None),
            Limit::Caller => (true, None),
        };
        let now = self.0.runtime.now();
        let mut state = self.0.shared.lock();
        let sent = request.and_then(|request| {
            state
                .machine
                .send_call(id, request, can_be_aborted, limit, now)
        });
        let answer = match sent {
            Ok(()) => Answer::Awaited(None),
            Err(error) => Answer::Here(Err(error)),
        };
        state.calls.insert(id.wire(), answer);
        drop(state);
        self.0.shared.driver.wake();
        Waiting {
            rpc: self.clone(),
            id,
        }
    }

    /// Starts a stream to the peer.
    pub(crate) fn open(&self, when_dropped: WhenDropped) -> Result<ByteSink> {
        let id = self.0.shared.with(Connection::open)?;
        Ok(ByteSink::new(self.clone(), id, when_dropped))
    }

    /// Takes over a stream from the peer that a reply named.
    pub(crate) fn incoming(&self, id: u64) -> ByteSource {
        ByteSource::new(self.clone(), id)
    }

    /// Closes the connection and waits for the closing handshake, for a while.
    pub(crate) async fn close(&self) {
        self.begin_close();
        self.ended().await;
    }

    /// Closes the connection; the closing handshake goes on in the background.
    pub(crate) fn begin_close(&self) {
        self.0.shared.with(Connection::close);
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
        poll_fn(|cx| {
            let mut state = self.0.shared.lock();
            if state.ended {
                return Poll::Ready(());
            }
            wait_among(&mut state.closers, cx);
            Poll::Pending
        })
        .await;
    }
}

impl std::fmt::Debug for Rpc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rpc")
    }
}

/// How long the answer to a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// As long as any answer.
    Usual,
    /// As long as it takes.
    None,
    /// As long as the caller waits: then the service is told to give it up.
    Caller,
}

impl Limit {
    /// As the method table has it.
    pub(super) fn of(lasts: bool) -> Self {
        if lasts { Self::None } else { Self::Usual }
    }
}

/// A call under way. It is sent already, and forgotten (aborted, where that is possible) when
/// dropped.
#[must_use = "the answer tells whether the call succeeded"]
pub(crate) struct Call<M> {
    waiting: Waiting,
    method: std::marker::PhantomData<fn() -> M>,
}

/// A call under way, whatever its method: what all have in common is compiled once.
pub(super) struct Waiting {
    rpc: Rpc,
    id: CallId,
}

impl<M: Method> Call<M> {
    fn new(waiting: Waiting) -> Self {
        Self {
            waiting,
            method: std::marker::PhantomData,
        }
    }
}

impl<M> Call<M> {
    /// The answer, not yet decoded.
    pub(super) fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply>> {
        self.waiting.poll(cx)
    }
}

impl<M: Method> Future for Call<M> {
    type Output = Result<M::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let reply = ready!(self.waiting.poll(cx))?;
        let output = reply.decode::<M>();
        if output.is_err() {
            self.waiting.discard(&reply);
        }
        Poll::Ready(output)
    }
}

impl Waiting {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply>> {
        let mut state = self.rpc.0.shared.lock();
        if let Some(Answer::Awaited(waker)) = state.calls.get_mut(&self.id.wire()) {
            let before = waker.replace(cx.waker().clone());
            // Not while it is locked: a task may end with the last waker of it, and what it waits for with it.
            drop(state);
            drop(before);
            return Poll::Pending;
        }
        Poll::Ready(match state.calls.remove(&self.id.wire()) {
            Some(Answer::Here(result)) => result,
            _ => Err(over()),
        })
    }

    /// Gives back what a reply brought that cannot be read.
    fn discard(&self, reply: &Reply) {
        self.rpc.0.shared.with(|machine| machine.discard(reply));
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut state = self.rpc.0.shared.lock();
        let answer = state.calls.remove(&self.id.wire());
        match &answer {
            Some(Answer::Awaited(_)) => state.machine.forget(self.id),
            Some(Answer::Here(Ok(reply))) => state.machine.discard(reply),
            _ => return,
        }
        drop(state);
        self.rpc.0.shared.driver.wake();
    }
}
