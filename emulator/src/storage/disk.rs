use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::tools::{run, sync};
use super::{Mode, Mounted, image};

/// The storage of every volume and snapshot, by id: `ID.img`, or a folder `ID`.
///
/// What is being made is called `ID.new` until it is whole. All of this blocks.
#[derive(Debug)]
pub(crate) struct Storage {
    folder: PathBuf,
    mounts: PathBuf,
    mode: Mode,
}

impl Storage {
    /// Keeps storage below `data`, and empties what a crash left of mounts there.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub(crate) fn open(data: &Path, mode: Mode) -> io::Result<Self> {
        let (folder, mounts) = (data.join("storage"), data.join("mounts"));
        fs::create_dir_all(&folder)?;
        fs::create_dir_all(&mounts)?;
        for entry in fs::read_dir(&mounts)? {
            // The mounts themselves ended with the process that made them.
            let _ = fs::remove_dir(entry?.path());
        }
        Ok(Self {
            folder,
            mounts,
            mode,
        })
    }

    /// Makes empty storage.
    pub(crate) fn create(&self, id: &str, capacity: u64) -> Result<(), StorageError> {
        self.make(id, |new| match self.mode {
            Mode::Image => image::create(new, capacity),
            Mode::Directory { .. } => {
                fs::create_dir(new)?;
                fs::set_permissions(new, fs::Permissions::from_mode(0o777))
            }
        })
        .map_err(|error| StorageError::new("make the storage", error))
    }

    /// Makes storage that holds a copy of the folder `content`.
    pub(crate) fn create_filled(
        &self,
        id: &str,
        capacity: u64,
        content: &Path,
    ) -> Result<(), StorageError> {
        self.make(id, |new| match self.mode {
            Mode::Image => image::create_filled(new, capacity, content),
            Mode::Directory { .. } => copy_tree(content, new),
        })
        .map_err(|error| StorageError::new("copy the base image", error))
    }

    /// Makes storage that holds what `from` holds, which must not be mounted.
    pub(crate) fn copy(&self, from: &str, to: &str, capacity: u64) -> Result<(), StorageError> {
        let result = match self.form_of(from) {
            Form::Image(file) => {
                self.make_as(&self.image(to), to, |new| image::copy(&file, new, capacity))
            }
            Form::Directory(dir) => {
                self.make_as(&self.folder.join(to), to, |new| copy_tree(&dir, new))
            }
        };
        result.map_err(|error| StorageError::new("copy the storage", error))
    }

    /// Makes the files of `id` reachable.
    pub(crate) fn mount(&self, id: &str) -> Result<Mounted, StorageError> {
        let mounted = match (self.form_of(id), &self.mode) {
            (Form::Image(file), Mode::Image) => image::mount(&file, &self.mounts.join(id)),
            (Form::Image(_), Mode::Directory { reason }) => Err(io::Error::other(format!(
                "it is an image, and this emulator mounts none ({reason})"
            ))),
            (Form::Directory(dir), _) if dir.is_dir() => Ok(Mounted::directory(dir)),
            (Form::Directory(dir), _) => Err(io::Error::other(format!(
                "\"{}\" is missing",
                dir.display()
            ))),
        };
        mounted.map_err(|error| StorageError::new("mount the storage", error))
    }

    /// Removes storage, if it is there.
    pub(crate) fn remove(&self, id: &str) -> Result<(), StorageError> {
        [self.image(id), self.folder.join(id), self.new_name(id)]
            .iter()
            .try_for_each(|path| remove(path))
            .map_err(|error| StorageError::new("remove the storage", error))
    }

    /// Removes everything that belongs to none of `ids`: what a crash left half made.
    pub(crate) fn sweep(&self, ids: &HashSet<String>) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let id = name.strip_suffix(".img").unwrap_or(&name);
            if !ids.contains(id) {
                remove(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn make(&self, id: &str, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let path = match self.mode {
            Mode::Image => self.image(id),
            Mode::Directory { .. } => self.folder.join(id),
        };
        self.make_as(&path, id, fill)
    }

    /// Fills aside, renames, and makes the name durable; leaves nothing behind when it fails.
    fn make_as(
        &self,
        path: &Path,
        id: &str,
        fill: impl FnOnce(&Path) -> io::Result<()>,
    ) -> io::Result<()> {
        let new = self.new_name(id);
        let result = fill(&new)
            .and_then(|()| fs::rename(&new, path))
            .and_then(|()| sync(&self.folder));
        if result.is_err() {
            let _ = remove(&new);
        }
        result
    }

    fn form_of(&self, id: &str) -> Form {
        let image = self.image(id);
        if image.is_file() {
            Form::Image(image)
        } else {
            Form::Directory(self.folder.join(id))
        }
    }

    fn image(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.img"))
    }

    fn new_name(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.new"))
    }
}

enum Form {
    Image(PathBuf),
    Directory(PathBuf),
}

/// What could not be done with storage, and why.
#[derive(Debug)]
pub(crate) struct StorageError {
    operation: &'static str,
    error: io::Error,
}

impl StorageError {
    fn new(operation: &'static str, error: io::Error) -> Self {
        Self { operation, error }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.operation, self.error)
    }
}

impl std::error::Error for StorageError {}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let options = ["-a", "--reflink=auto", "-T", "--"].map(Path::new);
    run("cp", options.into_iter().chain([from, to]), &[0])?;
    nix::unistd::syncfs(fs::File::open(to)?)?;
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    let result = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
