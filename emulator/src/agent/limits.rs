//! Keeps calls from growing a volume that is a plain folder past its capacity.
//!
//! Nothing in the system limits such a folder, so the processes of a sandbox are not stopped. What
//! they wrote counts, within a moment, for the next call.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Seek};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::locked;
use crate::storage::tree_size;

/// How long a measurement holds, at least; one that took long holds ten times as long.
const FRESH: Duration = Duration::from_secs(1);

/// The volumes that have a limit to keep here.
#[derive(Debug, Default)]
pub(super) struct Limits {
    by_mount: HashMap<PathBuf, Limit>,
    /// Where anything is mounted: what lies below one of them is not part of what lies above.
    mounts: HashSet<PathBuf>,
}

#[derive(Debug)]
struct Limit {
    capacity: u64,
    used: Mutex<Option<Used>>,
}

#[derive(Debug)]
struct Used {
    bytes: u64,
    until: Instant,
}

impl Limits {
    /// Limits in bytes by mount path.
    pub(super) fn new(limits: Vec<(PathBuf, u64)>) -> io::Result<Self> {
        if limits.is_empty() {
            return Ok(Self::default());
        }
        let by_mount = limits.into_iter().map(|(path, capacity)| {
            let used = Mutex::default();
            Ok((fs::canonicalize(path)?, Limit { capacity, used }))
        });
        Ok(Self {
            by_mount: by_mount.collect::<io::Result<_>>()?,
            mounts: mount_points(&fs::read("/proc/self/mountinfo")?),
        })
    }

    /// Makes sure that `length` bytes may be written where the file stands.
    ///
    /// # Errors
    /// `ENOSPC` when they would take the file's volume over its capacity.
    pub(super) fn allow_write(&self, mut file: &File, length: usize) -> io::Result<()> {
        if self.by_mount.is_empty() {
            return Ok(());
        }
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(());
        }
        let (length, size) = (length as u64, metadata.len());
        let flags = OFlag::from_bits_truncate(fcntl(file.as_fd(), FcntlArg::F_GETFL)?);
        let growth = if flags.contains(OFlag::O_APPEND) || metadata.blocks() * 512 < size {
            // Within a file that has holes, any byte may need new space.
            length
        } else {
            (file.stream_position()? + length).saturating_sub(size)
        };
        let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
        self.allow(&path, growth)
    }

    /// Makes sure that a file may become a copy of another.
    ///
    /// # Errors
    /// As [`allow_write`](Self::allow_write).
    pub(super) fn allow_copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.by_mount.is_empty() {
            return Ok(());
        }
        let size = |path| fs::metadata(path).map_or(0, |file| file.blocks() * 512);
        let target = fs::canonicalize(to).or_else(|_| match to.parent() {
            Some(folder) => fs::canonicalize(folder),
            None => Ok(to.to_owned()),
        });
        match target {
            Ok(path) => self.allow(&path, size(from).saturating_sub(size(to))),
            // The copy itself fails, and says why.
            Err(_) => Ok(()),
        }
    }

    /// Counts `growth` where `path` lies, unless it is too much.
    fn allow(&self, path: &Path, growth: u64) -> io::Result<()> {
        let mount = path.ancestors().find(|path| self.mounts.contains(*path));
        let Some((mount, limit)) = mount.and_then(|mount| self.by_mount.get_key_value(mount))
        else {
            return Ok(());
        };
        if growth == 0 {
            return Ok(());
        }
        let now = Instant::now();
        let mut used = locked(&limit.used);
        if let Some(used) = used.as_mut()
            && now < used.until
            && used.bytes + growth <= limit.capacity
        {
            used.bytes += growth;
            return Ok(());
        }
        // Measured again before a refusal: something may have been removed.
        let bytes = tree_size(mount, |path| !self.mounts.contains(path))?;
        let is_refused = bytes.saturating_add(growth) > limit.capacity;
        *used = Some(Used {
            bytes: if is_refused { bytes } else { bytes + growth },
            until: now + FRESH.max(now.elapsed() * 10),
        });
        if is_refused {
            return Err(Errno::ENOSPC.into());
        }
        Ok(())
    }
}

/// The fifth field of each line, in which `\ooo` stands for a byte.
fn mount_points(info: &[u8]) -> HashSet<PathBuf> {
    let fields = info
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    let unescaped = fields.map(|field| {
        let mut bytes = Vec::with_capacity(field.len());
        let mut rest = field;
        while let Some((first, after)) = rest.split_first() {
            let digits = after.get(..3).and_then(|text| str::from_utf8(text).ok());
            let code = digits.and_then(|text| u8::from_str_radix(text, 8).ok());
            let (byte, next) = match code.filter(|_| *first == b'\\') {
                Some(code) => (code, &after[3..]),
                None => (*first, after),
            };
            bytes.push(byte);
            rest = next;
        }
        PathBuf::from(OsString::from_vec(bytes))
    });
    unescaped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_may_have_any_name() {
        let info = b"1 2 0:3 / / rw - ext4 x rw\n4 1 0:3 /a /my\\040data\\134x rw - ext4 x rw\n";
        let expected = ["/", "/my data\\x"].map(PathBuf::from);
        assert_eq!(mount_points(info), HashSet::from(expected));
    }
}
