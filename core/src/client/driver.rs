//! The background task of a connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::connection::{CLOSE_LIMIT, Shared};
use crate::rpc::connection::Parsed;
use crate::transport::{
    BoxFuture, CloseReason, Frame, Outgoing, Runtime, TransportFailure, WebSocket, root_cause,
};

/// How many messages are read before it is the writer's turn.
const READ_BATCH: usize = 64;

/// Moves frames between the machine and the socket, and tells the machine the time.
pub(super) struct Driver {
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

impl Driver {
    pub(super) fn new(socket: WebSocket, shared: Arc<Shared>, runtime: Arc<dyn Runtime>) -> Self {
        Self {
            socket: Some(socket),
            shared,
            runtime,
            timer: None,
            unflushed: false,
            closing: None,
        }
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.driver.register(cx.waker());
        loop {
            // Asked for once: on some hosts the time is not cheap.
            let now = self.runtime.now();
            let read = self.read(cx, now);
            self.keep_time(cx);
            if let Err(failure) = self.write(cx, now) {
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
    fn read(&mut self, cx: &mut Context<'_>, now: Duration) -> bool {
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

    fn write(
        &mut self,
        cx: &mut Context<'_>,
        now: Duration,
    ) -> std::result::Result<(), TransportFailure> {
        let Some(socket) = &mut self.socket else {
            return Ok(());
        };
        let mut sink = socket.sink.as_mut();
        loop {
            match sink.as_mut().poll_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(()),
            }
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
        let words = root_cause(failure.source.as_ref());
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
        state.closers.drain(..).for_each(Waker::wake);
    }
}
