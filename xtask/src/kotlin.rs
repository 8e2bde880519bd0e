//! The Kotlin SDK.

mod bench;
mod examples;
mod package;
mod project;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::run;
use crate::summary::{Counts, Summary};
use crate::test::stream;
use crate::tools::maven::Maven;
use crate::tools::{self, Tools, bubblewrap};
use project::{Profile, Program, prepare, with_emulator};

pub(crate) use bench::bench;
pub(crate) use package::package;

/// The Kotlin package.
fn sources() -> PathBuf {
    run::root().join("bindings-uniffi/kotlin")
}

pub(crate) fn test(tools: &Tools, summary: &mut Summary) -> Result<()> {
    let maven = Maven::ensure()?;
    prepare(Profile::Debug)?;
    examples::write()?;
    let mut maven_test = maven.command();
    maven_test
        .arg("--file")
        .arg(sources().join("pom.xml"))
        .arg("test");
    let mut tests = with_emulator(Profile::Debug, &maven_test);
    tools.apply(&mut tests);
    let (counts, succeeded) = stream(&mut tests)?;
    // What does not compile, and a crash, end Maven without a result line.
    let unexplained = usize::from(!succeeded && counts.failed == 0);
    summary.count(
        "kotlin",
        Counts {
            failed: counts.failed + unexplained,
            ..counts
        },
    );
    Ok(())
}

/// The volume story, told by a real program against a real emulator.
pub(crate) fn demo() -> Result<()> {
    let sandboxes = bubblewrap::ensure().context("the demo needs sandboxes")?;
    let maven = Maven::ensure()?;
    let mut build = run::cargo();
    run::run(build.args(["build", "--quiet", "--package", "deno-sandbox-emulator"]))?;
    prepare(Profile::Debug)?;
    let program = Program::of_repository(&maven, "examples/kotlin/volume-story")?;
    let story = program.command(&maven, "VolumeStoryKt");
    let mut story = with_emulator(Profile::Debug, &story);
    tools::extend_path(&mut story, sandboxes.into_iter());
    run::run(&mut story)
}
