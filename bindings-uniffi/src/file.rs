use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use deno_sandbox::{FileInfo, FsFile, Whence};

use crate::call::{Cancellation, call};
use crate::data::Data;
use crate::failure::Failure;
use crate::mailbox::calls;

/// An open file.
#[derive(Debug, uniffi::Object)]
pub struct File(FsFile);

impl File {
    pub(crate) fn new(core: FsFile) -> Arc<Self> {
        Arc::new(Self(core))
    }
}

calls!(File {
    /// Reads from the current position; nothing at the end of the file.
    read, begin_read[](length: u64) -> Option<Data>:
        |this| async {
            // More than this machine can address is more than one call reads anyhow.
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            Ok(this.0.read(length).await?.map(Data))
        };

    /// Writes some of `data` at the current position; gives how many bytes.
    write, begin_write[](data: Data) -> u64:
        |this| async { Ok(this.0.write(data.0).await? as u64) };

    /// Writes all of `data` at the current position.
    write_all, begin_write_all[](data: Data) -> (): |this| this.0.write_all(data.0);

    /// Moves the position; gives the new one.
    seek, begin_seek[](offset: i64, whence: Whence) -> u64: |this| this.0.seek(offset, whence);

    /// What is known of the file.
    stat, begin_stat[]() -> FileInfo: |this| this.0.stat();

    /// Cuts the file to `length` bytes, or extends it with zeros.
    truncate, begin_truncate[](length: u64) -> (): |this| this.0.truncate(length);

    /// Waits until data and metadata are on storage.
    sync, begin_sync[]() -> (): |this| this.0.sync();

    /// Waits until data is on storage.
    sync_data, begin_sync_data[]() -> (): |this| this.0.sync_data();

    /// Sets the times of last access and last change.
    utime, begin_utime[](atime: SystemTime, mtime: SystemTime) -> ():
        |this| this.0.utime(atime.into(), mtime.into());

    /// Locks the file against others that lock it.
    lock, begin_lock[](exclusive: bool) -> (): |this| this.0.lock(exclusive);

    /// Unlocks the file.
    unlock, begin_unlock[]() -> (): |this| this.0.unlock();
});

#[uniffi::export]
impl File {
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
