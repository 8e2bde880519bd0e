//! Whole files: read into one answer, written from the parameters or from a stream.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use deno_sandbox::rpc::methods::{ReadParams, WriteOptions};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc::O_NONBLOCK;
use serde_json::value::RawValue;
use tokio::net::unix::pipe;
use tokio::sync::watch;

use super::blocking;
use super::connection::Connection;
use super::failure::{Doing, Failure};
use super::frame::{BlobAnswer, Frame};
use super::sandbox::Sandbox;
use super::streams::{Item, Reader, refuse};

/// Bytes read at a time: pieces of base64 join without padding where their length divides by 3.
const PIECE: usize = 3 * (256 << 10);

/// Where the content of a file comes from.
pub(super) enum Content {
    Whole(Vec<u8>),
    Stream(u64, Reader),
}

/// Tells whether a call was given up.
pub(super) type Aborted = watch::Receiver<bool>;

/// Whole bytes or text of a file, in the form the method answers.
trait Collect: Send + 'static {
    /// Adds a piece; false when the answer has become too large.
    fn push(&mut self, bytes: &[u8]) -> bool;
}

pub(super) async fn read_file(
    connection: &Connection,
    id: &RawValue,
    params: &ReadParams,
    aborted: Aborted,
) -> Result<Frame, Failure> {
    struct Encoded(BlobAnswer, usize);
    impl Collect for Encoded {
        fn push(&mut self, bytes: &[u8]) -> bool {
            self.0.push(bytes);
            self.0.len() <= self.1
        }
    }
    let limit = connection.max_frame;
    let id = id.to_owned();
    let start = move |size: usize| Encoded(BlobAnswer::whole(&id, size.min(limit)), limit);
    let work = read(connection, &params.path, aborted.clone(), start);
    Ok(unless_aborted(aborted, work).await?.0.finish())
}

