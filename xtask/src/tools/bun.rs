use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{npm, once};
use crate::run;

const VERSION: &str = "1.4.5";

/// The program `bun`.
pub(crate) fn ensure() -> Result<PathBuf> {
    // The package `bun` is a script that picks this one.
    let package = format!("@oven/bun-{}", npm::platform()?.replace("arm64", "aarch64"));
    let program = PathBuf::from("node_modules").join(&package).join("bin/bun");
    let folder = once(&format!("bun-{VERSION}"), |folder| {
        npm::install(&package, VERSION, folder)?;
        run::capture(Command::new(folder.join(&program)).arg("--version"))?;
        Ok(())
    })?;
    Ok(folder.join(program))
}
