use time::OffsetDateTime;

use super::action::Name;
use super::connection::{Limit, Rpc};
use super::{Action, FsFile};
use crate::error::Result;
use crate::model::SandboxPath;
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
        self.path_call::<ReadDir>("list", path.as_ref())
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
        self.act::<Mkdir, _>(Name::of("make folder", path), Limit::Usual, || {
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
        // A large tree takes its time.
        self.act::<Remove, _>(Name::of("remove", path), Limit::None, || {
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
        let name = Name::of("rename", from).to(to);
        self.act::<Rename, _>(name, Limit::Usual, || {
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
        self.path_call::<Stat>("describe", path.as_ref())
    }

    /// What is known of a file, or of the link itself.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn lstat(&self, path: impl AsRef<str>) -> Action<FileInfo> {
        self.path_call::<Lstat>("describe", path.as_ref())
    }

    /// Sets permissions, like `0o755`.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn chmod(&self, path: impl AsRef<str>, mode: u32) -> Action<()> {
        let path = path.as_ref();
        let name = Name::of("change the permissions of", path);
        self.act::<Chmod, _>(name, Limit::Usual, || {
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
        self.act::<Chown, _>(Name::of("change the owner of", path), Limit::Usual, || {
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
        let name = Name::of("copy", from).to(to);
        self.act::<CopyFile, _>(name, Limit::None, || {
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
        let name = Name::of("link", target).to(path);
        self.act::<Link, _>(name, Limit::Usual, || {
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
        let name = Name::of("link", target).to(path);
        self.act::<Symlink, _>(name, Limit::Usual, || {
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
        self.path_call::<ReadLink>("read link", path.as_ref())
    }

    /// The absolute path without any links.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn real_path(&self, path: impl AsRef<str>) -> Action<String> {
        self.path_call::<RealPath>("resolve", path.as_ref())
    }

    /// Makes a new folder for temporary use; returns its path.
    ///
    /// # Errors
    /// See [`Fs`].
    pub fn make_temp_dir(&self, options: MakeTempOptions) -> Action<String> {
        let name = Name::plain("make a temporary folder");
        self.act::<MakeTempDir, _>(name, Limit::Usual, || {
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
        let name = Name::plain("make a temporary file");
        self.act::<MakeTempFile, _>(name, Limit::Usual, || {
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
        self.act::<Truncate, _>(Name::of("truncate", path), Limit::Usual, || {
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
        let name = Name::plain("set the umask");
        self.act::<Umask, _>(name, Limit::Usual, || Ok(UmaskParams { mask }))
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
        self.act::<Utime, _>(Name::of("set the times of", path), Limit::Usual, || {
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
        let open = self.act::<Open, _>(Name::of("open", path), Limit::Usual, || {
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
        self.opened(self.path_call::<Create>("create", path), path)
    }

    fn opened(&self, handle: Action<FileHandle>, path: &str) -> Action<FsFile> {
        let (rpc, path) = (self.0.clone(), path.to_owned());
        handle.map(move |handle| FsFile::new(rpc, handle, path))
    }

    fn path_call<M: Method<Params = PathParams>>(
        &self,
        verb: &'static str,
        path: &str,
    ) -> Action<M::Output> {
        self.act::<M, _>(Name::of(verb, path), Limit::Usual, || {
            let path = checked(path)?;
            Ok(PathParams { path })
        })
    }

    pub(super) fn act<M: Method<Output: Into<T>>, T>(
        &self,
        name: Name,
        limit: Limit,
        params: impl FnOnce() -> Result<M::Params>,
    ) -> Action<T> {
        Action::new::<M>(&self.0, name, limit, |_| params())
    }
}

/// A path that can be one, as the wire's parameters take it.
pub(super) fn checked(path: &str) -> Result<String> {
    Ok(path.parse::<SandboxPath>()?.into())
}

pub(super) fn named<T>(result: Result<T>, verb: &str, path: &str) -> Result<T> {
    result.map_err(|error| error.during(format_args!("{verb} {path:?}")))
}
