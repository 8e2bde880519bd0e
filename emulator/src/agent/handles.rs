use std::collections::HashMap;
use std::fs::{File, FileTimes, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use deno_sandbox::rpc::methods::{
    FileHandle, FileLockParams, FileReadParams, FileSeekOutput, FileSeekParams, FileUtimeParams,
    FileWriteOutput, FileWriteParams, Request, Whence,
};
use deno_sandbox::rpc::values::NoValue;
use nix::errno::Errno;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::blocking;
use super::connection::Connection;
use super::failure::{Doing, Failure};
use super::files::file_info;
use super::frame::{BlobAnswer, Frame, chunk_limit};
use super::locked;
use super::sandbox::Sandbox;

/// How often a lock another holds is tried again.
const LOCK_RETRY: Duration = Duration::from_millis(10);

/// The files a connection has open. What is asked of one file is done in the order it was asked.
#[derive(Debug, Default)]
pub(super) struct Handles {
    next: AtomicU64,
    open: Mutex<HashMap<u64, mpsc::UnboundedSender<Job>>>,
}

#[derive(Debug)]
struct Job {
    id: Box<RawValue>,
    request: Request,
}

impl Handles {
    /// Keeps an open file, and carries out what is asked of it until it is closed.
    pub(super) fn add(&self, connection: &Arc<Connection>, file: File) -> FileHandle {
        let file_handle_id = self.next.fetch_add(1, Ordering::Relaxed);
        let (send, jobs) = mpsc::unbounded_channel();
        locked(&self.open).insert(file_handle_id, send);
        connection.spawn(serve(connection.clone(), file, jobs));
        FileHandle { file_handle_id }
    }

    /// Passes on what is asked of an open file; false when no such file is open.
    pub(super) fn pass(&self, handle: u64, id: &RawValue, request: Request) -> Result<(), Failure> {
        let mut open = locked(&self.open);
        let bad = || {
            let message = format!("Bad resource ID: no file {handle} is open on this connection");
            Failure::new("BadResource", Errno::EBADF, message)
        };
        let closes = matches!(request, Request::FileClose(_));
        let jobs = open.get(&handle).ok_or_else(bad)?;
        let id = id.to_owned();
        jobs.send(Job { id, request }).map_err(|_| bad())?;
        if closes {
            open.remove(&handle);
        }
        Ok(())
    }

    /// Closes all, for a connection that has closed.
    pub(super) fn close(&self) {
        locked(&self.open).clear();
    }
}

/// The open file a request is about.
pub(super) fn handle_of(request: &Request) -> Option<u64> {
    match request {
        Request::FileClose(params)
        | Request::FileSync(params)
        | Request::FileSyncData(params)
        | Request::FileUnlock(params)
        | Request::FileStat(params) => Some(params.file_handle_id),
        Request::FileLock(params) => Some(params.file_handle_id),
        Request::FileRead(params) => Some(params.file_handle_id),
        Request::FileWrite(params) => Some(params.file_handle_id),
        Request::FileSeek(params) => Some(params.file_handle_id),
        Request::FileTruncate(params) => Some(params.file_handle_id),
        Request::FileUtime(params) => Some(params.file_handle_id),
        _ => None,
    }
}

async fn serve(connection: Arc<Connection>, file: File, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let file = Arc::new(file);
    while let Some(Job { id, request }) = jobs.recv().await {
        if let Request::FileClose(_) = request {
            drop(file);
            connection.reply(&id, Frame::ok(&id, &NoValue)).await;
            return;
        }
        let answer = carry_out(&connection, &file, &id, request).await;
        connection.reply(&id, answer).await;
    }
}

async fn carry_out(
    connection: &Connection,
    file: &Arc<File>,
    id: &RawValue,
    request: Request,
) -> Result<Frame, Failure> {
    if let Request::FileLock(params) = request {
        lock(file, params).await?;
        return Frame::ok(id, &NoValue);
    }
    let (file, id, max_frame) = (file.clone(), id.to_owned(), connection.max_frame);
    let sandbox = connection.sandbox.clone();
    blocking(move || match request {
        Request::FileSync(_) => Frame::ok(&id, &file.sync_all().doing("fsync")?),
        Request::FileSyncData(_) => Frame::ok(&id, &file.sync_data().doing("fdatasync")?),
        Request::FileUnlock(_) => Frame::ok(&id, &file.unlock().doing("unlock")?),
        Request::FileStat(_) => Frame::ok(&id, &file_info(&file.metadata().doing("stat")?)),
        Request::FileRead(params) => read(&file, &id, params, max_frame),
        Request::FileWrite(params) => Frame::ok(&id, &write(&sandbox, &file, &params)?),
        Request::FileSeek(params) => Frame::ok(&id, &seek(&file, params)?),
        Request::FileTruncate(params) => {
            let size = params.len.unwrap_or(0);
            Frame::ok(&id, &file.set_len(size).doing("truncate")?)
        }
        Request::FileUtime(params) => Frame::ok(&id, &set_times(&file, &params)?),
        other => Err(Failure::invalid(format!(
            "{other:?} is not about an open file"
        ))),
    })
    .await
}

/// Waits without holding a thread, so that the wait ends with the connection.
async fn lock(file: &File, params: FileLockParams) -> Result<(), Failure> {
    loop {
        let tried = match params.exclusive {
            Some(true) => file.try_lock(),
            _ => file.try_lock_shared(),
        };
        match tried {
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_RETRY).await,
            Err(TryLockError::Error(error)) => return Err(error).doing("lock"),
            Ok(()) => return Ok(()),
        }
    }
}

/// Reads at the position, at most what the client can take: a read may always give fewer bytes.
fn read(
    mut file: &File,
    id: &RawValue,
    params: FileReadParams,
    max_frame: usize,
) -> Result<Frame, Failure> {
    let limit = chunk_limit(max_frame) as u64;
    let mut bytes = vec![0; params.length.min(limit) as usize];
    let length = file.read(&mut bytes).doing("read")?;
    if length == 0 && params.length > 0 {
        return Frame::ok(id, &json!({"data": null}));
    }
    let mut answer = BlobAnswer::data_field(id, length);
    answer.push(&bytes[..length]);
    Ok(answer.finish())
}

fn write(
    sandbox: &Sandbox,
    mut file: &File,
    params: &FileWriteParams,
) -> Result<FileWriteOutput, Failure> {
    let allowed = sandbox.limits.allow_write(file, params.data.0.len());
    allowed.doing("write")?;
    let written = file.write(&params.data.0).doing("write")?;
    Ok(FileWriteOutput {
        bytes_written: written as u64,
    })
}

fn seek(mut file: &File, params: FileSeekParams) -> Result<FileSeekOutput, Failure> {
    let to = match params.whence {
        Whence::Start => SeekFrom::Start(u64::try_from(params.offset).map_err(|_| {
            Failure::invalid(format!(
                "Invalid seek offset {}: before the start",
                params.offset
            ))
        })?),
        Whence::Current => SeekFrom::Current(params.offset),
        Whence::End => SeekFrom::End(params.offset),
    };
    let position = file.seek(to).doing("seek")?;
    Ok(FileSeekOutput { position })
}

fn set_times(file: &File, params: &FileUtimeParams) -> Result<(), Failure> {
    let times = FileTimes::new()
        .set_accessed(SystemTime::from(params.atime.0))
        .set_modified(SystemTime::from(params.mtime.0));
    file.set_times(times).doing("futime")
}
