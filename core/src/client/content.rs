//! Whole files: what moves many bytes.

use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::Stream;

use super::action::Name;
use super::connection::{CLOSE_LIMIT, Call, Rpc};
use super::file::{MAX_PART, bytes_read};
use super::fs::{checked, named};
use super::streams::{ByteSink, WhenDropped};
use super::{Action, EntryStream, Fs, FsFile};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, ToJson};
use crate::rpc::connection::Reply;
use crate::rpc::methods::{
    ExpandGlob, ExpandGlobOptions, ExpandGlobParams, FileRead, Method, OpenOptions, ReadFile,
    ReadTextFile, StreamRef, Walk, WalkOptions, WalkParams, WriteFile, WriteOptions, WriteParams,
    WriteTextFile,
};
use crate::rpc::values::Blob;
use crate::transport::BoxFuture;

/// The largest content sent within the call itself; more goes as a stream, so that the sandbox writes
/// one part while the next is under way.
const INLINE: usize = 64 << 10;
/// The most room that is made for a file before its content has arrived, in bytes.
const MAX_RESERVE: u64 = 256 << 20;

impl Fs {
    /// Reads a whole file, in one round trip where it fits one message of the service, else in parts
    /// of 1 MiB. For files that should not be in memory as a whole see
    /// [`read_stream`](Self::read_stream).
    ///
    /// # Errors
    /// [`IsADirectory`](ErrorCode::IsADirectory) among others.
    pub fn read_file(&self, path: impl AsRef<str>) -> Action<Bytes> {
        Action::whole_file(self, ReadFile::NAME, path.as_ref(), |reply| {
            Ok(match reply.content() {
                Some(bytes) => bytes.clone(),
                None => reply.decode::<ReadFile>()?.0,
            })
        })
    }

    /// Reads a whole file as UTF-8 text, as it is.
    ///
    /// # Errors
    /// [`InvalidUtf8`](ErrorCode::InvalidUtf8) among others.
    pub fn read_text_file(&self, path: impl AsRef<str>) -> Action<String> {
        Action::whole_file(
            self,
            ReadTextFile::NAME,
            path.as_ref(),
            |reply| match reply.content() {
                Some(bytes) => super::byte_stream::text_of(bytes),
                None => reply.decode::<ReadTextFile>(),
            },
        )
    }

