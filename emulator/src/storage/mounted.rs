use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::mount::{MntFlags, umount2};

/// Storage whose files can be reached.
#[derive(Debug)]
pub(crate) struct Mounted {
    dir: PathBuf,
    is_image: bool,
}

impl Mounted {
    pub(super) fn image(dir: PathBuf) -> Self {
        Self {
            dir,
            is_image: true,
        }
    }

    pub(super) fn directory(dir: PathBuf) -> Self {
        Self {
            dir,
            is_image: false,
        }
    }

    /// Where its files are.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether nothing keeps it from growing past its capacity.
    pub(crate) fn is_unlimited(&self) -> bool {
        !self.is_image
    }

    /// Bytes in use, what an empty file system needs included.
    pub(crate) fn used(&self) -> io::Result<u64> {
        used(&self.dir, self.is_image)
    }

    /// A way to measure that outlives this value.
    pub(crate) fn meter(&self) -> Meter {
        Meter {
            dir: self.dir.clone(),
            is_image: self.is_image,
        }
    }

    /// Writes everything back and ends the mount.
    pub(crate) fn unmount(self) -> io::Result<()> {
        if !self.is_image {
            return Ok(());
        }
        nix::unistd::syncfs(File::open(&self.dir)?)?;
        // A process that just ended may hold it a moment longer.
        for _ in 0..40 {
            match umount2(&self.dir, MntFlags::empty()) {
                Err(Errno::EBUSY) => std::thread::sleep(Duration::from_millis(50)),
                done => {
                    done?;
                    return fs::remove_dir(&self.dir);
                }
            }
        }
        umount2(&self.dir, MntFlags::MNT_DETACH)?;
        fs::remove_dir(&self.dir)
    }
}

/// Measures storage that is mounted.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    dir: PathBuf,
    is_image: bool,
}

impl Meter {
    /// As [`Mounted::used`].
    pub(crate) fn used(&self) -> io::Result<u64> {
        used(&self.dir, self.is_image)
    }
}

fn used(dir: &Path, is_image: bool) -> io::Result<u64> {
    if !is_image {
        return tree_size(dir, |_| true);
    }
    let stat = nix::sys::statvfs::statvfs(dir)?;
    Ok(stat.blocks().saturating_sub(stat.blocks_free()) * stat.fragment_size())
}

/// The space everything below `dir` that is `included` takes up, each file once however many names
/// it has.
pub(crate) fn tree_size(dir: &Path, included: impl Fn(&Path) -> bool) -> io::Result<u64> {
    let mut counted = HashSet::new();
    let mut bytes = 0;
    let entries = walkdir::WalkDir::new(dir).min_depth(1).into_iter();
    for entry in entries.filter_entry(|entry| included(entry.path())) {
        // What vanishes while being counted takes up nothing.
        let Ok(metadata) = entry.and_then(|entry| entry.metadata()) else {
            continue;
        };
        if counted.insert((metadata.dev(), metadata.ino())) {
            bytes += metadata.blocks() * 512;
        }
    }
    Ok(bytes)
}