pub(super) async fn read_text_file(
    connection: &Connection,
    params: &ReadParams,
    aborted: Aborted,
) -> Result<String, Failure> {
    struct Text(Vec<u8>, usize);
    impl Collect for Text {
        fn push(&mut self, bytes: &[u8]) -> bool {
            self.0.extend_from_slice(bytes);
            self.0.len() <= self.1
        }
    }
    let limit = connection.max_frame;
    let start = move |size: usize| Text(Vec::with_capacity(size.min(limit)), limit);
    let work = read(connection, &params.path, aborted.clone(), start);
    let text = unless_aborted(aborted, work).await?;
    Ok(String::from_utf8(text.0)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Carries out a call until it is given up.
async fn unless_aborted<T>(
    mut aborted: Aborted,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let given_up = async {
        if aborted.wait_for(|aborted| *aborted).await.is_err() {
            // Nobody can give it up any more.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = given_up => Err(Failure::aborted()),
        done = work => done,
    }
}

async fn read<C: Collect>(
    connection: &Connection,
    path: &str,
    aborted: Aborted,
    start: impl FnOnce(usize) -> C + Send + 'static,
) -> Result<C, Failure> {
    let limit = connection.max_frame;
    let file = connection.sandbox.resolve(path);
    let (given, name) = (path.to_owned(), path.to_owned());
    let found = blocking(move || {
        // Not blocking: a pipe would wait for its other end here, where nothing can end the wait.
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(O_NONBLOCK)
            .open(&file);
        let mut opened = opened.at("open", &given)?;
        let metadata = opened.metadata().at("open", &given)?;
        let mut answer = start(usize::try_from(metadata.len()).unwrap_or(limit));
        if metadata.file_type().is_fifo() {
            return Ok((answer, Some(opened)));
        }
        let mut piece = vec![0; PIECE];
        loop {
            let length = read_full(&mut opened, &mut piece).at("read", &given)?;
            if !answer.push(&piece[..length]) {
                return Err(Failure::too_large(limit));
            }
            if length < piece.len() {
                return Ok((answer, None));
            }
            if *aborted.borrow() {
                return Err(Failure::aborted());
            }
        }
    });
    let (mut answer, fifo) = found.await?;
    if let Some(fifo) = fifo {
        let bytes = read_pipe(fifo, limit).await.at("read", &name)?;
        if bytes.len() > limit || !answer.push(&bytes) {
            return Err(Failure::too_large(limit));
        }
    }
    Ok(answer)
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads a named pipe until its writers have gone, or a little more than `limit` bytes have come.
async fn read_pipe(file: File, limit: usize) -> io::Result<Vec<u8>> {
    let pipe = pipe::Receiver::from_file(file)?;
    let mut bytes = Vec::new();
    while bytes.len() <= limit {
        // Only after a first writer came is there anything to be told of: data or the end.
        pipe.readable().await?;
        match pipe.try_read_buf(&mut bytes) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

impl Content {
    /// The content a call gives: itself, or the stream that carries it.
    pub(super) fn new(
        whole: Option<Vec<u8>>,
        stream: Option<(u64, Reader)>,
    ) -> Result<Self, Failure> {
        match (whole, stream) {
            (Some(bytes), None) => Ok(Self::Whole(bytes)),
            (None, Some((id, reader))) => Ok(Self::Stream(id, reader)),
            _ => Err(Failure::invalid(
                "Give either content or contentStreamId, and not both",
            )),
        }
    }
}

pub(super) async fn write_file(
    connection: &Connection,
    path: &str,
    options: Option<WriteOptions>,
    content: Content,
    aborted: Aborted,
) -> Result<(), Failure> {
    let stream = match &content {
        Content::Whole(_) => None,
        Content::Stream(id, _) => Some(*id),
    };
    let work = write(connection, path, options.unwrap_or_default(), content);
    let written = unless_aborted(aborted, work).await;
    if let (Err(_), Some(id)) = (&written, stream)
        && connection.incoming.abandon(id)
    {
        refuse(&connection.outbox, id).await;
    }
    written
}

async fn write(
    connection: &Connection,
    path: &str,
    options: WriteOptions,
    content: Content,
) -> Result<(), Failure> {
    let file = connection.sandbox.resolve(path);
    let opened = loop {
        let (file, options) = (file.clone(), options.clone());
        match blocking(move || Ok(open_for_writing(&file, &options))).await? {
            // A pipe nobody reads yet: wait where the call can be given up.
            Err(error) if error.raw_os_error() == Some(Errno::ENXIO as i32) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            opened => break opened.at("open", path)?,
        }
    };
    let path = path.to_owned();
    let sandbox = connection.sandbox.clone();
    blocking(move || write_content(&sandbox, opened, content, &path)).await
}

fn open_for_writing(path: &Path, options: &WriteOptions) -> io::Result<File> {
    let append = options.append.unwrap_or(false);
    let file = OpenOptions::new()
        .write(true)
        .append(append)
        .truncate(!append)
        .create(options.create.unwrap_or(true))
        .create_new(options.create_new.unwrap_or(false))
        .mode(options.mode.unwrap_or(0o666) & 0o7777)
        .custom_flags(O_NONBLOCK)
        .open(path)?;
    let flags = OFlag::from_bits_truncate(fcntl(file.as_fd(), FcntlArg::F_GETFL)?);
    fcntl(file.as_fd(), FcntlArg::F_SETFL(flags - OFlag::O_NONBLOCK))?;
    Ok(file)
}

/// Writes to the end of the content, each piece as it comes.
fn write_content(
    sandbox: &Sandbox,
    mut file: File,
    content: Content,
    path: &str,
) -> Result<(), Failure> {
    let mut write = |bytes: &[u8]| {
        let allowed = sandbox.limits.allow_write(&file, bytes.len());
        allowed
            .and_then(|()| file.write_all(bytes))
            .at("write", path)
    };
    match content {
        Content::Whole(bytes) => write(&bytes),
        Content::Stream(_, mut reader) => loop {
            match reader.blocking_recv() {
                Some(Item::Chunk(chunk)) => write(&chunk.bytes)?,
                Some(Item::End) => return Ok(()),
                Some(Item::Failed(reason)) => {
                    let message = format!("The content's stream failed: {reason}");
                    return Err(Failure::new("Error", Errno::EIO, message));
                }
                None => return Err(Failure::aborted()),
            }
        },
    }
}