    pub(super) fn read_in_parts(&self, path: &str) -> BoxFuture<'static, Result<Bytes>> {
        let parts = self.read_stream(path);
        Box::pin(async move {
            let mut parts = parts.await?;
            // What the sandbox says is a hint: room is made at once, but not for whatever it may claim.
            let size = parts.size().await?.min(MAX_RESERVE);
            let mut all = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
            while let Some(part) = parts.next().await {
                all.extend_from_slice(&part?);
            }
            Ok(all.into())
        })
    }

    /// Reads a file in parts of up to 1 MiB; one is fetched while the one before is used, so memory
    /// stays flat. The file is closed at the end or when the stream is dropped.
    ///
    /// # Errors
    /// See [`Fs`]; a failure on the way is the stream's last item.
    pub fn read_stream(&self, path: impl AsRef<str>) -> Action<FileStream> {
        let options = OpenOptions {
            read: Some(true),
            ..OpenOptions::default()
        };
        self.open(path, options).map(|file| FileStream {
            next: Some(file.start_read(MAX_PART)),
            arrived: None,
            file: Some(file),
        })
    }

    /// Writes a whole file, created where there is none and replaced where there is one.
    ///
    /// # Errors
    /// [`StorageFull`](ErrorCode::StorageFull) among others; a part of the content may be there then.
    pub async fn write_file(&self, path: impl AsRef<str>, data: impl AsRef<[u8]>) -> Result<()> {
        self.write_file_with(path, data, WriteOptions::default())
            .await
    }

    /// Writes a whole file with options.
    ///
    /// # Errors
    /// As [`write_file`](Self::write_file).
    pub async fn write_file_with(
        &self,
        path: impl AsRef<str>,
        data: impl AsRef<[u8]>,
        options: WriteOptions,
    ) -> Result<()> {
        let content = Content::Bytes(data.as_ref());
        self.write_whole(path.as_ref(), content, options).await
    }

    /// Writes a whole file of text, created where there is none and replaced where there is one.
    ///
    /// # Errors
    /// As [`write_file`](Self::write_file).
    pub async fn write_text_file(
        &self,
        path: impl AsRef<str>,
        text: impl AsRef<str>,
    ) -> Result<()> {
        self.write_text_file_with(path, text, WriteOptions::default())
            .await
    }

    /// Writes a whole file of text with options.
    ///
    /// # Errors
    /// As [`write_file`](Self::write_file).
    pub async fn write_text_file_with(
        &self,
        path: impl AsRef<str>,
        text: impl AsRef<str>,
        options: WriteOptions,
    ) -> Result<()> {
        let content = Content::Text(text.as_ref());
        self.write_whole(path.as_ref(), content, options).await
    }

    async fn write_whole(
        &self,
        path: &str,
        content: Content<'_>,
        options: WriteOptions,
    ) -> Result<()> {
        let mut bytes = match content {
            Content::Bytes(bytes) => bytes,
            // The bytes are the same, and a stream of them needs no escapes.
            Content::Text(text) => text.as_bytes(),
        };
        if bytes.len() <= INLINE {
            return self.write_inline(path, content, options).await;
        }
        let mut upload = Upload::new(self, path, options)?;
        future::poll_fn(|cx| {
            upload.poll(cx, &mut |cx, sink| {
                sink.poll_write(cx, &mut bytes).map_err(Sent::Stopped)
            })
        })
        .await
    }

    fn write_inline(&self, path: &str, content: Content<'_>, options: WriteOptions) -> Action<()> {
        match content {
            Content::Bytes(bytes) => {
                let blob = Blob(Bytes::copy_from_slice(bytes));
                self.write(WriteFile::NAME, path, options, Some(&blob), None)
            }
            Content::Text(text) => {
                self.write(WriteTextFile::NAME, path, options, Some(&text), None)
            }
        }
    }

    fn write(
        &self,
        method: &'static str,
        path: &str,
        options: WriteOptions,
        content: Option<&dyn ToJson>,
        content_stream_id: Option<u64>,
    ) -> Action<()> {
        let params = |abort_id| {
            Ok(json::written(&WriteParams {
                path: checked(path)?,
                abort_id: Some(abort_id),
                options: given(options),
                content,
                content_stream_id,
            }))
        };
        let name = Name::of(WriteFile::VERB, path);
        Action::abortable(&self.0, name, method, params, |_| Ok(()))
    }

    /// Writes a whole file from a stream, of which only what is under way is in memory: some 5 MiB. An
    /// error of the stream is returned; the file is not complete then.
    ///
    /// # Errors
    /// As [`write_file`](Self::write_file), and the stream's own.
    pub async fn write_stream<B: AsRef<[u8]>>(
        &self,
        path: impl AsRef<str>,
        content: impl Stream<Item = Result<B>>,
        options: WriteOptions,
    ) -> Result<()> {
        let mut content = std::pin::pin!(content);
        let mut upload = Upload::new(self, path.as_ref(), options)?;
        // A part, and how much of it was sent.
        let mut part: Option<(B, usize)> = None;
        future::poll_fn(|cx| {
            upload.poll(cx, &mut |cx, sink| {
                loop {
                    if let Some((bytes, sent)) = &mut part {
                        let bytes = bytes.as_ref();
                        let mut rest = &bytes[*sent..];
                        let result = sink.poll_write(cx, &mut rest);
                        *sent = bytes.len() - rest.len();
                        ready!(result).map_err(Sent::Stopped)?;
                    }
                    match ready!(content.as_mut().poll_next(cx)) {
                        Some(bytes) => part = Some((bytes.map_err(Sent::Content)?, 0)),
                        None => return Poll::Ready(Ok(())),
                    }
                }
            })
        })
        .await
    }

    /// Lists a tree: the folder itself and everything in it, as far as the options ask for.
    ///
    /// # Errors
    /// See [`Fs`]; a failure on the way is the stream's last item.
    pub fn walk(&self, path: impl AsRef<str>, options: WalkOptions) -> Action<EntryStream> {
        let path = path.as_ref();
        self.listing(self.act::<Walk, _>(&[path], || {
            Ok(WalkParams {
                path: checked(path)?,
                filter: options,
                options: None,
            })
        }))
    }

    /// Lists what matches a pattern like `src/**/*.rs`.
    ///
    /// # Errors
    /// See [`Fs`]; a failure on the way is the stream's last item.
    pub fn expand_glob(
        &self,
        glob: impl AsRef<str>,
        options: ExpandGlobOptions,
    ) -> Action<EntryStream> {
        let glob = glob.as_ref();
        self.listing(self.act::<ExpandGlob, _>(&[glob], || {
            Ok(ExpandGlobParams {
                glob: checked(glob)?,
                filter: options,
                options: None,
            })
        }))
    }

    fn listing(&self, stream: Action<StreamRef>) -> Action<EntryStream> {
        let rpc = self.0.clone();
        stream.map(move |stream| EntryStream::new(&rpc, stream))
    }
}

