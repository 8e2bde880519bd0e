use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::stat::{Mode, umask};

use super::failure::Failure;
use super::limits::Limits;
use super::locked;
use super::processes::Processes;

/// What all connections to a sandbox share.
#[derive(Debug)]
pub(super) struct Sandbox {
    /// The folder relative paths start in.
    home: PathBuf,
    env: Mutex<BTreeMap<String, String>>,
    umask: Mutex<Mode>,
    next_stream: AtomicU64,
    pub(super) processes: Processes,
    pub(super) limits: Limits,
}

impl Sandbox {
    /// A sandbox with the agent's own environment; its home is what `HOME` says.
    pub(super) fn new(stream_base: u64, limits: Limits) -> Self {
        // Reading the mask means setting it: done here, before anything can create a file.
        let mask = umask(Mode::empty());
        umask(mask);
        let env: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            home: env.get("HOME").map_or("/home/app", String::as_str).into(),
            env: Mutex::new(env),
            umask: Mutex::new(mask),
            next_stream: AtomicU64::new(stream_base),
            processes: Processes::default(),
            limits,
        }
    }

    /// The file a path of a call means; an empty one stays empty, for no file has that name.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            PathBuf::new()
        } else {
            self.home.join(path)
        }
    }

    /// An id no other stream of this sandbox has.
    pub(super) fn next_stream(&self) -> u64 {
        self.next_stream.fetch_add(1, Ordering::Relaxed)
    }

    /// Sets the mask for new files, if one is given; gives the previous one.
    pub(super) fn umask(&self, mask: Option<u32>) -> u32 {
        let mut current = locked(&self.umask);
        let previous = *current;
        if let Some(mask) = mask {
            *current = Mode::from_bits_truncate(mask & 0o777);
            umask(*current);
        }
        previous.bits()
    }

    pub(super) fn env(&self) -> BTreeMap<String, String> {
        locked(&self.env).clone()
    }

    pub(super) fn env_get(&self, key: &str) -> Option<String> {
        locked(&self.env).get(key).cloned()
    }

    pub(super) fn env_set(&self, key: String, value: String) -> Result<(), Failure> {
        check_variable(&key, &value)?;
        locked(&self.env).insert(key, value);
        Ok(())
    }

    pub(super) fn env_delete(&self, key: &str) {
        locked(&self.env).remove(key);
    }
}

/// Refuses what the system cannot hold as a variable. Values may be secret, so none is told.
pub(super) fn check_variable(key: &str, value: &str) -> Result<(), Failure> {
    if key.is_empty() || key.contains(['=', '\0']) {
        return Err(Failure::invalid(format!(
            "Environment variable name {key:?} must not be empty nor contain '=' or a NUL character"
        )));
    }
    if value.contains('\0') {
        return Err(Failure::invalid(format!(
            "The value of environment variable {key:?} must not contain a NUL character"
        )));
    }
    Ok(())
}
