//! The Swift SDK.

use anyhow::{Result, bail};

use crate::run;
use crate::summary::Summary;
use crate::tools::Tools;
use crate::tools::swift::Swift;

pub(crate) fn test(_tools: &Tools, summary: &mut Summary) -> Result<()> {
    let swift = Swift::ensure()?;
    run::run(swift.command("swift").arg("--version"))?;
    summary.note("swift", ABSENT);
    Ok(())
}

pub(crate) fn demo() -> Result<()> {
    bail!(ABSENT)
}

pub(crate) fn bench() -> Result<()> {
    bail!(ABSENT)
}

pub(crate) fn package() -> Result<()> {
    bail!(ABSENT)
}

const ABSENT: &str = "this repository has no Swift SDK yet";
