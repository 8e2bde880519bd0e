//! What the host was asked for and has not answered yet.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

use crate::engine;

/// There are few at a time.
type Table = Vec<(u32, State)>;

thread_local! {
    static OPERATIONS: RefCell<(u32, Table)> = RefCell::default();
}

enum State {
    Awaited(Option<Waker>),
    Answered(JsAnswer),
}

/// An operation's outcome as the host told it.
pub(crate) enum JsAnswer {
    /// An HTTP response.
    Response(deno_sandbox::transport::HttpResponse),
    /// A WebSocket's handshake succeeded.
    Opened {
        headers: Vec<(String, String)>,
        rest: Vec<u8>,
    },
    /// A source's next part, or its end.
    Part(Option<Vec<u8>>),
    /// It failed, with the kind and the words of a transport's failure.
    Failed(deno_sandbox::transport::TransportFailure),
    /// It failed with a value of the user's own.
    Thrown(JsValue),
}

/// An operation under way; given up when dropped.
pub(crate) struct Operation {
    id: u32,
    over: bool,
}

impl Operation {
    /// An operation the host is about to be asked for.
    pub(crate) fn new() -> Self {
        let id = OPERATIONS.with(|operations| {
            let (next, table) = &mut *operations.borrow_mut();
            let id = *next;
            *next = next.wrapping_add(1);
            table.push((id, State::Awaited(None)));
            id
        });
        Self { id, over: false }
    }

    /// The number the host answers with.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }
}

impl Future for Operation {
    type Output = JsAnswer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<JsAnswer> {
        let state = swap(self.id, State::Awaited(Some(cx.waker().clone())));
        let Some(State::Answered(answer)) = state else {
            return Poll::Pending;
        };
        self.over = true;
        Poll::Ready(answer)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        OPERATIONS.with(|operations| {
            let table = &mut operations.borrow_mut().1;
            table.retain(|(id, _)| *id != self.id);
        });
        if !self.over {
            engine::with(|engine| engine.give_up(self.id));
        }
    }
}

/// Changes the state of an operation that is under way; gives the one before.
fn swap(id: u32, state: State) -> Option<State> {
    OPERATIONS.with(|operations| {
        let table = &mut operations.borrow_mut().1;
        let (_, known) = table.iter_mut().find(|(other, _)| *other == id)?;
        Some(std::mem::replace(known, state))
    })
}

/// Tells an operation its outcome, and lets whoever waits for it go on.
pub(crate) fn answer(id: u32, answer: JsAnswer) {
    if let Some(State::Awaited(Some(waker))) = swap(id, State::Answered(answer)) {
        waker.wake();
    }
    crate::executor::run();
}

/// A source gave its next part; `undefined` at its end.
#[wasm_bindgen]
pub fn pulled(operation: u32, part: Option<Vec<u8>>) {
    answer(operation, JsAnswer::Part(part));
}

/// A source failed.
#[wasm_bindgen(js_name = pullFailed)]
pub fn pull_failed(operation: u32, error: JsValue) {
    answer(operation, JsAnswer::Thrown(error));
}
