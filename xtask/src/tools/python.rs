use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::once;
use crate::run;

/// The program `python` of an environment with the published `deno-sandbox`, as
/// `xtask/python/requirements.txt` pins it.
pub(super) fn ensure() -> Result<PathBuf> {
    let folder = once("deno-sandbox-python-0.16.0", install)?;
    Ok(folder.join("bin/python"))
}

fn install(folder: &Path) -> Result<()> {
    let python =
        run::find("python3").context("install Python 3.10 or later: `apt-get install python3`")?;
    run::capture(Command::new(python).args(["-m", "venv"]).arg(folder))
        .context("Python's venv is missing: `apt-get install python3-venv`")?;
    let requirements = run::root().join("xtask/python/requirements.txt");
    let python = folder.join("bin/python");
    run::capture(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(requirements),
    )?;
    run::capture(Command::new(&python).args(["-c", "import deno_sandbox"]))?;
    Ok(())
}