/// All that a file is to hold.
#[derive(Clone, Copy)]
enum Content<'a> {
    Bytes(&'a [u8]),
    Text(&'a str),
}

/// A file being written from what is sent meanwhile: what does not depend on the content's type is compiled once.
struct Upload {
    rpc: Rpc,
    path: String,
    written: Action<()>,
    /// `None` once all is sent.
    sink: Option<ByteSink>,
    /// Why the sandbox reads no more, and how long the call may take to tell it better.
    stopped: Option<(Error, BoxFuture<'static, ()>)>,
}

/// Why sending content ended early.
enum Sent {
    Content(Error),
    Stopped(Error),
}

/// Sends what there is room for of the content, and is ready at its end.
type Sending<'a> = &'a mut dyn FnMut(&mut Context<'_>, &mut ByteSink) -> Poll<Result<(), Sent>>;

impl Upload {
    fn new(fs: &Fs, path: &str, options: WriteOptions) -> Result<Self> {
        let sink = checked(path).and_then(|_| fs.0.open(WhenDropped::Fail));
        let sink = named(sink, WriteFile::VERB, path)?;
        Ok(Self {
            rpc: fs.0.clone(),
            path: path.to_owned(),
            written: fs.write(WriteFile::NAME, path, options, None, Some(sink.wire())),
            sink: Some(sink),
            stopped: None,
        })
    }

    /// Goes on; ready when the file is written.
    fn poll(&mut self, cx: &mut Context<'_>, send: Sending<'_>) -> Poll<Result<()>> {
        let result = ready!(self.poll_unnamed(cx, send));
        Poll::Ready(named(result, WriteFile::VERB, &self.path))
    }

    fn poll_unnamed(&mut self, cx: &mut Context<'_>, send: Sending<'_>) -> Poll<Result<()>> {
        loop {
            if let Poll::Ready(result) = Pin::new(&mut self.written).poll(cx) {
                return Poll::Ready(match (result, self.stopped.take()) {
                    (Ok(()), Some((error, _))) => Err(error),
                    (Ok(()), None) if self.sink.is_some() => Err(Error::new(
                        ErrorCode::ProtocolViolation,
                        "the sandbox said the file is written before all of it was sent",
                    )),
                    (result, _) => result,
                });
            }
            if let Some((_, patience)) = &mut self.stopped {
                ready!(patience.as_mut().poll(cx));
                let error = self.stopped.take().map(|(error, _)| error);
                return Poll::Ready(error.map_or(Ok(()), Err));
            }
            let Some(sink) = &mut self.sink else {
                return Poll::Pending;
            };
            match ready!(send(cx, sink)) {
                Ok(()) => {
                    if let Some(sink) = self.sink.take() {
                        sink.end();
                    }
                }
                Err(Sent::Content(error)) => return Poll::Ready(Err(error)),
                Err(Sent::Stopped(error)) => {
                    let patience = self.rpc.runtime().sleep(CLOSE_LIMIT);
                    self.stopped = Some((error, patience));
                }
            }
        }
    }
}

/// Options, left out where all of them are.
fn given(options: WriteOptions) -> Option<WriteOptions> {
    (options != WriteOptions::default()).then_some(options)
}

/// A file's content in parts.
pub struct FileStream {
    /// The part under way; `None` at the end.
    next: Option<Call<FileRead>>,
    /// A part that has arrived and is not decoded.
    arrived: Option<Reply>,
    /// `None` at the end.
    file: Option<FsFile>,
}

impl FileStream {
    /// How large the file is at present, in bytes.
    async fn size(&self) -> Result<u64> {
        match &self.file {
            Some(file) => file.size().await,
            None => Ok(0),
        }
    }

    fn decode(&mut self, reply: &Reply) -> Result<Option<Bytes>> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        match bytes_read(reply, MAX_PART) {
            Ok(Some(bytes)) => {
                self.next.get_or_insert_with(|| file.start_read(MAX_PART));
                Ok(Some(bytes))
            }
            Ok(None) => {
                self.end();
                Ok(None)
            }
            Err(error) => {
                let error = file.named(error, "read");
                self.end();
                Err(error)
            }
        }
    }

    fn end(&mut self) {
        self.next = None;
        self.file = None;
    }
}

impl Stream for FileStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(reply) = this.arrived.take() {
            return Poll::Ready(this.decode(&reply).transpose());
        }
        let (Some(next), Some(file)) = (&mut this.next, &this.file) else {
            return Poll::Ready(None);
        };
        let reply = match ready!(next.poll_reply(cx)) {
            Ok(reply) => reply,
            Err(error) => {
                let error = file.named(error, "read");
                this.end();
                return Poll::Ready(Some(Err(error)));
            }
        };
        if !reply.is_longer_than(MAX_PART) {
            // Not a full part: likely the last one.
            this.next = None;
            return Poll::Ready(this.decode(&reply).transpose());
        }
        // The next one is asked for before this one is decoded: the sandbox has something to do then. The
        // question leaves when others have their turn.
        this.next = Some(file.start_read(MAX_PART));
        this.arrived = Some(reply);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileStream")
    }
}
