use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use deno_sandbox::{EntryStream, Error, ErrorCode, FileStream, ProcessInput, Result};
use futures_util::TryStreamExt;
use futures_util::stream::{self, Stream};
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::dynamic::parsed;
use crate::engine;
use crate::error::rejection;
use crate::executor::promise_of;
use crate::operations::{JsAnswer, Operation};

/// How many entries are handed over at once, at most.
const ENTRIES: usize = 256;

/// A stream that can be cancelled while it is read; a reading that is given up loses nothing.
#[wasm_bindgen]
pub struct NativeStream(Rc<RefCell<Source>>);

struct Source {
    /// `None` at the end.
    stream: Option<Pin<Box<dyn Stream<Item = Result<JsValue>>>>>,
    reader: Option<Waker>,
}

impl NativeStream {
    pub(crate) fn new<T: IntoJs + 'static>(
        stream: impl Stream<Item = Result<T>> + 'static,
    ) -> Self {
        Self(Rc::new(RefCell::new(Source {
            stream: Some(Box::pin(stream.map_ok(IntoJs::into_js))),
            reader: None,
        })))
    }
}

impl IntoJs for FileStream {
    fn into_js(self) -> JsValue {
        NativeStream::new(self).into()
    }
}

impl IntoJs for EntryStream {
    fn into_js(mut self) -> JsValue {
        let lists = stream::poll_fn(move |cx| {
            let list = self.poll_list(cx, ENTRIES);
            list.map_ok(|list| parsed(&list))
        });
        NativeStream::new(lists).into()
    }
}

#[wasm_bindgen]
impl NativeStream {
    pub fn next(&self, signal: &JsValue) -> JsValue {
        let source = self.0.clone();
        promise_of(
            signal,
            Box::pin(poll_fn(move |cx| source.borrow_mut().poll(cx))),
        )
    }

    pub fn cancel(&self) {
        let mut source = self.0.borrow_mut();
        let stream = source.stream.take();
        let reader = source.reader.take();
        drop(source);
        drop(stream);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

impl Source {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<JsValue, JsValue>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Ok(JsValue::UNDEFINED));
        };
        Poll::Ready(match stream.as_mut().poll_next(cx) {
            Poll::Pending => {
                self.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Some(Ok(item))) => Ok(item),
            Poll::Ready(Some(Err(error))) => {
                self.stream = None;
                Err(rejection(&error))
            }
            Poll::Ready(None) => {
                self.stream = None;
                Ok(JsValue::UNDEFINED)
            }
        })
    }
}

/// A process's standard input.
#[wasm_bindgen]
pub struct NativeProcessInput(Rc<RefCell<Input>>);

struct Input {
    /// `None` once closed.
    sink: Option<ProcessInput>,
    writing: bool,
    /// Whether it is to be closed when the writing under way is over.
    closing: bool,
}

impl NativeProcessInput {
    pub(crate) fn new(sink: ProcessInput) -> Self {
        Self(Rc::new(RefCell::new(Input {
            sink: Some(sink),
            writing: false,
            closing: false,
        })))
    }
}

#[wasm_bindgen]
impl NativeProcessInput {
    pub fn write(&self, data: Vec<u8>, signal: &JsValue) -> JsValue {
        self.0.borrow_mut().writing = true;
        let input = self.0.clone();
        let writing = Writing {
            input,
            data,
            sent: 0,
        };
        promise_of(signal, Box::pin(writing))
    }

    pub fn close(&self) {
        let mut input = self.0.borrow_mut();
        input.closing = true;
        input.close();
    }
}

impl Input {
    /// Closes it, if that is possible and wanted.
    fn close(&mut self) {
        if self.closing && !self.writing {
            self.sink = None;
        }
    }
}

/// Bytes on their way to a process.
struct Writing {
    input: Rc<RefCell<Input>>,
    data: Vec<u8>,
    sent: usize,
}

impl Future for Writing {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { input, data, sent } = self.get_mut();
        let mut rest = &data[*sent..];
        let result = match &mut input.borrow_mut().sink {
            Some(sink) => {
                let result = sink.poll_write(cx, &mut rest);
                *sent = data.len() - rest.len();
                ready!(result)
            }
            None => Err(Error::new(
                ErrorCode::InvalidState,
                "the process's input is closed",
            )),
        };
        match result {
            Ok(()) => Poll::Ready(Ok(JsValue::UNDEFINED)),
            Err(error) => Poll::Ready(Err(rejection(&error))),
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let mut input = self.input.borrow_mut();
        input.writing = false;
        input.close();
    }
}

/// The parts of a source of the user's, asked for one after the other. A failure of the source is kept in
/// `thrown`.
pub(crate) fn parts_of(
    source: JsValue,
    thrown: Rc<RefCell<Option<JsValue>>>,
) -> impl Stream<Item = Result<Vec<u8>>> {
    stream::unfold(Some(source), move |source| {
        let thrown = thrown.clone();
        async move {
            let source = source?;
            let operation = Operation::new();
            engine::with(|engine| engine.pull(&source, operation.id()));
            match operation.await {
                JsAnswer::Part(Some(part)) => Some((Ok(part), Some(source))),
                JsAnswer::Part(None) => None,
                JsAnswer::Thrown(error) => {
                    *thrown.borrow_mut() = Some(error);
                    Some((Err(source_failed()), None))
                }
                _ => Some((Err(source_failed()), None)),
            }
        }
    })
}

fn source_failed() -> Error {
    Error::new(ErrorCode::StreamFailed, "the content's source failed")
}
