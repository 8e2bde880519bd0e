use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{npm, once};
use crate::run;

const VERSION: &str = "1.20261117.1";

/// The program `workerd`, which Workers run in.
pub(crate) fn ensure() -> Result<PathBuf> {
    let platform = npm::platform()?.replace("x64", "64");
    let package = format!("@cloudflare/workerd-{platform}");
    let program = PathBuf::from("node_modules")
        .join(&package)
        .join("bin/workerd");
    let folder = once(&format!("workerd-{VERSION}"), |folder| {
        npm::install(&package, VERSION, folder)?;
        run::capture(Command::new(folder.join(&program)).arg("--version"))?;
        Ok(())
    })?;
    Ok(folder.join(program))
}
