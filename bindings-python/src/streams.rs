use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use deno_sandbox::{
    ByteStream, EntryStream, Error, ErrorCode, FileStream, Fs, ProcessInput, Result, WriteOptions,
};
use futures_util::stream::{BoxStream, StreamExt};
use pyo3::prelude::*;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::arguments::{Content, named};
use crate::runtime::Home;

/// Bytes from the sandbox, read in the ways files are.
#[pyclass(frozen, name = "ByteStream")]
#[derive(Clone)]
pub(crate) struct NativeByteStream {
    home: Home,
    reader: Arc<Mutex<Reader>>,
}

impl NativeByteStream {
    pub(crate) fn new(home: Home, stream: ByteStream) -> Self {
        Self::over(home, stream.boxed())
    }

    pub(crate) fn of_file(home: Home, stream: FileStream) -> Self {
        Self::over(home, stream.boxed())
    }

    fn over(home: Home, source: BoxStream<'static, Result<Bytes>>) -> Self {
        Self {
            home,
            reader: Arc::new(Mutex::new(Reader {
                source: Some(source),
                rest: BytesMut::new(),
            })),
        }
    }

    /// All that is left.
    pub(crate) async fn rest(self) -> Result<Bytes> {
        self.reader.lock().await.read(usize::MAX, true).await
    }
}

struct Reader {
    /// `None` after its end.
    source: Option<BoxStream<'static, Result<Bytes>>>,
    rest: BytesMut,
}

impl Reader {
    /// Reads on; whether there was more.
    async fn fill(&mut self) -> Result<bool> {
        let Some(source) = &mut self.source else {
            return Ok(false);
        };
        match source.next().await {
            Some(Ok(chunk)) => {
                self.rest.extend_from_slice(&chunk);
                Ok(true)
            }
            Some(Err(error)) => {
                self.source = None;
                Err(error)
            }
            None => {
                self.source = None;
                Ok(false)
            }
        }
    }

    /// The next part as it came.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        if self.rest.is_empty() {
            let Some(source) = &mut self.source else {
                return Ok(None);
            };
            let chunk = source.next().await.transpose();
            if !matches!(chunk, Ok(Some(_))) {
                self.source = None;
            }
            return chunk;
        }
        Ok(Some(self.rest.split().freeze()))
    }

    /// At most `count` bytes, `all` of them where they come; fewer at the end, none after it.
    async fn read(&mut self, count: usize, all: bool) -> Result<Bytes> {
        while self.rest.is_empty() || (all && self.rest.len() < count) {
            if count == 0 || !self.fill().await? {
                break;
            }
        }
        let count = count.min(self.rest.len());
        Ok(self.rest.split_to(count).freeze())
    }

    /// A line with its line break; what follows the last one at the end, nothing after it.
    async fn line(&mut self) -> Result<Bytes> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.rest[searched..].iter().position(|b| *b == b'\n') {
                return Ok(self.rest.split_to(searched + at + 1).freeze());
            }
            searched = self.rest.len();
            if !self.fill().await? {
                return Ok(self.rest.split().freeze());
            }
        }
    }
}

#[pymethods]
impl NativeByteStream {
    /// The next part as it came; `None` at the end.
    fn chunk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let reader = self.reader.clone();
        self.home
            .run(py, async move { reader.lock().await.chunk().await })
    }

    /// At most `count` bytes as soon as there are any, or all there will be.
    fn read<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] count: Option<usize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = self.reader.clone();
        self.home.run(py, async move {
            let mut reader = reader.lock().await;
            match count {
                Some(count) => reader.read(count, false).await,
                None => reader.read(usize::MAX, true).await,
            }
        })
    }

    /// `count` bytes; fewer only at the end.
    fn read_exactly<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] count: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = self.reader.clone();
        self.home.run(
            py,
            async move { reader.lock().await.read(count, true).await },
        )
    }

    fn read_line<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let reader = self.reader.clone();
        self.home
            .run(py, async move { reader.lock().await.line().await })
    }

    /// Whether nothing is left, as far as is known.
    #[getter]
    fn at_eof(&self) -> bool {
        self.reader
            .try_lock()
            .is_ok_and(|reader| reader.source.is_none() && reader.rest.is_empty())
    }

    /// Reads no more, and tells the sandbox.
    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let reader = self.reader.clone();
        self.home.run(py, async move {
            let mut reader = reader.lock().await;
            reader.source = None;
            reader.rest.clear();
            Ok::<_, Error>(())
        })
    }
}

/// A process's standard input.
#[pyclass(frozen, name = "ProcessInput")]
pub(crate) struct NativeProcessInput {
    home: Home,
    input: Arc<Mutex<Option<ProcessInput>>>,
}

impl NativeProcessInput {
    pub(crate) fn new(home: Home, input: ProcessInput) -> Self {
        Self {
            home,
            input: Arc::new(Mutex::new(Some(input))),
        }
    }
}

