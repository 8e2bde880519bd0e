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
        if mode == Mode::Image {
            image::wait_until_free(&folder)?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Choice;

    const CAPACITY: u64 = 300_000_000;

    /// Storage of the best mode this machine has: images as root, else directories.
    fn storage() -> (tempfile::TempDir, Storage) {
        let data = tempfile::tempdir().unwrap();
        // Each test has a thread of its own, and with it mounts of its own.
        let mode = Mode::choose(Choice::Auto, data.path()).unwrap();
        eprintln!("tested: {mode}");
        let storage = Storage::open(data.path(), mode).unwrap();
        (data, storage)
    }

    #[test]
    fn files_outlive_a_mount_and_a_copy_is_apart() {
        let (_data, storage) = storage();
        storage.create("vol", CAPACITY).unwrap();
        let mounted = storage.mount("vol").unwrap();
        let empty = mounted.used().unwrap();
        assert_eq!(fs::read_dir(mounted.dir()).unwrap().count(), 0);
        fs::write(mounted.dir().join("a"), vec![7; 5_000_000]).unwrap();
        nix::unistd::syncfs(fs::File::open(mounted.dir()).unwrap()).unwrap();
        let grown = mounted.used().unwrap() - empty;
        assert!((5_000_000..5_100_000).contains(&grown), "{grown}");
        mounted.unmount().unwrap();

        storage.copy("vol", "copy", 2 * CAPACITY).unwrap();
        let copy = storage.mount("copy").unwrap();
        assert_eq!(fs::read(copy.dir().join("a")).unwrap().len(), 5_000_000);
        if storage.mode == Mode::Image {
            let size = nix::sys::statvfs::statvfs(copy.dir()).unwrap();
            assert!(size.blocks() * size.fragment_size() > 500_000_000);
        }
        fs::remove_file(copy.dir().join("a")).unwrap();
        copy.unmount().unwrap();

        let mounted = storage.mount("vol").unwrap();
        assert!(mounted.dir().join("a").exists());
        mounted.unmount().unwrap();
    }

    #[test]
    fn an_image_is_full_at_its_capacity() {
        let (_data, storage) = storage();
        storage.create("vol", CAPACITY).unwrap();
        let mounted = storage.mount("vol").unwrap();
        if storage.mode == Mode::Image {
            let mut file = fs::File::create(mounted.dir().join("a")).unwrap();
            let written = io::copy(&mut io::Read::take(io::repeat(1), CAPACITY), &mut file);
            assert_eq!(written.unwrap_err().raw_os_error(), Some(nix::libc::ENOSPC));
            assert!(file.metadata().unwrap().len() > CAPACITY * 8 / 10);
        }
        mounted.unmount().unwrap();
    }

    #[test]
    fn a_base_image_is_copied_or_refused_without_a_trace() {
        let (data, storage) = storage();
        let base = data.path().join("base");
        fs::create_dir_all(base.join("bin")).unwrap();
        fs::write(base.join("bin/sh"), "#!").unwrap();
        storage.create_filled("vol", CAPACITY, &base).unwrap();
        let mounted = storage.mount("vol").unwrap();
        assert_eq!(fs::read(mounted.dir().join("bin/sh")).unwrap(), b"#!");
        mounted.unmount().unwrap();

        let missing = data.path().join("missing");
        let error = storage.create_filled("other", CAPACITY, &missing);
        assert!(error.unwrap_err().to_string().contains("base image"));
        let left = fs::read_dir(data.path().join("storage")).unwrap();
        assert_eq!(left.count(), 1);
    }

    #[test]
    fn a_sweep_keeps_what_is_known() {
        let (_data, storage) = storage();
        for id in ["kept", "lost"] {
            storage.create(id, CAPACITY).unwrap();
        }
        let known = HashSet::from(["kept".to_owned()]);
        assert_eq!(storage.sweep(&known).unwrap(), 1);
        storage.mount("kept").unwrap().unmount().unwrap();
        assert!(storage.mount("lost").is_err());
    }
}
