use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use deno_sandbox::{
    ByteStream, EntryStream, Error, ErrorCode, FileStream, ProcessInput, Result, WalkEntry,
};
use futures_util::lock::Mutex;
use futures_util::stream::{self, Stream, StreamExt};
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::engine;
use crate::executor::promise;
use crate::operations::{JsAnswer, Operation};

/// How many entries are handed over at once, at most.
const ENTRIES: usize = 256;

type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T>>>>;

/// A stream that can be cancelled while it is read; a reading that is given up loses nothing.
struct Shared<T>(Rc<RefCell<Source<T>>>);

struct Source<T> {
    /// `None` at the end.
    stream: Option<BoxStream<T>>,
    reader: Option<Waker>,
}

impl<T: 'static> Shared<T> {
    fn new(stream: impl Stream<Item = Result<T>> + 'static) -> Self {
        Self(Rc::new(RefCell::new(Source {
            stream: Some(Box::pin(stream)),
            reader: None,
        })))
    }

    /// Reads the next item.
    fn next(&self) -> impl Future<Output = Result<Option<T>>> + 'static {
        let source = self.0.clone();
        poll_fn(move |cx| source.borrow_mut().poll(cx))
    }

    fn cancel(&self) {
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

impl<T> Source<T> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<T>>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Ok(None));
        };
        match stream.poll_next_unpin(cx) {
            Poll::Pending => {
                self.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            Poll::Ready(Some(Ok(item))) => Poll::Ready(Ok(Some(item))),
            Poll::Ready(last) => {
                self.stream = None;
                Poll::Ready(last.transpose())
            }
        }
    }
}

/// Bytes from the sandbox.
#[wasm_bindgen]
pub struct NativeByteStream(Shared<Bytes>);

impl NativeByteStream {
    pub(crate) fn new(stream: ByteStream) -> Self {
        Self(Shared::new(stream))
    }
}

impl IntoJs for FileStream {
    fn into_js(self) -> JsValue {
        NativeByteStream(Shared::new(self)).into()
    }
}

#[wasm_bindgen]
impl NativeByteStream {
    pub fn read(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.next())
    }

    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// Entries of a listing.
#[wasm_bindgen]
pub struct NativeEntryStream(Shared<Vec<WalkEntry>>);

impl IntoJs for EntryStream {
    fn into_js(self) -> JsValue {
        NativeEntryStream(Shared::new(Batches {
            entries: self,
            failure: None,
        }))
        .into()
    }
}

/// Entries that are there already, together.
struct Batches {
    entries: EntryStream,
    /// A failure stands alone, after the entries before it.
    failure: Option<Error>,
}

impl Stream for Batches {
    type Item = Result<Vec<WalkEntry>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut batch = Vec::new();
        if let Some(error) = self.failure.take() {
            return Poll::Ready(Some(Err(error)));
        }
        while batch.len() < ENTRIES {
            match self.entries.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(entry))) => batch.push(entry),
                Poll::Ready(Some(Err(error))) if batch.is_empty() => {
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(Some(Err(error))) => {
                    self.failure = Some(error);
                    break;
                }
                Poll::Ready(None) if batch.is_empty() => return Poll::Ready(None),
                Poll::Pending if batch.is_empty() => return Poll::Pending,
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        Poll::Ready(Some(Ok(batch)))
    }
}

#[wasm_bindgen]
impl NativeEntryStream {
    pub fn next(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.next())
    }

    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// A process's standard input.
#[wasm_bindgen]
pub struct NativeProcessInput(Rc<Input>);

struct Input {
    /// `None` once closed.
    sink: Mutex<Option<ProcessInput>>,
    /// Whether it is to be closed when the writing under way is over.
    closing: Cell<bool>,
}

impl NativeProcessInput {
    pub(crate) fn new(input: ProcessInput) -> Self {
        Self(Rc::new(Input {
            sink: Mutex::new(Some(input)),
            closing: Cell::new(false),
        }))
    }
}

#[wasm_bindgen]
impl NativeProcessInput {
    pub fn write(&self, data: Vec<u8>, signal: &JsValue) -> JsValue {
        let input = self.0.clone();
        promise(signal, async move {
            let mut sink = input.sink.lock().await;
            let result = match &mut *sink {
                Some(sink) => sink.write_all(data).await,
                None => Err(Error::new(
                    ErrorCode::InvalidState,
                    "the process's input is closed",
                )),
            };
            if input.closing.get()
                && let Some(sink) = sink.take()
            {
                sink.close();
            }
            result
        })
    }

    pub fn close(&self) {
        self.0.closing.set(true);
        let sink = self.0.sink.try_lock().and_then(|mut sink| sink.take());
        if let Some(sink) = sink {
            sink.close();
        }
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
