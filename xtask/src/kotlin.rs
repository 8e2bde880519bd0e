//! The Kotlin SDK.

mod project;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::run;
use crate::summary::Summary;
use crate::tools::maven::Maven;
use crate::tools::{self, Tools, bubblewrap};
use project::{Profile, prepare, with_emulator};

/// The Kotlin package.
fn sources() -> PathBuf {
    run::root().join("bindings-uniffi/kotlin")
}

/// The volume story, told by a real program against a real emulator.
pub(crate) fn demo() -> Result<()> {
    let sandboxes = bubblewrap::ensure().context("the demo needs sandboxes")?;
    let maven = Maven::ensure()?;
    let mut build = run::cargo();
    run::run(build.args(["build", "--quiet", "--package", "deno-sandbox-emulator"]))?;
    prepare(Profile::Debug)?;
    let program = project::program(&maven, "volume-story", "examples/kotlin/volume-story")?;
    let story = program.command(&maven, "VolumeStoryKt");
    let mut story = with_emulator(Profile::Debug, &story);
    tools::extend_path(&mut story, sandboxes.into_iter());
    run::run(&mut story)
}

pub(crate) fn test(_tools: &Tools, _summary: &mut Summary) -> Result<()> {
    Ok(())
}
pub(crate) fn bench() -> Result<()> {
    Ok(())
}
pub(crate) fn package() -> Result<()> {
    Ok(())
}
