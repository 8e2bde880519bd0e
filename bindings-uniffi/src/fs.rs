use std::sync::Arc;
use std::time::SystemTime;

use deno_sandbox::{
    DirEntry, ExpandGlobOptions, FileInfo, Fs as Core, MakeTempOptions, MkdirOptions, OpenOptions,
    RemoveOptions, TransferProgress as CoreProgress, WalkOptions, WriteOptions,
};

use crate::call::{Cancellation, call};
use crate::data::Data;
use crate::failure::Failure;
use crate::file::{File, FileContent};
use crate::streams::{Content, Entries, FileStream, Progress};

/// Files of a sandbox.
#[derive(Debug, uniffi::Object)]
pub struct Fs(pub(crate) Core);

#[uniffi::export]
impl Fs {
    /// Reads a whole file, which is not copied.
    pub async fn read_content(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<FileContent>, Failure> {
        let content = call(cancellation, self.0.read_file(path)).await?;
        Ok(FileContent::new(content))
    }

    /// Reads a whole file as UTF-8 text.
    pub async fn read_text_file(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<String, Failure> {
        call(cancellation, self.0.read_text_file(path)).await
    }

    /// Writes a whole file.
    pub async fn write_file(
        &self,
        path: String,
        data: Data,
        options: WriteOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.write_file_with(path, data.0, options)).await
    }

    /// Writes a whole file of text.
    pub async fn write_text_file(
        &self,
        path: String,
        text: String,
        options: WriteOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(
            cancellation,
            self.0.write_text_file_with(path, text, options),
        )
        .await
    }

    /// Lists a folder, in no order.
    pub async fn read_dir(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Vec<DirEntry>, Failure> {
        call(cancellation, self.0.read_dir(path)).await
    }

    /// Makes a folder.
    pub async fn mkdir(
        &self,
        path: String,
        options: MkdirOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.mkdir_with(path, options)).await
    }

    /// Removes a file, a link or a folder.
    pub async fn remove(
        &self,
        path: String,
        options: RemoveOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.remove_with(path, options)).await
    }

    /// Renames or moves within one file system.
    pub async fn rename(
        &self,
        from: String,
        to: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.rename(from, to)).await
    }

    /// What is known of a file, following links.
    pub async fn stat(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<FileInfo, Failure> {
        call(cancellation, self.0.stat(path)).await
    }

    /// What is known of a file, or of the link itself.
    pub async fn lstat(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<FileInfo, Failure> {
        call(cancellation, self.0.lstat(path)).await
    }

    /// Sets permissions.
    pub async fn chmod(
        &self,
        path: String,
        mode: u32,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.chmod(path, mode)).await
    }

    /// Sets the owner and the group; what is absent stays.
    pub async fn chown(
        &self,
        path: String,
        uid: Option<u32>,
        gid: Option<u32>,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.chown(path, uid, gid)).await
    }

    /// Copies a file within the sandbox.
    pub async fn copy_file(
        &self,
        from: String,
        to: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.copy_file(from, to)).await
    }

    /// Makes a hard link at `path` to the file at `target`.
    pub async fn link(
        &self,
        target: String,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.link(target, path)).await
    }

    /// Makes a symbolic link at `path` to `target`.
    pub async fn symlink(
        &self,
        target: String,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.symlink(target, path)).await
    }

    /// Where a symbolic link points.
    pub async fn read_link(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<String, Failure> {
        call(cancellation, self.0.read_link(path)).await
    }

    /// The absolute path without any links.
    pub async fn real_path(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<String, Failure> {
        call(cancellation, self.0.real_path(path)).await
    }

    /// Makes a new folder for temporary use.
    pub async fn make_temp_dir(
        &self,
        options: MakeTempOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<String, Failure> {
        call(cancellation, self.0.make_temp_dir(options)).await
    }

    /// Makes a new, empty file for temporary use.
    pub async fn make_temp_file(
        &self,
        options: MakeTempOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<String, Failure> {
        call(cancellation, self.0.make_temp_file(options)).await
    }

    /// Cuts a file to `length` bytes, or extends it with zeros.
    pub async fn truncate(
        &self,
        path: String,
        length: u64,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.truncate(path, length)).await
    }

    /// Sets the mask of permissions, where one is given; gives the one before.
    pub async fn umask(
        &self,
        mask: Option<u32>,
        cancellation: Arc<Cancellation>,
    ) -> Result<u32, Failure> {
        call(cancellation, self.0.umask(mask)).await
    }

    /// Sets the times of last access and last change.
    pub async fn utime(
        &self,
        path: String,
        atime: SystemTime,
        mtime: SystemTime,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.utime(path, atime.into(), mtime.into())).await
    }

    /// Opens a file.
    pub async fn open(
        &self,
        path: String,
        options: OpenOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<File>, Failure> {
        Ok(File::new(
            call(cancellation, self.0.open(path, options)).await?,
        ))
    }

    /// Creates or empties a file and opens it.
    pub async fn create(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<File>, Failure> {
        Ok(File::new(call(cancellation, self.0.create(path)).await?))
    }

    /// Reads a file in parts.
    pub async fn read_stream(
        &self,
        path: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<FileStream>, Failure> {
        Ok(FileStream::new(
            call(cancellation, self.0.read_stream(path)).await?,
        ))
    }

    /// Lists a tree.
    pub async fn walk(
        &self,
        path: String,
        options: WalkOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Entries>, Failure> {
        Ok(Entries::new(
            call(cancellation, self.0.walk(path, options)).await?,
        ))
    }

    /// Lists what matches a pattern.
    pub async fn expand_glob(
        &self,
        pattern: String,
        options: ExpandGlobOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Entries>, Failure> {
        Ok(Entries::new(
            call(cancellation, self.0.expand_glob(pattern, options)).await?,
        ))
    }

    /// Writes a whole file from what another task sends.
    pub async fn write_stream(
        &self,
        path: String,
        content: Arc<Content>,
        options: WriteOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        let content = content.stream().await;
        call(cancellation, self.0.write_stream(path, content, options)).await
    }

    /// Copies a local file or tree to exactly `remote`.
    pub async fn upload(
        &self,
        local: String,
        remote: String,
        progress: Option<Arc<dyn Progress>>,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        let tell = move |now: &CoreProgress| {
            if let Some(progress) = &progress {
                progress.on_progress(now.into());
            }
        };
        call(
            cancellation,
            self.0.upload_with_progress(local, remote, tell),
        )
        .await
    }

    /// Copies a file or tree of the sandbox to exactly `local`.
    pub async fn download(
        &self,
        remote: String,
        local: String,
        progress: Option<Arc<dyn Progress>>,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        let tell = move |now: &CoreProgress| {
            if let Some(progress) = &progress {
                progress.on_progress(now.into());
            }
        };
        call(
            cancellation,
            self.0.download_with_progress(remote, local, tell),
        )
        .await
    }
}
