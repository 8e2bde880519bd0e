//! The standard library for `wasm32-unknown-unknown`: the toolchain's, else rustup's, else built
//! from Debian's sources of the same version.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{apt, dir, once};
use crate::run;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where the standard library comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WasmStd {
    /// The toolchain has it.
    Toolchain,
    /// Cargo builds it with everything else, from the sources in this folder.
    Sources(PathBuf),
}

impl WasmStd {
    /// Finds or fetches it, and says which way was taken.
    pub(crate) fn ensure() -> Result<Self> {
        if in_toolchain()? {
            println!("set-up: {TARGET} is in the toolchain");
            return Ok(Self::Toolchain);
        }
        // Once fetched they are used again: asking rustup first would wait for its host each time.
        let sources = match fetched_sources()? {
            Some(sources) => sources,
            None => match add_by_rustup() {
                Ok(()) => {
                    println!("set-up: {TARGET} was added by rustup");
                    return Ok(Self::Toolchain);
                }
                Err(error) => {
                    println!("set-up: rustup cannot add {TARGET}: {error:#}");
                    fetch_sources().with_context(|| {
                        format!("add it with `rustup target add {TARGET}` where that works")
                    })?
                }
            },
        };
        println!("set-up: {TARGET} is built from Debian's rust-src");
        Ok(Self::Sources(sources))
    }

    /// Makes a cargo command build for wasm.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        cargo.args(["--target", TARGET]);
        if let Self::Sources(library) = self {
            cargo.arg("-Zbuild-std=std,panic_abort");
            // `-Z` on a stable cargo, and sources outside the toolchain, which may not be ours to
            // write to. A target folder of its own keeps these builds from displacing the others.
            cargo
                .env("RUSTC_BOOTSTRAP", "1")
                .env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
            cargo.arg("--target-dir").arg(self.target_dir());
        }
    }

    /// Where [`apply`](Self::apply)'s builds go.
    pub(crate) fn target_dir(&self) -> PathBuf {
        match self {
            Self::Toolchain => run::target_dir(),
            Self::Sources(_) => run::target_dir().join("wasm-std"),
        }
    }
}

fn in_toolchain() -> Result<bool> {
    let sysroot = run::capture(rustc().args(["--print", "sysroot"]))?;
    Ok(Path::new(&sysroot)
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib")
        .is_dir())
}

fn add_by_rustup() -> Result<()> {
    let rustup = run::find("rustup").context("rustup is not on this machine")?;
    // Without its host rustup would try again and again.
    let mut add = Command::new(rustup);
    add.args(["target", "add", TARGET])
        .env("RUSTUP_MAX_RETRIES", "0");
    run::capture_within(&mut add, Duration::from_secs(60))
}

/// The sources of exactly this compiler's version, when an earlier run fetched them.
fn fetched_sources() -> Result<Option<PathBuf>> {
    let version = version()?;
    let library = dir().join(folder(&version)).join(library(&version));
    Ok(library.is_dir().then_some(library))
}

fn fetch_sources() -> Result<PathBuf> {
    let version = version()?;
    let library = library(&version);
    let folder = once(&folder(&version), |folder| {
        let package = format!("rust-src={version}*");
        apt::unpack(&package, Some("trixie-backports"), folder)?;
        ensure!(
            folder.join(&library).is_dir(),
            "the package has no {library}"
        );
        Ok(())
    })?;
    Ok(folder.join(library))
}

fn folder(version: &str) -> String {
    format!("rust-src-{version}")
}

/// Where the package keeps the standard library.
fn library(version: &str) -> String {
    format!("usr/src/rustc-{version}/library")
}

fn version() -> Result<String> {
    let verbose = run::capture(rustc().arg("-vV"))?;
    let release = verbose
        .lines()
        .find_map(|line| line.strip_prefix("release: "));
    Ok(release.context("`rustc -vV` names no release")?.to_owned())
}

fn rustc() -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    command.current_dir(run::root());
    command
}
