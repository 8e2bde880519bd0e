use time::OffsetDateTime;

use super::FsFile;
use super::connection::Rpc;
use crate::error::Result;
use crate::model::SandboxPath;
use crate::rpc::methods::{
    Chmod, ChmodParams, Chown, ChownParams, CopyFile, CopyFileParams, Create, DirEntry, Link,
    LinkParams, Lstat, MakeTempDir, MakeTempFile, MakeTempOptions, MakeTempParams, Method, Mkdir,
    MkdirOptions, MkdirParams, Open, OpenOptions, OpenParams, PathParams, ReadDir, ReadLink,
    RealPath, Remove, RemoveOptions, RemoveParams, Rename, RenameParams, Stat, Symlink,
    SymlinkParams, Truncate, TruncateParams, Umask, UmaskParams, Utime, UtimeParams,
};
use crate::rpc::values::{Date, FileInfo};

/// Files of a sandbox.
///
/// Paths are POSIX paths in the sandbox: absolute, or relative to its home folder. An empty path, or
/// one with a NUL character or more than 4096 bytes, is [`InvalidPath`](crate::ErrorCode::InvalidPath) before
/// anything is sent. Among the errors of every method are [`FileNotFound`](crate::ErrorCode::FileNotFound),
/// [`PermissionDenied`](crate::ErrorCode::PermissionDenied) and those of the connection.
///
/// ```no_run
/// # async fn example(sandbox: deno_sandbox::Sandbox) -> deno_sandbox::Result<()> {
/// let fs = sandbox.fs();
/// fs.mkdir_all("work/out").await?;
/// fs.write_text_file("work/out/a.txt", "α").await?;
/// assert_eq!(fs.stat("work/out/a.txt").await?.size, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Fs(pub(super) Rpc);

impl Fs {
    pub(super) fn new(rpc: Rpc) -> Self {
        Self(rpc)
    }

    /// Lists a folder, in no order.
    ///
    /// # Errors
    /// [`NotADirectory`](crate::ErrorCode::NotADirectory) among others.
    pub async fn read_dir(&self, path: impl AsRef<str>) -> Result<Vec<DirEntry>> {
        self.path_call::<ReadDir>("list", path.as_ref()).await
    }

    /// Makes a folder in one that exists.
    ///
    /// # Errors
    /// [`FileExists`](crate::ErrorCode::FileExists) among others.
    pub async fn mkdir(&self, path: impl AsRef<str>) -> Result<()> {
        self.mkdir_with(path, MkdirOptions::default()).await
    }

    /// Makes a folder and those above it; one that exists is fine.
    ///
    /// # Errors
    /// [`NotADirectory`](crate::ErrorCode::NotADirectory) among others.
    pub async fn mkdir_all(&self, path: impl AsRef<str>) -> Result<()> {
        let options = MkdirOptions {
            recursive: Some(true),
            ..MkdirOptions::default()
        };
        self.mkdir_with(path, options).await
    }

    /// Makes a folder with options.
    ///
    /// # Errors
    /// As [`mkdir`](Self::mkdir).
    pub async fn mkdir_with(&self, path: impl AsRef<str>, options: MkdirOptions) -> Result<()> {
        let path = path.as_ref();
        let make = async {
            let path = checked(path)?;
            let options = Some(options);
            self.0.call::<Mkdir>(&MkdirParams { path, options }).await
        };
        named(make.await, "make folder", path).map(drop)
    }

    /// Removes a file, a link or an empty folder.
    ///
    /// # Errors
    /// [`DirectoryNotEmpty`](crate::ErrorCode::DirectoryNotEmpty) among others.
    pub async fn remove(&self, path: impl AsRef<str>) -> Result<()> {
        self.remove_with(path, RemoveOptions::default()).await
    }

