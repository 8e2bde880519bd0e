use std::path::PathBuf;

use anyhow::Result;

use super::{npm, once};

const VERSION: &str = "1.1.414";

/// The script that Node.js runs as `pyright`.
pub(crate) fn ensure() -> Result<PathBuf> {
    let folder = once(&format!("pyright-{VERSION}"), |folder| {
        npm::install("pyright", VERSION, folder)
    })?;
    Ok(folder.join("node_modules/pyright/index.js"))
}