#[pymethods]
impl NativeProcessInput {
    fn write<'py>(&self, py: Python<'py>, data: Content) -> PyResult<Bound<'py, PyAny>> {
        let input = self.input.clone();
        self.home.run(py, async move {
            match &mut *input.lock().await {
                Some(input) => input.write_all(data.0).await,
                None => Err(closed("the process's input is closed")),
            }
        })
    }

    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let input = self.input.clone();
        self.home.run(py, async move {
            if let Some(input) = input.lock().await.take() {
                input.close();
            }
            Ok::<_, Error>(())
        })
    }
}

/// Entries of a listing as they arrive.
#[pyclass(frozen, name = "EntryStream")]
pub(crate) struct NativeEntryStream {
    home: Home,
    entries: Arc<Mutex<Option<EntryStream>>>,
}

impl NativeEntryStream {
    pub(crate) fn new(home: Home, entries: EntryStream) -> Self {
        Self {
            home,
            entries: Arc::new(Mutex::new(Some(entries))),
        }
    }
}

#[pymethods]
impl NativeEntryStream {
    /// The next entries, all that are there already; an empty list at the end.
    fn entries<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let entries = self.entries.clone();
        self.home.run(py, async move {
            let mut entries = entries.lock().await;
            let Some(stream) = entries.as_mut() else {
                return Ok(Vec::new());
            };
            match stream.ready_chunks(256).next().await {
                Some(batch) => batch.into_iter().collect(),
                None => {
                    *entries = None;
                    Ok(Vec::new())
                }
            }
        })
    }

    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let entries = self.entries.clone();
        self.home.run(py, async move {
            *entries.lock().await = None;
            Ok::<_, Error>(())
        })
    }
}

/// A file that is written in parts.
#[pyclass(frozen, name = "FileWriter")]
pub(crate) struct NativeFileWriter {
    home: Home,
    state: Arc<Mutex<Option<Writing>>>,
}

enum Part {
    Data(Vec<u8>),
    End,
}

struct Writing {
    parts: mpsc::Sender<Part>,
    outcome: oneshot::Receiver<Result<()>>,
}

impl NativeFileWriter {
    /// Starts to write. To be called within the runtime.
    pub(crate) fn start(home: Home, fs: Fs, path: String, options: WriteOptions) -> Self {
        let (parts, mut receiver) = mpsc::channel(1);
        let (tell, outcome) = oneshot::channel();
        let content = futures_util::stream::poll_fn(move |cx| {
            receiver.poll_recv(cx).map(|part| match part {
                Some(Part::Data(bytes)) => Some(Ok(bytes)),
                Some(Part::End) => None,
                // Dropped half-way: what was written is not to be taken for all of it.
                None => Some(Err(Error::new(
                    ErrorCode::Cancelled,
                    "the content did not come to its end",
                ))),
            })
        });
        tokio::spawn(async move {
            let written = fs.write_stream(path, content, options).await;
            // Nobody is left to tell where the writer was dropped.
            let _ = tell.send(written);
        });
        Self {
            home,
            state: Arc::new(Mutex::new(Some(Writing { parts, outcome }))),
        }
    }
}

impl Writing {
    /// Ends the content where `part` says so, else gives it up; how it went.
    async fn finish(self, part: Option<Part>) -> Result<()> {
        if let Some(part) = part {
            // Refused by one that failed already, which the outcome tells.
            let _ = self.parts.send(part).await;
        }
        drop(self.parts);
        self.outcome
            .await
            .unwrap_or_else(|_| Err(closed("the file is no longer written to")))
    }
}

#[pymethods]
impl NativeFileWriter {
    fn write<'py>(&self, py: Python<'py>, data: Content) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.clone();
        self.home.run(py, async move {
            let mut state = state.lock().await;
            let Some(writing) = state.as_ref() else {
                return Err(closed("the file is no longer written to"));
            };
            if writing.parts.send(Part::Data(data.0)).await.is_ok() {
                return Ok(());
            }
            // It ended before its content did, which is an error.
            match state.take() {
                Some(writing) => writing.finish(None).await,
                None => Ok(()),
            }
        })
    }

    /// Ends the file and waits until it is written.
    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.clone();
        self.home.run(py, async move {
            match state.lock().await.take() {
                Some(writing) => writing.finish(Some(Part::End)).await,
                None => Ok(()),
            }
        })
    }

    /// Gives up, and waits until the sandbox knows.
    fn abort<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.clone();
        self.home.run(py, async move {
            if let Some(writing) = state.lock().await.take() {
                let _ = writing.finish(None).await;
            }
            Ok::<_, Error>(())
        })
    }
}

fn closed(message: &str) -> Error {
    Error::new(ErrorCode::InvalidState, message)
}
