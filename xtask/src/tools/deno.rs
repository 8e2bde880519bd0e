use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{npm, once};
use crate::run;

const VERSION: &str = "2.9.6";

/// The program `deno`.
pub(crate) fn ensure() -> Result<PathBuf> {
    // The package `deno` is a script that picks this one.
    let package = format!("@deno/{}-glibc", npm::platform()?);
    let program = PathBuf::from("node_modules").join(&package).join("deno");
    let folder = once(&format!("deno-{VERSION}"), |folder| {
        npm::install(&package, VERSION, folder)?;
        run::capture(Command::new(folder.join(&program)).arg("--version"))?;
        Ok(())
    })?;
    Ok(folder.join(program))
}
