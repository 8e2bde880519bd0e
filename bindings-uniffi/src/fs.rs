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
use crate::mailbox::calls;
use crate::streams::{Content, Entries, FileStream, Progress};

/// Files of a sandbox.
#[derive(Debug, uniffi::Object)]
pub struct Fs(pub(crate) Core);

calls!(Fs {
    /// Reads a whole file as UTF-8 text.
    read_text_file, begin_read_text_file[path]() -> String: |this| this.0.read_text_file(path);

    /// Writes a whole file of text.
    write_text_file, begin_write_text_file[path](text: String, options: WriteOptions) -> ():
        |this| this.0.write_text_file_with(path, text, options);

    /// Lists a folder, in no order.
    read_dir, begin_read_dir[path]() -> Vec<DirEntry>: |this| this.0.read_dir(path);

    /// Makes a folder.
    mkdir, begin_mkdir[path](options: MkdirOptions) -> (): |this| this.0.mkdir_with(path, options);

    /// Removes a file, a link or a folder.
    remove, begin_remove[path](options: RemoveOptions) -> ():
        |this| this.0.remove_with(path, options);

    /// Renames or moves within one file system.
    rename, begin_rename[from, to]() -> (): |this| this.0.rename(from, to);

    /// What is known of a file, following links.
    stat, begin_stat[path]() -> FileInfo: |this| this.0.stat(path);

    /// What is known of a file, or of the link itself.
    lstat, begin_lstat[path]() -> FileInfo: |this| this.0.lstat(path);

    /// Sets permissions.
    chmod, begin_chmod[path](mode: u32) -> (): |this| this.0.chmod(path, mode);

    /// Sets the owner and the group; what is absent stays.
    chown, begin_chown[path](uid: Option<u32>, gid: Option<u32>) -> ():
        |this| this.0.chown(path, uid, gid);

    /// Copies a file within the sandbox.
    copy_file, begin_copy_file[from, to]() -> (): |this| this.0.copy_file(from, to);

    /// Makes a hard link at `path` to the file at `target`.
    link, begin_link[target, path]() -> (): |this| this.0.link(target, path);

    /// Makes a symbolic link at `path` to `target`.
    symlink, begin_symlink[target, path]() -> (): |this| this.0.symlink(target, path);

    /// Where a symbolic link points.
    read_link, begin_read_link[path]() -> String: |this| this.0.read_link(path);

    /// The absolute path without any links.
    real_path, begin_real_path[path]() -> String: |this| this.0.real_path(path);

    /// Makes a new folder for temporary use.
    make_temp_dir, begin_make_temp_dir[](options: MakeTempOptions) -> String:
        |this| this.0.make_temp_dir(options);

    /// Makes a new, empty file for temporary use.
    make_temp_file, begin_make_temp_file[](options: MakeTempOptions) -> String:
        |this| this.0.make_temp_file(options);

    /// Cuts a file to `length` bytes, or extends it with zeros.
    truncate, begin_truncate[path](length: u64) -> (): |this| this.0.truncate(path, length);

    /// Sets the mask of permissions, where one is given; gives the one before.
    umask, begin_umask[](mask: Option<u32>) -> u32: |this| this.0.umask(mask);

    /// Sets the times of last access and last change.
    utime, begin_utime[path](atime: SystemTime, mtime: SystemTime) -> ():
        |this| this.0.utime(path, atime.into(), mtime.into());
});

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

    /// Writes a whole file: encoded by the caller's thread, while ours sends.
    pub async fn write_file(
        &self,
        path: String,
        data: Data,
        options: WriteOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.write_file_with(path, data.0, options)).await
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
