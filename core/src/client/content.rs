//! Whole files and listings: what moves many bytes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::{self, Stream};

use super::action::Name;
use super::connection::{Call, Limit, Rpc};
use super::file::MAX_PART;
use super::fs::{checked, named};
use super::streams::{ByteSource, WhenDropped};
use super::{Action, Fs, FsFile};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::rpc::connection::Reply;
use crate::rpc::methods::{
    ExpandGlob, ExpandGlobOptions, ExpandGlobParams, FileRead, Method, OpenOptions, ReadFile,
    ReadParams, ReadTextFile, StreamRef, Walk, WalkEntry, WalkOptions, WalkParams, WriteFile,
    WriteOptions, WriteParams, WriteTextFile,
};
use crate::rpc::values::{Blob, NoValue};

/// The largest content sent within the call itself; more goes as a stream, so that the sandbox writes
/// one part while the next is under way.
const INLINE: usize = 64 << 10;
/// The most room that is made for a file before its content has arrived, in bytes.
const MAX_RESERVE: u64 = 256 << 20;
/// The longest entry of a listing: a path of the longest kind, each character escaped, and room.
const MAX_ENTRY: usize = 64 << 10;

impl Fs {
    /// Reads a whole file, in one round trip where it fits one message of the service, else in parts
    /// of 1 MiB. For files that should not be in memory as a whole see
    /// [`read_stream`](Self::read_stream).
    ///
    /// # Errors
    /// [`IsADirectory`](ErrorCode::IsADirectory) among others.
    pub async fn read_file(&self, path: impl AsRef<str>) -> Result<Bytes> {
        let path = path.as_ref();
        match self.read_whole::<ReadFile>(path).await.map(|blob| blob.0) {
            Err(error) if error.code() == ErrorCode::FileTooLarge => self.read_in_parts(path).await,
            result => result,
        }
    }

    /// Reads a whole file as UTF-8 text, as it is.
    ///
    /// # Errors
    /// [`InvalidUtf8`](ErrorCode::InvalidUtf8) among others.
    pub async fn read_text_file(&self, path: impl AsRef<str>) -> Result<String> {
        let path = path.as_ref();
        match self.read_whole::<ReadTextFile>(path).await {
            Err(error) if error.code() == ErrorCode::FileTooLarge => {
                let bytes = self.read_in_parts(path).await?;
                named(super::byte_stream::text_of(&bytes), "read", path)
            }
            result => result,
        }
    }

    fn read_whole<M: Method<Params = ReadParams>>(&self, path: &str) -> Action<M::Output> {
        let name = Name::of(M::VERB, path);
        Action::new::<M>(&self.0, name, Limit::Caller, |abort_id| {
            Ok(ReadParams {
                path: checked(path)?,
                abort_id: Some(abort_id),
            })
        })
    }

    async fn read_in_parts(&self, path: &str) -> Result<Bytes> {
        let mut parts = self.read_stream(path).await?;
        // What the sandbox says is a hint: room is made at once, but not for whatever it may claim.
        let size = parts.size().await?.min(MAX_RESERVE);
        let mut all = BytesMut::with_capacity(usize::try_from(size).unwrap_or_default());
        while let Some(part) = parts.next().await {
            all.extend_from_slice(&part?);
        }
        Ok(all.freeze())
    }

