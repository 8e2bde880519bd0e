use std::fmt;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::{image, tools};

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Choice {
    /// Images where this machine allows, else directories.
    #[default]
    Auto,
    /// Images, or do not start.
    Image,
    /// Directories: calls that write past the capacity are refused, processes are not.
    Directory,
}

/// How new volumes are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each in a file system of its own, which is full at its capacity.
    Image,
    /// Each in a folder, which this machine does not keep from growing past its capacity; only
    /// calls that would take it there are refused.
    Directory {
        /// Why not in an image.
        reason: String,
    },
}

impl Mode {
    /// Decides by trying, and for images gives this process mounts of its own, which end with it
    /// however it ends.
    ///
    /// To be called before any thread starts: a thread keeps the mounts it started with.
    ///
    /// # Errors
    /// When images were asked for and cannot be had; the text says why.
    pub(crate) fn choose(choice: Choice, scratch: &Path) -> Result<Self, String> {
        let reason = match choice {
            Choice::Directory => "asked for with --storage directory".to_owned(),
            Choice::Auto | Choice::Image => match try_images(scratch) {
                Ok(()) => return Ok(Self::Image),
                Err(reason) if choice == Choice::Image => return Err(reason),
                Err(reason) => reason,
            },
        };
        Ok(Self::Directory { reason })
    }
}

/// What is said at start.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image => f.write_str(
                "volumes are file system images: a full volume refuses writes with ENOSPC",
            ),
            Self::Directory { reason } => write!(
                f,
                "volumes are directories ({reason}): calls that write past the capacity are refused with ENOSPC, but processes are not stopped by it"
            ),
        }
    }
}

fn try_images(scratch: &Path) -> Result<(), String> {
    if !nix::unistd::geteuid().is_root() {
        return Err("images need root".to_owned());
    }
    for program in ["mkfs.ext4", "mount", "e2fsck", "resize2fs"] {
        if tools::find(program).is_none() {
            return Err(format!("images need the program {program}"));
        }
    }
    unshare(CloneFlags::CLONE_NEWNS)
        .and_then(|()| {
            let flags = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
            mount(None::<&str>, "/", None::<&str>, flags, None::<&str>)
        })
        .map_err(|errno| format!("this machine allows no private mounts: {errno}"))?;
    image::trial(scratch).map_err(|error| format!("this machine mounts no images: {error}"))
}
