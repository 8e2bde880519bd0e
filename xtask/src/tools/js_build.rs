use std::path::PathBuf;

use anyhow::Result;

use super::{npm, once};
use crate::run;

/// The folder `node_modules` with TypeScript, the bundler and the optimizer of WebAssembly, as `xtask/npm/js` locks them.
pub(crate) fn ensure() -> Result<PathBuf> {
    let folder = once("js-build-2", |folder| {
        npm::install_locked(&run::root().join("xtask/npm/js"), folder)
    })?;
    Ok(folder.join("node_modules"))
}
