use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{npm, once};
use crate::run;

const VERSION: &str = "24.9.0";

/// The program `node`.
pub(super) fn ensure() -> Result<PathBuf> {
    // The package `node` is a script that picks this one.
    let package = format!("node-{}", npm::platform()?);
    let program = PathBuf::from("node_modules")
        .join(&package)
        .join("bin/node");
    let folder = once(&format!("node-{VERSION}"), |folder| {
        npm::install(&package, VERSION, folder)?;
        run::capture(Command::new(folder.join(&program)).arg("--version"))?;
        Ok(())
    })?;
    Ok(folder.join(program))
}
