//! The standard library for another platform: the toolchain's, else rustup's, else built from the sources
//! of the same version. Where the size of what is built matters, it is always built, for size.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{apt, dir, once};
use crate::run;

/// Browsers, and whatever else runs WebAssembly.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for one target.
#[derive(Debug)]
pub(crate) struct RustStd {
    target: &'static str,
    /// Cargo builds it with everything else, from the sources in this folder; none where the toolchain
    /// has it.
    sources: Option<PathBuf>,
    /// Whether it is built for size, and a panic in it and in all above it is a bare trap.
    small: bool,
}

impl RustStd {
    /// Finds or fetches it, and says which way was taken.
    pub(crate) fn ensure(target: &'static str) -> Result<Self> {
        let in_toolchain = Self {
            target,
            sources: None,
            small: false,
        };
        if sysroot()?
            .join("lib/rustlib")
            .join(target)
            .join("lib")
            .is_dir()
        {
            println!("set-up: {target} is in the toolchain");
            return Ok(in_toolchain);
        }
        // Once fetched they are used again: asking rustup first would wait for its host each time.
        let sources = match fetched_sources()? {
            Some(sources) => sources,
            None => match rustup(&["target", "add", target]) {
                Ok(()) => {
                    println!("set-up: {target} was added by rustup");
                    return Ok(in_toolchain);
                }
                Err(error) => {
                    println!("set-up: rustup cannot add {target}: {error:#}");
                    fetch_sources().with_context(|| {
                        format!("add it with `rustup target add {target}` where that works")
                    })?
                }
            },
        };
        println!("set-up: {target} is built from Debian's rust-src");
        Ok(Self {
            target,
            sources: Some(sources),
            small: false,
        })
    }

    /// Finds or fetches the sources, to build the library for size.
    pub(crate) fn small(target: &'static str) -> Result<Self> {
        let in_toolchain = sysroot()?.join("lib/rustlib/src/rust/library");
        let sources = if in_toolchain.join("std").is_dir() {
            in_toolchain
        } else if let Some(sources) = fetched_sources()? {
            sources
        } else if let Err(error) = rustup(&["component", "add", "rust-src"]) {
            println!("set-up: rustup cannot add rust-src: {error:#}");
            fetch_sources()
                .context("add it with `rustup component add rust-src` where that works")?
        } else {
            in_toolchain
        };
        println!(
            "set-up: {target} is built for size from {}",
            sources.display()
        );
        Ok(Self {
            target,
            sources: Some(sources),
            small: true,
        })
    }

    /// Makes a cargo command build for the target.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        cargo.args(["--target", self.target]);
        if let Some(library) = &self.sources {
            cargo.arg("-Zbuild-std=std,panic_abort");
            if self.small {
                cargo.arg("-Zbuild-std-features=optimize_for_size");
            }
            // `-Z` on a stable cargo, and sources outside the toolchain, which may not be ours to
            // write to. A target folder of its own keeps these builds from displacing the others.
            cargo
                .env("RUSTC_BOOTSTRAP", "1")
                .env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
            cargo.arg("--target-dir").arg(self.target_dir());
        }
    }

    /// Flags for the compiler.
    pub(crate) fn flags(&self) -> &'static str {
        match self.small {
            true => "-Zunstable-options -Cpanic=immediate-abort",
            false => "",
        }
    }

    /// Where [`apply`](Self::apply)'s builds go.
    pub(crate) fn target_dir(&self) -> PathBuf {
        match &self.sources {
            None => run::target_dir(),
            Some(_) => run::target_dir().join("rust-std"),
        }
    }
}

fn sysroot() -> Result<PathBuf> {
    Ok(run::capture(rustc().args(["--print", "sysroot"]))?.into())
}

fn rustup(args: &[&str]) -> Result<()> {
    let rustup = run::find("rustup").context("rustup is not on this machine")?;
    // Without its host rustup would try again and again.
    let mut rustup = Command::new(rustup);
    rustup
        .args(args)
        .env("RUSTUP_MAX_RETRIES", "0")
        .current_dir(run::root());
    run::capture_within(&mut rustup, Duration::from_secs(60))
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
