use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use time::OffsetDateTime;

use super::Action;
use super::action::Name;
use super::connection::{Call, Rpc};
use crate::error::{Error, ErrorCode, Result};
use crate::rpc::connection::Reply;
use crate::rpc::methods::{
    FileClose, FileHandle, FileLock, FileLockParams, FileRead, FileReadParams, FileSeek,
    FileSeekOutput, FileSeekParams, FileStat, FileSync, FileSyncData, FileTruncate,
    FileTruncateParams, FileUnlock, FileUtime, FileUtimeParams, FileWrite, FileWriteParams, Method,
    Whence,
};
use crate::rpc::values::{Blob, Date, FileInfo};
use crate::transport::MaybeSend;

/// The most bytes one call reads or writes.
pub(super) const MAX_PART: usize = 1 << 20;

/// An open file in a sandbox. Dropped, it is closed in the background; [`close`](Self::close) tells
/// whether that worked.
pub struct FsFile {
    rpc: Rpc,
    handle: FileHandle,
    path: String,
    open: AtomicBool,
}

impl FsFile {
    pub(super) fn new(rpc: Rpc, handle: FileHandle, path: String) -> Self {
        Self {
            rpc,
            handle,
            path,
            open: AtomicBool::new(true),
        }
    }

    /// Reads from the current position: at most `length` bytes and at most 1 MiB at once. `None` is the
    /// end of the file.
    ///
    /// # Errors
    /// When the file was not opened for reading, among others.
    pub fn read(&self, length: usize) -> Action<Option<Bytes>> {
        let length = length.min(MAX_PART);
        let params = self.read_params(length);
        let read = self.decoded_by::<FileRead, _>(params, move |reply| match reply.content() {
            Some(nothing) => Ok(Some(nothing.clone())),
            None => bytes_read(reply, length),
        });
        read.unless_known((length == 0).then(Bytes::new))
    }

    /// Asks for bytes at the current position; the answer may be waited for later.
    pub(super) fn start_read(&self, length: usize) -> Call<FileRead> {
        self.rpc.call::<FileRead>(&self.read_params(length))
    }

    fn read_params(&self, length: usize) -> FileReadParams {
        FileReadParams {
            file_handle_id: self.handle.file_handle_id,
            length: length as u64,
        }
    }

    /// Writes all of `data` at the current position, in parts of at most 1 MiB.
    ///
    /// # Errors
    /// [`StorageFull`](ErrorCode::StorageFull), or when the file was not opened for writing, among
    /// others; how much was written is not known then.
    pub async fn write_all(&self, data: impl AsRef<[u8]>) -> Result<()> {
        let mut data = data.as_ref();
        while !data.is_empty() {
            let part = &data[..data.len().min(MAX_PART)];
            let written = self.write(part).await?;
            data = &data[written..];
        }
        Ok(())
    }

    /// Writes some of `data` at the current position, at most 1 MiB; returns how many bytes.
    ///
    /// # Errors
    /// As [`write_all`](Self::write_all).
    pub fn write(&self, data: impl AsRef<[u8]>) -> Action<usize> {
        let data = data.as_ref();
        self.write_part(&data[..data.len().min(MAX_PART)])
    }

    fn write_part(&self, part: &[u8]) -> Action<usize> {
        let params = FileWriteParams {
            file_handle_id: self.handle.file_handle_id,
            data: Blob(Bytes::copy_from_slice(part)),
        };
        let given = part.len();
        self.decoded_by::<FileWrite, _>(params, move |reply| {
            let written = reply.decode::<FileWrite>()?.bytes_written;
            match usize::try_from(written) {
                Ok(written) if written <= given && (written > 0 || given == 0) => Ok(written),
                _ => {
                    let message = format!("the sandbox wrote {written} of {given} bytes");
                    Err(Error::new(ErrorCode::ProtocolViolation, message))
                }
            }
        })
    }

    /// Moves the position, relative to the start, the current position or the end; returns the new one
    /// in bytes from the start.
    ///
    /// # Errors
    /// When the new position would lie before the start, among others.
    pub fn seek(&self, offset: i64, whence: Whence) -> Action<u64> {
        let params = FileSeekParams {
            file_handle_id: self.handle.file_handle_id,
            offset,
            whence,
        };
        self.act::<FileSeek, FileSeekOutput>(params)
            .map(|output| output.position)
    }

