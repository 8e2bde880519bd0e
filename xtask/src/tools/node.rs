use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{npm, once};
use crate::run;

/// What runs where any version would do.
const VERSION: &str = "24.9.0";

/// One of each release line that the JavaScript package supports, and the name of the line.
pub(crate) const LINES: [(&str, &str); 3] = [
    ("node20", "20.20.2"),
    ("node22", "22.23.3"),
    ("node24", VERSION),
];

/// The program `node`.
pub(crate) fn ensure() -> Result<PathBuf> {
    version(VERSION)
}

/// The program `node` of a version.
pub(crate) fn version(version: &str) -> Result<PathBuf> {
    // The package `node` is a script that picks this one.
    let package = format!("node-{}", npm::platform()?);
    let program = PathBuf::from("node_modules")
        .join(&package)
        .join("bin/node");
    let folder = once(&format!("node-{version}"), |folder| {
        npm::install(&package, version, folder)?;
        run::capture(Command::new(folder.join(&program)).arg("--version"))?;
        Ok(())
    })?;
    Ok(folder.join(program))
}
