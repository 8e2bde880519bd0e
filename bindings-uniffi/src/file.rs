use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use deno_sandbox::{FileInfo, FsFile, Whence};

use crate::call::{Cancellation, call};
use crate::data::Data;
use crate::failure::Failure;

/// An open file.
#[derive(Debug, uniffi::Object)]
pub struct File(FsFile);

impl File {
    pub(crate) fn new(core: FsFile) -> Arc<Self> {
        Arc::new(Self(core))
    }
}

#[uniffi::export]
impl File {
    /// Reads from the current position; nothing at the end of the file.
    pub async fn read(
        &self,
        length: u64,
        cancellation: Arc<Cancellation>,
    ) -> Result<Option<Data>, Failure> {
        // More than this machine can address is more than one call reads anyhow.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Ok(call(cancellation, self.0.read(length)).await?.map(Data))
    }

    /// Writes some of `data` at the current position; gives how many bytes.
    pub async fn write(&self, data: Data, cancellation: Arc<Cancellation>) -> Result<u64, Failure> {
        Ok(call(cancellation, self.0.write(data.0)).await? as u64)
    }

    /// Writes all of `data` at the current position.
    pub async fn write_all(
        &self,
        data: Data,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.write_all(data.0)).await
    }

    /// Moves the position; gives the new one.
    pub async fn seek(
        &self,
        offset: i64,
        whence: Whence,
        cancellation: Arc<Cancellation>,
    ) -> Result<u64, Failure> {
        call(cancellation, self.0.seek(offset, whence)).await
    }

    /// What is known of the file.
    pub async fn stat(&self, cancellation: Arc<Cancellation>) -> Result<FileInfo, Failure> {
        call(cancellation, self.0.stat()).await
    }

    /// Cuts the file to `length` bytes, or extends it with zeros.
    pub async fn truncate(
        &self,
        length: u64,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.truncate(length)).await
    }

    /// Waits until data and metadata are on storage.
    pub async fn sync(&self, cancellation: Arc<Cancellation>) -> Result<(), Failure> {
        call(cancellation, self.0.sync()).await
    }

    /// Waits until data is on storage.
    pub async fn sync_data(&self, cancellation: Arc<Cancellation>) -> Result<(), Failure> {
        call(cancellation, self.0.sync_data()).await
    }

    /// Sets the times of last access and last change.
    pub async fn utime(
        &self,
        atime: SystemTime,
        mtime: SystemTime,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.utime(atime.into(), mtime.into())).await
    }

    /// Locks the file against others that lock it.
    pub async fn lock(
        &self,
        exclusive: bool,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.lock(exclusive)).await
    }

    /// Unlocks the file.
    pub async fn unlock(&self, cancellation: Arc<Cancellation>) -> Result<(), Failure> {
        call(cancellation, self.0.unlock()).await
    }

    /// Closes the file.
    pub async fn close(&self, cancellation: Arc<Cancellation>) -> Result<(), Failure> {
        call(cancellation, self.0.close()).await
    }
}

/// A whole file as it was read, to be taken from where it is: for large ones each copy, and the memory for
/// it, takes a good part of the time that the network does.
#[derive(Debug, uniffi::Object)]
pub struct FileContent {
    address: u64,
    /// Only here to stay where it is until this is dropped: it is the foreign side's.
    bytes: Vec<u8>,
}

impl FileContent {
    pub(crate) fn new(core: Bytes) -> Arc<Self> {
        let mut bytes = Vec::from(core);
        let address = bytes.as_mut_ptr().expose_provenance() as u64;
        Arc::new(Self { address, bytes })
    }
}

#[uniffi::export]
impl FileContent {
    /// Where the first byte is, as long as this lives; it may be written to.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}
