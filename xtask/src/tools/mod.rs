//! What the commands need beside Rust: each tool at a pinned version, fetched by its ecosystem's
//! own client, kept in `target/tools`, checked once.

mod apt;
pub(crate) mod bubblewrap;
pub(crate) mod bun;
pub(crate) mod cargo_fuzz;
pub(crate) mod chromium;
pub(crate) mod cpython;
pub(crate) mod deno;
mod e2fsprogs;
pub(crate) mod js_build;
pub(crate) mod maven;
pub(crate) mod node;
pub(crate) mod npm;
pub(crate) mod npm_packages;
pub(crate) mod pyright;
pub(crate) mod python;
pub(crate) mod rust_std;
pub(crate) mod swift;
pub(crate) mod workerd;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// The tools of the tests, each there or with the reason why not.
#[derive(Debug)]
pub(crate) struct Tools {
    bubblewrap: Result<Option<PathBuf>>,
    e2fsprogs: Result<()>,
    node: Result<PathBuf>,
    deno: Result<PathBuf>,
    npm_packages: Result<PathBuf>,
    python: Result<PathBuf>,
    root: Result<()>,
}

impl Tools {
    /// Fetches what is missing.
    pub(crate) fn set_up() -> Self {
        Self {
            bubblewrap: bubblewrap::ensure(),
            e2fsprogs: e2fsprogs::check(),
            node: node::ensure(),
            deno: deno::ensure(),
            npm_packages: npm_packages::ensure(),
            python: python::published(),
            root: root(),
        }
    }

    /// Says which tools are missing and how to get them.
    pub(crate) fn report(&self) {
        let failures = [
            self.bubblewrap.as_ref().err().map(|e| ("bubblewrap", e)),
            self.e2fsprogs.as_ref().err().map(|e| ("e2fsprogs", e)),
            self.node.as_ref().err().map(|e| ("node", e)),
            self.deno.as_ref().err().map(|e| ("deno", e)),
            self.npm_packages
                .as_ref()
                .err()
                .map(|e| ("@deno/sandbox", e)),
            self.python
                .as_ref()
                .err()
                .map(|e| ("deno-sandbox (PyPI)", e)),
        ];
        let mut complete = true;
        for (tool, error) in failures.into_iter().flatten() {
            complete = false;
            println!("set-up: {tool} is missing: {error:#}");
        }
        if complete {
            println!("set-up: every tool is there ({})", dir().display());
        }
    }

    /// Test modules that cannot run, each with the reason.
    pub(crate) fn missing(&self) -> Vec<(&'static str, String)> {
        let packages = || self.npm_packages.as_ref().err();
        [
            ("with_node", self.node.as_ref().err().or_else(packages)),
            ("with_deno", self.deno.as_ref().err().or_else(packages)),
            ("with_python", self.python.as_ref().err()),
            ("with_root", self.root.as_ref().err()),
        ]
        .into_iter()
        .filter_map(|(module, error)| Some((module, format!("{:#}", error?))))
        .collect()
    }

    /// Points a child process at the tools.
    pub(crate) fn apply(&self, command: &mut Command) {
        extend_path(command, self.bubblewrap.iter().flatten().cloned());
        let variables = [
            ("DENO_SANDBOX_TEST_NODE", &self.node),
            ("DENO_SANDBOX_TEST_DENO", &self.deno),
            ("DENO_SANDBOX_TEST_NODE_MODULES", &self.npm_packages),
            ("DENO_SANDBOX_TEST_PYTHON", &self.python),
        ];
        for (name, path) in variables {
            if let Ok(path) = path {
                command.env(name, path);
            }
        }
    }
}

/// Puts folders first on a child's search path, and the administrator's programs last, which
/// ordinary users lack.
pub(crate) fn extend_path(command: &mut Command, folders: impl Iterator<Item = PathBuf>) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = folders
        .chain(std::env::split_paths(&path))
        .chain(["/usr/sbin".into(), "/sbin".into()]);
    // Fails only on a folder with a colon in its name; the inherited path then stays.
    let path: OsString = std::env::join_paths(all).unwrap_or(path);
    command.env("PATH", path);
}

/// Whether volumes get a hard limit and sandboxes a memory limit, which takes root.
fn root() -> Result<()> {
    let user = fs::metadata("/proc/self")?.uid();
    anyhow::ensure!(
        user == 0,
        "volumes with a hard limit and memory limits need root; run as root to test them too"
    );
    Ok(())
}

/// Where tools are kept.
fn dir() -> PathBuf {
    run::target_dir().join("tools")
}

/// A tool's folder, made by `install` the first time. The name holds the version, so a new version
/// is a new folder; a folder is there only when its installation went through.
fn once(name: &str, install: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let ready = dir().join(name);
    if ready.exists() {
        return Ok(ready);
    }
    println!("set-up: installing {name}");
    let partial = dir().join(format!("{name}.partial-{}", std::process::id()));
    fs::create_dir_all(&partial)
        .with_context(|| format!("could not create {}", partial.display()))?;
    let installed = install(&partial);
    if installed.is_ok() && fs::rename(&partial, &ready).is_ok() {
        return Ok(ready);
    }
    fs::remove_dir_all(&partial).ok();
    installed?;
    // Another run was faster.
    anyhow::ensure!(
        ready.exists(),
        "could not move {} into place",
        partial.display()
    );
    Ok(ready)
}