    /// Removes a file or link, or a folder and all in it.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub async fn remove_all(&self, path: impl AsRef<str>) -> Result<()> {
        let recursive = Some(true);
        self.remove_with(path, RemoveOptions { recursive }).await
    }

    /// Removes with options.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub async fn remove_with(&self, path: impl AsRef<str>, options: RemoveOptions) -> Result<()> {
        let path = path.as_ref();
        let remove = async {
            let path = checked(path)?;
            let options = Some(options);
            // A large tree takes its time.
            self.0
                .call_lasting::<Remove>(&RemoveParams { path, options })
                .await
        };
        named(remove.await, "remove", path).map(drop)
    }

    /// Renames or moves within one file system; what is at the new path is replaced.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn rename(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        let rename = async {
            let params = RenameParams {
                old_path: checked(from)?,
                new_path: checked(to)?,
            };
            self.0.call::<Rename>(&params).await
        };
        named_pair(rename.await, "rename", from, to)
    }

    /// What is known of a file, following links.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn stat(&self, path: impl AsRef<str>) -> Result<FileInfo> {
        self.path_call::<Stat>("describe", path.as_ref()).await
    }

    /// What is known of a file, or of the link itself.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn lstat(&self, path: impl AsRef<str>) -> Result<FileInfo> {
        self.path_call::<Lstat>("describe", path.as_ref()).await
    }

    /// Sets permissions, like `0o755`.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn chmod(&self, path: impl AsRef<str>, mode: u32) -> Result<()> {
        let path = path.as_ref();
        let change = async {
            let path = checked(path)?;
            self.0.call::<Chmod>(&ChmodParams { path, mode }).await
        };
        named(change.await, "change the permissions of", path).map(drop)
    }

    /// Sets the owner and the group; `None` leaves as it is.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn chown(
        &self,
        path: impl AsRef<str>,
        uid: Option<u32>,
        gid: Option<u32>,
    ) -> Result<()> {
        let path = path.as_ref();
        let change = async {
            let path = checked(path)?;
            self.0.call::<Chown>(&ChownParams { path, uid, gid }).await
        };
        named(change.await, "change the owner of", path).map(drop)
    }

    /// Copies a file within the sandbox; what is at the new path is replaced.
    ///
    /// # Errors
    /// [`StorageFull`](crate::ErrorCode::StorageFull) among others.
    pub async fn copy_file(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        let copy = async {
            let params = CopyFileParams {
                from_path: checked(from)?,
                to_path: checked(to)?,
            };
            self.0.call_lasting::<CopyFile>(&params).await
        };
        named_pair(copy.await, "copy", from, to)
    }

    /// Makes a hard link at `path` to the file at `target`.
    ///
    /// # Errors
    /// [`FileExists`](crate::ErrorCode::FileExists) among others.
    pub async fn link(&self, target: impl AsRef<str>, path: impl AsRef<str>) -> Result<()> {
        let (target, path) = (target.as_ref(), path.as_ref());
        let link = async {
            let params = LinkParams {
                target: checked(target)?,
                path: checked(path)?,
            };
            self.0.call::<Link>(&params).await
        };
        named_pair(link.await, "link", target, path)
    }

    /// Makes a symbolic link at `path` to `target`, which need not exist.
    ///
    /// # Errors
    /// [`FileExists`](crate::ErrorCode::FileExists) among others.
    pub async fn symlink(&self, target: impl AsRef<str>, path: impl AsRef<str>) -> Result<()> {
        let (target, path) = (target.as_ref(), path.as_ref());
        let link = async {
            let params = SymlinkParams {
                target: checked(target)?,
                path: checked(path)?,
                options: None,
            };
            self.0.call::<Symlink>(&params).await
        };
        named_pair(link.await, "link", target, path)
    }

    /// Where a symbolic link points, as it was made.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn read_link(&self, path: impl AsRef<str>) -> Result<String> {
        self.path_call::<ReadLink>("read link", path.as_ref()).await
    }

    /// The absolute path without any links.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn real_path(&self, path: impl AsRef<str>) -> Result<String> {
        self.path_call::<RealPath>("resolve", path.as_ref()).await
    }

    /// Makes a new folder for temporary use; returns its path.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn make_temp_dir(&self, options: MakeTempOptions) -> Result<String> {
        let params = MakeTempParams {
            options: Some(options),
        };
        let result = self.0.call::<MakeTempDir>(&params).await;
        result.map_err(|error| error.during("make a temporary folder"))
    }

    /// Makes a new, empty file for temporary use; returns its path.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn make_temp_file(&self, options: MakeTempOptions) -> Result<String> {
        let params = MakeTempParams {
            options: Some(options),
        };
        let result = self.0.call::<MakeTempFile>(&params).await;
        result.map_err(|error| error.during("make a temporary file"))
    }

    /// Cuts a file to `length` bytes, or extends it with zeros.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn truncate(&self, path: impl AsRef<str>, length: u64) -> Result<()> {
        let path = path.as_ref();
        let truncate = async {
            let params = TruncateParams {
                name: checked(path)?,
                length: Some(length),
            };
            self.0.call::<Truncate>(&params).await
        };
        named(truncate.await, "truncate", path).map(drop)
    }

    /// Sets the mask of permissions that new files do not get, where one is given; returns the one before.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub async fn umask(&self, mask: Option<u32>) -> Result<u32> {
        let result = self.0.call::<Umask>(&UmaskParams { mask }).await;
        result.map_err(|error| error.during("set the umask"))
    }

    /// Sets the times of last access and last change.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn utime(
        &self,
        path: impl AsRef<str>,
        atime: OffsetDateTime,
        mtime: OffsetDateTime,
    ) -> Result<()> {
        let path = path.as_ref();
        let set = async {
            let params = UtimeParams {
                path: checked(path)?,
                atime: Date(atime),
                mtime: Date(mtime),
            };
            self.0.call::<Utime>(&params).await
        };
        named(set.await, "set the times of", path).map(drop)
    }

    /// Opens a file. Without any option set, for reading.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn open(&self, path: impl AsRef<str>, options: OpenOptions) -> Result<FsFile> {
        let path = path.as_ref();
        let open = async {
            let params = OpenParams {
                path: checked(path)?,
                options: Some(options),
            };
            self.0.call::<Open>(&params).await
        };
        let handle = named(open.await, "open", path)?;
        Ok(FsFile::new(self.0.clone(), handle, path.to_owned()))
    }

    /// Creates or empties a file and opens it for reading and writing.
    ///
    /// # Errors
    /// See [`Fs`].
    pub async fn create(&self, path: impl AsRef<str>) -> Result<FsFile> {
        let path = path.as_ref();
        let handle = self.path_call::<Create>("create", path).await?;
        Ok(FsFile::new(self.0.clone(), handle, path.to_owned()))
    }

    async fn path_call<M: Method<Params = PathParams>>(
        &self,
        verb: &str,
        path: &str,
    ) -> Result<M::Output> {
        let call = async {
            let path = checked(path)?;
            self.0.call::<M>(&PathParams { path }).await
        };
        named(call.await, verb, path)
    }
}

/// A path that can be one, as the wire's parameters take it.
pub(super) fn checked(path: &str) -> Result<String> {
    Ok(path.parse::<SandboxPath>()?.into())
}

pub(super) fn named<T>(result: Result<T>, verb: &str, path: &str) -> Result<T> {
    result.map_err(|error| error.during(format_args!("{verb} {path:?}")))
}

fn named_pair<T>(result: Result<T>, verb: &str, from: &str, to: &str) -> Result<()> {
    result
        .map(drop)
        .map_err(|error| error.during(format_args!("{verb} {from:?} to {to:?}")))
}
