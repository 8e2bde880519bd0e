//! A memory limit for each sandbox, where this machine lets us set one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::process::Command;

const PREFIX: &str = "deno-sandbox-emulator-";

/// Where this emulator keeps its control groups, and by which interface.
#[derive(Debug, Clone)]
pub(crate) struct Cgroups {
    folder: PathBuf,
    version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

/// The control group of one sandbox, removed when dropped.
#[derive(Debug)]
pub(crate) struct Cgroup {
    folder: PathBuf,
    version: Version,
}

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Cgroups {
    /// Finds a place where control groups with a memory limit can be made; the error says why not.
    pub(crate) fn find() -> io::Result<Self> {
        let v1 = Path::new("/sys/fs/cgroup/memory");
        let (parent, version) =
            if v1.join("memory.limit_in_bytes").exists() || v1.join("cgroup.procs").exists() {
                (v1, Version::V1)
            } else {
                (Path::new("/sys/fs/cgroup"), Version::V2)
            };
        sweep(parent);
        let folder = parent.join(format!("{PREFIX}{}", std::process::id()));
        let cgroups = Self { folder, version };
        fs::create_dir(&cgroups.folder)?;
        // Making one for real shows whether the controller is there and ours to use.
        let probe = cgroups
            .enable()
            .and_then(|()| cgroups.create()?.limit(1 << 30));
        if let Err(error) = probe {
            let _ = fs::remove_dir(&cgroups.folder);
            return Err(error);
        }
        Ok(cgroups)
    }

    /// A new group without a limit.
    pub(crate) fn create(&self) -> io::Result<Cgroup> {
        let folder = self
            .folder
            .join(COUNT.fetch_add(1, Ordering::Relaxed).to_string());
        fs::create_dir(&folder)?;
        Ok(Cgroup {
            folder,
            version: self.version,
        })
    }

    /// Takes the calling thread out of whatever group it is in.
    pub(crate) fn leave(&self) {
        if let (Version::V1, Some(parent)) = (self.version, self.folder.parent()) {
            let _ = fs::write(parent.join("tasks"), "0");
        }
    }

    /// Removes the place itself, once every sandbox has gone.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_dir(&self.folder);
    }

    fn enable(&self) -> io::Result<()> {
        if self.version == Version::V2 {
            let parent = self.folder.parent().unwrap_or(Path::new("/sys/fs/cgroup"));
            fs::write(parent.join("cgroup.subtree_control"), "+memory")?;
            fs::write(self.folder.join("cgroup.subtree_control"), "+memory")?;
        }
        Ok(())
    }
}

impl Cgroup {
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Limits the memory of all its processes together.
    pub(crate) fn limit(&self, bytes: u64) -> io::Result<()> {
        let bytes = bytes.to_string();
        match self.version {
            Version::V1 => fs::write(self.folder.join("memory.limit_in_bytes"), bytes),
            Version::V2 => {
                fs::write(self.folder.join("memory.max"), bytes)?;
                // Else the limit only moves pages to swap; absent where there is no swap accounting.
                let _ = fs::write(self.folder.join("memory.swap.max"), "0");
                Ok(())
            }
        }
    }

    /// Moves the calling thread in, where a thread can go without its process.
    pub(crate) fn enter_thread(&self) -> io::Result<()> {
        match self.version {
            // Zero is whoever writes it.
            Version::V1 => fs::write(self.folder.join("tasks"), "0"),
            Version::V2 => Ok(()),
        }
    }

    /// Starts a command for a program that is to run in the group: as it is where the calling thread
    /// is in, else through a shell that enters first, so that no child is ever outside.
    pub(crate) fn command(&self, program: &Path) -> Command {
        match self.version {
            Version::V1 => Command::new(program),
            Version::V2 => {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", r#"echo $$ > "$0" && exec "$@""#]);
                command.arg(self.folder.join("cgroup.procs")).arg(program);
                command
            }
        }
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // The kernel refuses until the last process has been reaped.
        for _ in 0..50 {
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
                _ => return,
            }
        }
    }
}

/// Removes what an emulator that was killed left behind.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let Some(pid) = pid else { continue };
        if Path::new("/proc").join(pid).exists() {
            continue;
        }
        for group in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
            let _ = fs::remove_dir(group.path());
        }
        let _ = fs::remove_dir(entry.path());
    }
}
