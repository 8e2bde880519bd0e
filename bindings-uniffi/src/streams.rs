//! Bytes and entries as they come and go. Each stream is read by one reader at a time.

use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use deno_sandbox::{
    ByteStream as CoreBytes, EntryStream, Error, ErrorCode, FileStream as CoreFile,
    ProcessInput as CoreInput, Result, WalkEntry,
};
use futures_util::{FutureExt, Stream, TryStreamExt, stream};
use tokio::sync::{Mutex, mpsc};

use crate::call::{Cancellation, call};
use crate::data::Data;
use crate::failure::Failure;
use crate::mailbox::calls;
use crate::records::TransferProgress;

/// Small parts that have arrived already are given together, up to this many bytes: each call across
/// the border has its price.
const TOGETHER: usize = 64 * 1024;

/// A process's output.
#[derive(Debug, uniffi::Object)]
pub struct ByteStream(Mutex<Output>);

#[derive(Debug)]
struct Output {
    stream: Option<CoreBytes>,
    /// Came behind bytes that were given first.
    error: Option<Error>,
}

impl ByteStream {
    pub(crate) fn new(core: CoreBytes) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Output {
            stream: Some(core),
            error: None,
        })))
    }

    pub(crate) async fn take(&self) -> Option<CoreBytes> {
        self.0.lock().await.stream.take()
    }
}

calls!(ByteStream {
    /// What has arrived since; nothing at the end.
    next, begin_next[]() -> Option<Data>:
        |this| async { Ok(this.0.lock().await.next().await?.map(Data)) };
});

#[uniffi::export]
impl ByteStream {
    /// Reads what is left as lines; this stream is at its end then.
    pub async fn lines(&self, cancellation: Arc<Cancellation>) -> Result<Arc<Lines>, Failure> {
        call(cancellation, async {
            let lines: BoxStream<String> = match self.take().await {
                Some(stream) => Box::pin(stream.lines()),
                None => Box::pin(stream::empty()),
            };
            Ok(Arc::new(Lines(Mutex::new(lines))))
        })
        .await
    }

    /// Ends it and tells the sandbox to stop sending.
    pub async fn close(&self) {
        drop(self.take().await);
    }
}

impl Output {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let Some(stream) = &mut self.stream else {
            return Ok(None);
        };
        let Some(first) = stream.try_next().await? else {
            return Ok(None);
        };
        let mut bytes = BytesMut::from(first);
        while bytes.len() < TOGETHER {
            match stream.try_next().now_or_never() {
                Some(Ok(Some(more))) => bytes.extend_from_slice(&more),
                Some(Err(error)) => {
                    self.error = Some(error);
                    break;
                }
                Some(Ok(None)) | None => break,
            }
        }
        Ok(Some(bytes.freeze()))
    }
}

type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T>> + Send>>;

/// A process's output, line by line.
#[derive(uniffi::Object)]
pub struct Lines(Mutex<BoxStream<String>>);

calls!(Lines {
    /// The next line; nothing after the last.
    next, begin_next[]() -> Option<String>: |this| async { this.0.lock().await.try_next().await };
});

/// A process's standard input.
#[derive(Debug, uniffi::Object)]
pub struct ProcessInput(Mutex<Option<CoreInput>>);

impl ProcessInput {
    pub(crate) fn new(core: CoreInput) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(core))))
    }

    async fn write_all(&self, data: Bytes) -> Result<()> {
        match self.0.lock().await.as_mut() {
            Some(input) => input.write_all(data).await,
            None => {
                let error = Error::new(ErrorCode::InvalidState, "the input is closed");
                Err(error.during("write to the process's input"))
            }
        }
    }
}

calls!(ProcessInput {
    /// Writes all of `data`.
    write, begin_write[](data: Data) -> (): |this| this.write_all(data.0);
});

#[uniffi::export]
impl ProcessInput {
    /// Ends the input; twice is fine.
    pub async fn close(&self) {
        if let Some(input) = self.0.lock().await.take() {
            input.close();
        }
    }
}

/// A file's content in parts.
#[derive(Debug, uniffi::Object)]
pub struct FileStream(Mutex<Option<CoreFile>>);

impl FileStream {
    pub(crate) fn new(core: CoreFile) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(core))))
    }

    async fn next_part(&self) -> Result<Option<Data>> {
        let part = match self.0.lock().await.as_mut() {
            Some(stream) => stream.try_next().await?,
            None => None,
        };
        Ok(part.map(Data))
    }
}

calls!(FileStream {
    /// The next part; nothing at the end.
    next, begin_next[]() -> Option<Data>: |this| this.next_part();
});

#[uniffi::export]
impl FileStream {
    /// Ends it; the file is closed in the background.
    pub async fn close(&self) {
        drop(self.0.lock().await.take());
    }
}

/// What a walk or a glob finds.
#[derive(uniffi::Object)]
pub struct Entries(Mutex<EntryStream>);

impl Entries {
    pub(crate) fn new(core: EntryStream) -> Arc<Self> {
        Arc::new(Self(Mutex::new(core)))
    }
}

calls!(Entries {
    /// The next entry; nothing after the last.
    next, begin_next[]() -> Option<WalkEntry>:
        |this| async { this.0.lock().await.try_next().await };
});

/// Content on its way into a file: what one task sends, the call that writes the file takes.
#[derive(Debug, uniffi::Object)]
pub struct Content {
    sender: Mutex<Option<mpsc::Sender<Result<Bytes>>>>,
    receiver: Mutex<Option<mpsc::Receiver<Result<Bytes>>>>,
}

impl Content {
    pub(crate) async fn stream(&self) -> impl Stream<Item = Result<Bytes>> + Send + use<> {
        let receiver = self.receiver.lock().await.take();
        stream::unfold(receiver, |receiver| async move {
            let mut receiver = receiver?;
            let part = receiver.recv().await?;
            Some((part, Some(receiver)))
        })
    }
}

#[uniffi::export]
impl Content {
    /// For one file.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        let (sender, receiver) = mpsc::channel(1);
        Arc::new(Self {
            sender: Mutex::new(Some(sender)),
            receiver: Mutex::new(Some(receiver)),
        })
    }

    /// Hands over a part; whether more is wanted.
    pub async fn send(&self, data: Data) -> bool {
        match self.sender.lock().await.as_ref() {
            Some(sender) => sender.send(Ok(data.0)).await.is_ok(),
            None => false,
        }
    }

    /// Says that this was all.
    pub async fn finish(&self) {
        drop(self.sender.lock().await.take());
    }

    /// Says that the rest cannot be had; the file is not complete then.
    pub async fn fail(&self, message: String) {
        if let Some(sender) = self.sender.lock().await.take() {
            // Nobody waits for it any more when this fails.
            let _ = sender
                .send(Err(Error::new(ErrorCode::StreamFailed, message)))
                .await;
        }
    }
}

/// Is told how far an upload or download is.
#[uniffi::export(with_foreign)]
pub trait Progress: Send + Sync {
    /// After each part of a file.
    fn on_progress(&self, progress: TransferProgress);
}
