//! What is published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;
use crate::tools::{cpython, python};

/// The wheel, for every CPython from 3.10 on.
pub(super) fn build() -> Result<PathBuf> {
    let mut maturin = maturin()?;
    let interpreter = cpython::newest()?.program;
    maturin.args(["build", "--quiet", "--locked", "--release", "--interpreter"]);
    collect(maturin.arg(interpreter), "whl")
}

/// The sources, with the core's.
pub(super) fn build_source() -> Result<PathBuf> {
    let mut maturin = maturin()?;
    collect(maturin.arg("sdist"), "tar.gz")
}

fn maturin() -> Result<Command> {
    let mut maturin = Command::new(python::maturin()?);
    maturin.current_dir(run::root().join("bindings-python"));
    Ok(maturin)
}

/// Runs it with an empty folder to fill, and keeps the one file of that kind that it leaves.
fn collect(maturin: &mut Command, extension: &str) -> Result<PathBuf> {
    let published = run::target_dir().join("package/python");
    let fresh = published.join(format!("fresh-{}", std::process::id()));
    run::run(maturin.arg("--out").arg(&fresh))?;
    let built = only(&fresh, extension)?;
    // Another version's would be taken for this one's.
    for old in published.read_dir()? {
        let old = old?.path();
        if ends_with(&old, extension) {
            fs::remove_file(old)?;
        }
    }
    let kept = published.join(built.file_name().context("a file has a name")?);
    fs::rename(&built, &kept)?;
    fs::remove_dir_all(fresh)?;
    Ok(kept)
}

fn only(folder: &Path, extension: &str) -> Result<PathBuf> {
    let files = folder.read_dir()?.flatten().map(|file| file.path());
    files
        .into_iter()
        .find(|file| ends_with(file, extension))
        .with_context(|| format!("maturin left no .{extension} in {}", folder.display()))
}

fn ends_with(file: &Path, extension: &str) -> bool {
    let name = file.to_string_lossy();
    name.ends_with(&format!(".{extension}"))
}
