//! What the host was asked for and has not answered yet.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_channel::oneshot;
use wasm_bindgen::prelude::*;

use crate::engine;

/// There are few at a time.
type Table = Vec<(u32, oneshot::Sender<JsAnswer>)>;

thread_local! {
    static OPERATIONS: RefCell<(u32, Table)> = RefCell::default();
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
    answer: oneshot::Receiver<JsAnswer>,
    over: bool,
}

impl Operation {
    /// An operation the host is about to be asked for.
    pub(crate) fn new() -> Self {
        let (sender, answer) = oneshot::channel();
        let id = OPERATIONS.with(|operations| {
            let (next, table) = &mut *operations.borrow_mut();
            let id = *next;
            *next = next.wrapping_add(1);
            table.push((id, sender));
            id
        });
        Self {
            id,
            answer,
            over: false,
        }
    }

    /// The number the host answers with.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }
}

impl Future for Operation {
    type Output = JsAnswer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<JsAnswer> {
        let answer = ready!(Pin::new(&mut self.answer).poll(cx));
        self.over = true;
        Poll::Ready(answer.unwrap_or(JsAnswer::Thrown(JsValue::UNDEFINED)))
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        take(self.id);
        if !self.over {
            engine::with(|engine| engine.give_up(self.id));
        }
    }
}

fn take(id: u32) -> Option<oneshot::Sender<JsAnswer>> {
    OPERATIONS.with(|operations| {
        let table = &mut operations.borrow_mut().1;
        let at = table.iter().position(|(other, _)| *other == id)?;
        Some(table.swap_remove(at).1)
    })
}

/// Tells an operation its outcome, and lets whoever waits for it go on.
pub(crate) fn answer(id: u32, answer: JsAnswer) {
    if let Some(sender) = take(id) {
        // Whoever has given up does not wait.
        let _ = sender.send(answer);
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
