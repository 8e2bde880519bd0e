use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, once};
use crate::run;

/// The folder to add to the search path, or nothing when bubblewrap is on it already.
pub(crate) fn ensure() -> Result<Option<PathBuf>> {
    if run::find("bwrap").is_some() {
        return Ok(None);
    }
    let installed = once("bubblewrap", |folder| {
        apt::unpack("bubblewrap", None, folder)?;
        run::capture(Command::new(folder.join("usr/bin/bwrap")).arg("--version"))?;
        Ok(())
    });
    let folder =
        installed.context("install it with your package manager: `apt-get install bubblewrap`")?;
    Ok(Some(folder.join("usr/bin")))
}
