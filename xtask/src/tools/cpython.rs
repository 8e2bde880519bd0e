//! The CPythons of this machine: on the search path, and installed by pyenv.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// The first minor version of Python 3 that the package supports.
const FIRST: u32 = 10;

/// One that can make virtual environments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CPython {
    pub(crate) version: (u32, u32, u32),
    pub(crate) program: PathBuf,
}

impl CPython {
    /// Like `3.13`.
    pub(crate) fn series(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }
}

impl fmt::Display for CPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.version;
        write!(f, "CPython {major}.{minor}.{patch}")
    }
}

/// The oldest that the package supports, and the newest; one, when it is both.
pub(crate) fn oldest_and_newest() -> Result<Vec<CPython>> {
    let all: BTreeSet<CPython> = candidates().iter().filter_map(|file| probe(file)).collect();
    let oldest = all.first().context(
        "install CPython 3.10 or later, with venv: `apt-get install python3 python3-venv`",
    )?;
    let newest = all
        .last()
        .filter(|newest| newest.series() != oldest.series());
    Ok([Some(oldest), newest]
        .into_iter()
        .flatten()
        .cloned()
        .collect())
}

/// The one that builds and measures.
pub(crate) fn newest() -> Result<CPython> {
    oldest_and_newest()?
        .pop()
        .context("an empty list is an error already")
}

/// Files that may be a CPython.
fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| {
            let home = std::env::var_os("HOME")?;
            Some(Path::new(&home).join(".pyenv"))
        });
    let versions = pyenv.and_then(|root| root.join("versions").read_dir().ok());
    for version in versions.into_iter().flatten().flatten() {
        folders.push(version.path().join("bin"));
    }
    let files = folders.iter().filter_map(|folder| folder.read_dir().ok());
    files
        .flatten()
        .flatten()
        .map(|file| file.path())
        .filter(|file| file.file_name().is_some_and(is_named_as_one))
        .collect()
}

/// `python3` and `python3.N`, but not `python3-config` and the like.
fn is_named_as_one(name: &OsStr) -> bool {
    let minor = name.to_str().and_then(|name| name.strip_prefix("python3"));
    match minor {
        Some("") => true,
        Some(minor) => minor
            .strip_prefix('.')
            .and_then(|minor| minor.parse().ok())
            .is_some_and(|minor: u32| minor >= FIRST),
        None => false,
    }
}

/// What it says of itself; nothing, when it does not run or cannot be used.
fn probe(program: &Path) -> Option<CPython> {
    // The stable ABI that the wheel is built for has no free-threaded form.
    const ASK: &str = "\
import ensurepip, sys, sysconfig, venv
assert sys.implementation.name == 'cpython' and not sysconfig.get_config_var('Py_GIL_DISABLED')
assert sys.version_info.releaselevel == 'final' and sys.prefix == sys.base_prefix
print(*sys.version_info[:3])";
    let said = run::capture(Command::new(program).args(["-I", "-c", ASK])).ok()?;
    let numbers: Vec<u32> = said.split(' ').map_while(|n| n.parse().ok()).collect();
    let [3, minor, patch] = *numbers else {
        return None;
    };
    (minor >= FIRST).then(|| CPython {
        version: (3, minor, patch),
        program: program.to_owned(),
    })
}
