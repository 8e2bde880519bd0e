use std::path::PathBuf;

use anyhow::Result;

use super::{npm, once};
use crate::run;

/// The folder `node_modules` with the published `@deno/sandbox`, as `xtask/npm/published` locks it.
pub(crate) fn ensure() -> Result<PathBuf> {
    let folder = once("deno-sandbox-npm-0.13.2", |folder| {
        npm::install_locked(&run::root().join("xtask/npm/published"), folder)
    })?;
    Ok(folder.join("node_modules"))
}
