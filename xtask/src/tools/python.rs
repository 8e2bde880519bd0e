//! Packages from PyPI, each set at the versions that a file of `xtask/python` pins.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::cpython::{self, CPython};
use super::once;
use crate::run;

/// The program `python` of an environment with the published `deno-sandbox`.
pub(crate) fn published() -> Result<PathBuf> {
    let folder = once("deno-sandbox-python-0.16.0", |folder| {
        let python = environment(&any()?, folder)?;
        install(&python, "published.txt", &[])?;
        run::capture(Command::new(&python).args(["-c", "import deno_sandbox"]))?;
        Ok(())
    })?;
    Ok(folder.join("bin/python"))
}

/// The program `maturin`.
pub(crate) fn maturin() -> Result<PathBuf> {
    let folder = once("maturin-1.16.0", |folder| {
        install(&environment(&any()?, folder)?, "maturin.txt", &[])
    })?;
    Ok(folder.join("bin/maturin"))
}

/// A folder of packages that a Python of the same version can import: pytest and mypy.
pub(crate) fn test_tools(python: &CPython) -> Result<PathBuf> {
    let name = format!("pytest-9.2.0-mypy-2.4.1-python-{}", python.series());
    once(&name, |folder| {
        let target = ["--target".as_ref(), folder.as_os_str()];
        install(&python.program, "tests.txt", &target)
    })
}

/// Makes an empty virtual environment, and gives its `python`.
pub(crate) fn environment(python: &Path, folder: &Path) -> Result<PathBuf> {
    run::capture(Command::new(python).args(["-m", "venv"]).arg(folder))
        .context("Python's venv is missing: `apt-get install python3-venv`")?;
    Ok(folder.join("bin/python"))
}

/// What runs tools that are no matter of versions.
fn any() -> Result<PathBuf> {
    Ok(cpython::newest()?.program)
}

fn install(python: &Path, requirements: &str, options: &[&std::ffi::OsStr]) -> Result<()> {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--disable-pip-version-check", "--root-user-action=ignore"])
        .args(options)
        .arg("-r")
        .arg(run::root().join("xtask/python").join(requirements));
    run::capture(&mut pip)?;
    Ok(())
}
