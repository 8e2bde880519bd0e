//! The Kotlin SDK beside the Rust SDK it stands on.

use anyhow::Result;

use super::project::{Profile, Program, prepare, with_emulator};
use crate::run;
use crate::tools::Tools;
use crate::tools::maven::Maven;

/// Both programs measure the same, against one emulator; the Kotlin one starts the other in between, so
/// that what else the machine does is shared alike.
pub(crate) fn bench() -> Result<()> {
    let tools = Tools::set_up();
    let maven = Maven::ensure()?;
    let mut build = run::cargo();
    build.args(["build", "--release", "--package", "deno-sandbox-emulator"]);
    run::run(build.args(["--package", "deno-sandbox-benches", "--bins"]))?;
    prepare(Profile::Release)?;
    let program = Program::of_repository(&maven, "benches/kotlin/compare")?;
    let mut compare = program.command(&maven, "CompareKt");
    compare.arg(run::target_dir().join("release/deno-sandbox-bench-calls"));
    let mut compare = with_emulator(Profile::Release, &compare);
    tools.apply(&mut compare);
    run::run(&mut compare)
}