    /// Reads a file in parts of up to 1 MiB; one is fetched while the one before is used, so memory
    /// stays flat. The file is closed at the end or when the stream is dropped.
    ///
    /// # Errors
    /// See [`Fs`]; a failure on the way is the stream's last item.
    pub async fn read_stream(&self, path: impl AsRef<str>) -> Result<FileStream> {
        let options = OpenOptions {
            read: Some(true),
            ..OpenOptions::default()
        };
        let file = self.open(path, options).await?;
        Ok(FileStream {
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
        let (path, data) = (path.as_ref(), data.as_ref());
        if data.len() > INLINE {
            let content = stream::iter([Ok(data)]);
            return self.write_stream(path, content, options).await;
        }
        let content = Some(Blob(Bytes::copy_from_slice(data)));
        self.write::<WriteFile, _>(path, options, content, None)
            .await
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
        let (path, text) = (path.as_ref(), text.as_ref());
        if text.len() > INLINE {
            // The bytes are the same, and a stream of them needs no escapes.
            return self.write_file_with(path, text, options).await;
        }
        let content = Some(text.to_owned());
        self.write::<WriteTextFile, _>(path, options, content, None)
            .await
    }

    fn write<M: Method<Params = WriteParams<C>, Output = NoValue>, C>(
        &self,
        path: &str,
        options: WriteOptions,
        content: Option<C>,
        content_stream_id: Option<u64>,
    ) -> Action<()> {
        let name = Name::of(M::VERB, path);
        Action::new::<M>(&self.0, name, Limit::Caller, |abort_id| {
            Ok(WriteParams {
                path: checked(path)?,
                abort_id: Some(abort_id),
                options: given(options),
                content,
                content_stream_id,
            })
        })
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
        let path = path.as_ref();
        let write = self.write_content(path, content, options).await;
        named(write, "write", path)
    }

    async fn write_content<B: AsRef<[u8]>>(
        &self,
        path: &str,
        content: impl Stream<Item = Result<B>>,
        options: WriteOptions,
    ) -> Result<()> {
        checked(path)?;
        let mut sink = self.0.open(WhenDropped::Fail)?;
        let written = self.write::<WriteFile, _>(path, options, None, Some(sink.wire()));
        let send = std::pin::pin!(async move {
            let mut content = std::pin::pin!(content);
            while let Some(bytes) = content.next().await {
                let bytes = bytes.map_err(Sent::Content)?;
                sink.write_all(bytes.as_ref())
                    .await
                    .map_err(Sent::Stopped)?;
            }
            sink.end();
            Ok(())
        });
        match select(written, send).await {
            Either::Left((Err(error), _)) => Err(error),
            Either::Left((Ok(()), _)) => Err(Error::new(
                ErrorCode::ProtocolViolation,
                "the sandbox said the file is written before all of it was sent",
            )),
            Either::Right((Ok(()), written)) => written.await,
            Either::Right((Err(Sent::Content(error)), _)) => Err(error),
            Either::Right((Err(Sent::Stopped(error)), written)) => {
                // Why the sandbox reads no more is told by the call, very soon.
                let patience = self.0.runtime().sleep(super::connection::CLOSE_LIMIT);
                match select(written, patience).await {
                    Either::Left((Err(told), _)) => Err(told),
                    _ => Err(error),
                }
            }
        }
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

/// Why sending content ended early.
enum Sent {
    Content(Error),
    Stopped(Error),
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
        let part = reply.decode::<FileRead>();
        let part = part.and_then(|output| file.bytes_read(output, MAX_PART));
        match part {
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

/// Entries of a listing as they arrive; dropped, the listing stops.
pub struct EntryStream {
    /// `None` after the end.
    source: Option<ByteSource>,
    buffer: BytesMut,
}

impl EntryStream {
    pub(super) fn new(rpc: &Rpc, stream: StreamRef) -> Self {
        Self {
            source: Some(rpc.incoming(stream.stream_id)),
            buffer: BytesMut::new(),
        }
    }

    /// Takes one entry off the buffer. The service sends each in a chunk of its own, but where chunks
    /// begin and end is not relied on.
    fn take(&mut self) -> Result<Option<WalkEntry>> {
        let (entry, used) = match json::first(&self.buffer) {
            Ok(Some((entry, used))) => (json::read(entry), used),
            Ok(None) if self.buffer.len() <= MAX_ENTRY => return Ok(None),
            Ok(None) => return Err(malformed("it is too long")),
            Err(error) => return Err(malformed(error)),
        };
        let entry = entry.map_err(malformed)?;
        let _ = self.buffer.split_to(used);
        Ok(Some(entry))
    }

    fn poll_entry(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<WalkEntry>>> {
        loop {
            if let Some(entry) = self.take()? {
                return Poll::Ready(Ok(Some(entry)));
            }
            match &mut self.source {
                Some(source) => match ready!(Pin::new(source).poll_next(cx)) {
                    Some(chunk) => self.buffer.extend_from_slice(&chunk?),
                    None => self.source = None,
                },
                None if self.buffer.trim_ascii().is_empty() => return Poll::Ready(Ok(None)),
                None => return Poll::Ready(Err(malformed("it is cut short"))),
            }
        }
    }
}

fn malformed(error: impl fmt::Display) -> Error {
    let message = format!("the sandbox sent a malformed entry: {error}");
    Error::new(ErrorCode::ProtocolViolation, message)
}

impl Stream for EntryStream {
    type Item = Result<WalkEntry>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let result = ready!(self.poll_entry(cx));
        if result.is_err() {
            self.source = None;
            self.buffer.clear();
        }
        Poll::Ready(result.transpose())
    }
}

impl fmt::Debug for EntryStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntryStream")
    }
}