    /// What is known of the file.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub fn stat(&self) -> Action<FileInfo> {
        self.act::<FileStat, _>(self.handle)
    }

    /// How large it is at present, in bytes.
    pub(super) fn size(&self) -> Action<u64> {
        self.decoded_by::<FileStat, _>(self.handle, |reply| reply.field("size"))
    }

    /// Cuts the file to `length` bytes, or extends it with zeros.
    ///
    /// # Errors
    /// When the file was not opened for writing, among others.
    pub fn truncate(&self, length: u64) -> Action<()> {
        let params = FileTruncateParams {
            file_handle_id: self.handle.file_handle_id,
            len: Some(length),
        };
        self.act::<FileTruncate, _>(params)
    }

    /// Waits until data and metadata are on storage.
    ///
    /// # Errors
    /// [`StorageFull`](ErrorCode::StorageFull) among others.
    pub fn sync(&self) -> Action<()> {
        self.act::<FileSync, _>(self.handle)
    }

    /// Waits until data is on storage.
    ///
    /// # Errors
    /// [`StorageFull`](ErrorCode::StorageFull) among others.
    pub fn sync_data(&self) -> Action<()> {
        self.act::<FileSyncData, _>(self.handle)
    }

    /// Sets the times of last access and last change.
    ///
    /// # Errors
    /// When the sandbox's permissions forbid it, among others.
    pub fn utime(&self, atime: OffsetDateTime, mtime: OffsetDateTime) -> Action<()> {
        let params = FileUtimeParams {
            file_handle_id: self.handle.file_handle_id,
            atime: Date(atime),
            mtime: Date(mtime),
        };
        self.act::<FileUtime, _>(params)
    }

    /// Locks the file against others that lock it, waiting for as long as it takes.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub fn lock(&self, exclusive: bool) -> Action<()> {
        let params = FileLockParams {
            file_handle_id: self.handle.file_handle_id,
            exclusive: Some(exclusive),
        };
        self.act::<FileLock, _>(params)
    }

    /// Unlocks the file.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub fn unlock(&self) -> Action<()> {
        self.act::<FileUnlock, _>(self.handle)
    }

    /// Closes the file; nothing can be done with it then. Closing twice is fine.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub async fn close(&self) -> Result<()> {
        if !self.open.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        self.act::<FileClose, _>(self.handle).await
    }

    fn act<M: Method<Output: Into<T>>, T>(&self, params: M::Params) -> Action<T> {
        let name = Name::of(M::VERB, &self.path);
        Action::new::<M>(&self.rpc, name, Ok(params))
    }

    fn decoded_by<M: Method, T>(
        &self,
        params: M::Params,
        decode: impl FnOnce(&Reply) -> Result<T> + MaybeSend + 'static,
    ) -> Action<T> {
        let name = Name::of(M::VERB, &self.path);
        Action::decoded_by::<M>(&self.rpc, name, Ok(params), decode)
    }

    pub(super) fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    pub(super) fn handle(&self) -> FileHandle {
        self.handle
    }

    pub(super) fn path(&self) -> String {
        self.path.clone()
    }

    pub(super) fn named(&self, error: Error, verb: &str) -> Error {
        error.during(format_args!("{verb} \"{}\"", self.path))
    }
}

/// The bytes of an answer to a request for `length` of them.
pub(super) fn bytes_read(reply: &Reply, length: usize) -> Result<Option<Bytes>> {
    match reply.decode::<FileRead>()?.data {
        // No bytes where some were asked for would be asked for again for ever.
        Some(Blob(bytes)) if bytes.is_empty() => Ok(None),
        Some(Blob(bytes)) if bytes.len() > length => Err(Error::new(
            ErrorCode::ProtocolViolation,
            "the sandbox sent more bytes than were asked for",
        )),
        data => Ok(data.map(|blob| blob.0)),
    }
}

impl Drop for FsFile {
    fn drop(&mut self) {
        if *self.open.get_mut() {
            // Sent at once; the answer would have nobody to go to.
            drop(self.rpc.call::<FileClose>(&self.handle));
        }
    }
}

impl fmt::Debug for FsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FsFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
