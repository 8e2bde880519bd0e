//! npm, without ever running a package's own scripts.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// Installs one package at one version.
pub(super) fn install(package: &str, version: &str, folder: &Path) -> Result<()> {
    fs::write(folder.join("package.json"), "{\"private\":true}\n")?;
    run::capture(npm(folder)?.args(["install", &format!("{package}@{version}")]))?;
    Ok(())
}

/// Installs what a lock file says.
pub(super) fn install_locked(locked: &Path, folder: &Path) -> Result<()> {
    for file in ["package.json", "package-lock.json"] {
        fs::copy(locked.join(file), folder.join(file))?;
    }
    run::capture(npm(folder)?.arg("ci"))?;
    Ok(())
}

/// The operating system and processor as npm's packages of programs name them.
pub(super) fn platform() -> Result<String> {
    match (OS, ARCH) {
        ("linux", "x86_64") => Ok("linux-x64".to_owned()),
        ("linux", "aarch64") => Ok("linux-arm64".to_owned()),
        _ => bail!("there is no prebuilt program for {OS} on {ARCH}"),
    }
}

/// Installs a packed package, alone, into an empty project.
pub(crate) fn install_packed(tarball: &Path, folder: &Path) -> Result<()> {
    fs::write(
        folder.join("package.json"),
        "{\"private\":true,\"type\":\"module\"}\n",
    )?;
    run::capture(npm(folder)?.args(["install", "--offline"]).arg(tarball))?;
    Ok(())
}

/// Packs a package's folder; the tarball.
pub(crate) fn pack(package: &Path, into: &Path) -> Result<PathBuf> {
    fs::create_dir_all(into)?;
    let mut pack = npm(package)?;
    let name = run::capture(pack.args(["pack", "--pack-destination"]).arg(into))?;
    Ok(into.join(name.lines().last().unwrap_or_default()))
}

fn npm(folder: &Path) -> Result<Command> {
    let npm =
        run::find("npm").context("npm fetches it: install Node.js (`apt-get install npm`)")?;
    let mut command = Command::new(npm);
    command.current_dir(folder);
    command.args([
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
    ]);
    Ok(command)
}
