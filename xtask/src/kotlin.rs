//! The Kotlin SDK.

use anyhow::{Result, bail};

use crate::summary::Summary;
use crate::tools::Tools;

pub(crate) fn test(_tools: &Tools, summary: &mut Summary) -> Result<()> {
    summary.note("kotlin", ABSENT);
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

const ABSENT: &str = "this repository has no Kotlin SDK yet";
