use time::OffsetDateTime;

use super::action::Name;
use super::connection::Rpc;
use super::{Action, FsFile};
use crate::error::Result;
use crate::model::{Quoted, SandboxPath};
use crate::rpc::methods::{
    Chmod, ChmodParams, Chown, ChownParams, CopyFile, CopyFileParams, Create, DirEntry, FileHandle,
    Link, LinkParams, Lstat, MakeTempDir, MakeTempFile, MakeTempOptions, MakeTempParams, Method,
    Mkdir, MkdirOptions, MkdirParams, Open, OpenOptions, OpenParams, PathParams, ReadDir, ReadLink,
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
    pub fn read_dir(&self, path: impl AsRef<str>) -> Action<Vec<DirEntry>> {
        self.path_call::<ReadDir>(path.as_ref())
    }

    /// Makes a folder in one that exists.
    ///
    /// # Errors
    /// [`FileExists`](crate::ErrorCode::FileExists) among others.
    pub fn mkdir(&self, path: impl AsRef<str>) -> Action<()> {
        self.mkdir_with(path, MkdirOptions::default())
    }

    /// Makes a folder and those above it; one that exists is fine.
    ///
    /// # Errors
    /// [`NotADirectory`](crate::ErrorCode::NotADirectory) among others.
    pub fn mkdir_all(&self, path: impl AsRef<str>) -> Action<()> {
        let options = MkdirOptions {
            recursive: Some(true),
            ..MkdirOptions::default()
        };
        self.mkdir_with(path, options)
    }

    /// Makes a folder with options.
    ///
    /// # Errors
    /// As [`mkdir`](Self::mkdir).
    pub fn mkdir_with(&self, path: impl AsRef<str>, options: MkdirOptions) -> Action<()> {
        let path = path.as_ref();
        self.act::<Mkdir, _>(&[path], || {
            Ok(MkdirParams {
                path: checked(path)?,
                options: Some(options),
            })
        })
    }

    /// Removes a file, a link or an empty folder.
    ///
    /// # Errors
    /// [`DirectoryNotEmpty`](crate::ErrorCode::DirectoryNotEmpty) among others.
    pub fn remove(&self, path: impl AsRef<str>) -> Action<()> {
        self.remove_with(path, RemoveOptions::default())
    }

    /// Removes a file or link, or a folder and all in it.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub fn remove_all(&self, path: impl AsRef<str>) -> Action<()> {
        let recursive = Some(true);
        self.remove_with(path, RemoveOptions { recursive })
    }

    /// Removes with options.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub fn remove_with(&self, path: impl AsRef<str>, options: RemoveOptions) -> Action<()> {
        let path = path.as_ref();
        self.act::<Remove, _>(&[path], || {
            Ok(RemoveParams {
                path: checked(path)?,
                options: Some(options),
            })
        })
    }

    /// Renames or moves within one file system; what is at the new path is replaced.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn rename(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Action<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        self.act::<Rename, _>(&[from, to], || {
            Ok(RenameParams {
                old_path: checked(from)?,
                new_path: checked(to)?,
            })
        })
    }

    /// What is known of a file, following links.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn stat(&self, path: impl AsRef<str>) -> Action<FileInfo> {
        self.path_call::<Stat>(path.as_ref())
    }

    /// What is known of a file, or of the link itself.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn lstat(&self, path: impl AsRef<str>) -> Action<FileInfo> {
        self.path_call::<Lstat>(path.as_ref())
    }

    /// Sets permissions, like `0o755`.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn chmod(&self, path: impl AsRef<str>, mode: u32) -> Action<()> {
        let path = path.as_ref();
        self.act::<Chmod, _>(&[path], || {
            Ok(ChmodParams {
                path: checked(path)?,
                mode,
            })
        })
    }

    /// Sets the owner and the group; `None` leaves as it is.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn chown(&self, path: impl AsRef<str>, uid: Option<u32>, gid: Option<u32>) -> Action<()> {
        let path = path.as_ref();
        self.act::<Chown, _>(&[path], || {
            Ok(ChownParams {
                path: checked(path)?,
                uid,
                gid,
            })
        })
    }

    /// Copies a file within the sandbox; what is at the new path is replaced.
    ///
    /// # Errors
    /// [`StorageFull`](crate::ErrorCode::StorageFull) among others.
    pub fn copy_file(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Action<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        self.act::<CopyFile, _>(&[from, to], || {
            Ok(CopyFileParams {
                from_path: checked(from)?,
                to_path: checked(to)?,
            })
        })
    }

    /// Makes a hard link at `path` to the file at `target`.
    ///
    /// # Errors
    /// [`FileExists`](crate::ErrorCode::FileExists) among others.
    pub fn link(&self, target: impl AsRef<str>, path: impl AsRef<str>) -> Action<()> {
        let (target, path) = (target.as_ref(), path.as_ref());
        self.act::<Link, _>(&[target, path], || {
            Ok(LinkParams {
                target: checked(target)?,
                path: checked(path)?,
            })
        })
    }

    /// Makes a symbolic link at `path` to `target`, which need not exist.
    ///
    /// # Errors
    /// [`FileExists`](crate::ErrorCode::FileExists) among others.
    pub fn symlink(&self, target: impl AsRef<str>, path: impl AsRef<str>) -> Action<()> {
        let (target, path) = (target.as_ref(), path.as_ref());
        self.act::<Symlink, _>(&[target, path], || {
            Ok(SymlinkParams {
                target: checked(target)?,
                path: checked(path)?,
                options: None,
            })
        })
    }

    /// Where a symbolic link points, as it was made.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn read_link(&self, path: impl AsRef<str>) -> Action<String> {
        self.path_call::<ReadLink>(path.as_ref())
    }

    /// The absolute path without any links.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn real_path(&self, path: impl AsRef<str>) -> Action<String> {
        self.path_call::<RealPath>(path.as_ref())
    }

    /// Makes a new folder for temporary use; returns its path.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn make_temp_dir(&self, options: MakeTempOptions) -> Action<String> {
        self.act::<MakeTempDir, _>(&[], || {
            Ok(MakeTempParams {
                options: Some(options),
            })
        })
    }

    /// Makes a new, empty file for temporary use; returns its path.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn make_temp_file(&self, options: MakeTempOptions) -> Action<String> {
        self.act::<MakeTempFile, _>(&[], || {
            Ok(MakeTempParams {
                options: Some(options),
            })
        })
    }

    /// Cuts a file to `length` bytes, or extends it with zeros.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn truncate(&self, path: impl AsRef<str>, length: u64) -> Action<()> {
        let path = path.as_ref();
        self.act::<Truncate, _>(&[path], || {
            Ok(TruncateParams {
                name: checked(path)?,
                length: Some(length),
            })
        })
    }

    /// Sets the mask of permissions that new files do not get, where one is given; returns the one before.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub fn umask(&self, mask: Option<u32>) -> Action<u32> {
        self.act::<Umask, _>(&[], || Ok(UmaskParams { mask }))
    }

    /// Sets the times of last access and last change.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn utime(
        &self,
        path: impl AsRef<str>,
        atime: OffsetDateTime,
        mtime: OffsetDateTime,
    ) -> Action<()> {
        let path = path.as_ref();
        self.act::<Utime, _>(&[path], || {
            Ok(UtimeParams {
                path: checked(path)?,
                atime: Date(atime),
                mtime: Date(mtime),
            })
        })
    }

    /// Opens a file. Without any option set, for reading.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn open(&self, path: impl AsRef<str>, options: OpenOptions) -> Action<FsFile> {
        let path = path.as_ref();
        let open = self.act::<Open, _>(&[path], || {
            Ok(OpenParams {
                path: checked(path)?,
                options: Some(options),
            })
        });
        self.opened(open, path)
    }

    /// Creates or empties a file and opens it for reading and writing.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn create(&self, path: impl AsRef<str>) -> Action<FsFile> {
        let path = path.as_ref();
        self.opened(self.path_call::<Create>(path), path)
    }

    fn opened(&self, handle: Action<FileHandle>, path: &str) -> Action<FsFile> {
        let (rpc, path) = (self.0.clone(), path.to_owned());
        handle.map(move |handle| FsFile::new(rpc, handle, path))
    }

    fn path_call<M: Method<Params = PathParams>>(&self, path: &str) -> Action<M::Output> {
        self.act::<M, _>(&[path], || {
            let path = checked(path)?;
            Ok(PathParams { path })
        })
    }

    pub(super) fn act<M: Method<Output: Into<T>>, T>(
        &self,
        paths: &[&str],
        params: impl FnOnce() -> Result<M::Params>,
    ) -> Action<T> {
        let name = Name::about(M::VERB, "to", paths);
        Action::new::<M>(&self.0, name, params())
    }
}

/// A path that can be one, as the wire's parameters take it.
pub(super) fn checked(path: &str) -> Result<String> {
    Ok(path.parse::<SandboxPath>()?.into())
}

pub(super) fn named<T>(result: Result<T>, verb: &str, path: &str) -> Result<T> {
    result.map_err(|error| error.during(format_args!("{verb} {}", Quoted(path))))
}
