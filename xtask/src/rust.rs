//! The Rust SDK, and what the other languages stand on.

use std::process::Command;

use anyhow::{Context, Result};

use crate::run;
use crate::summary::{Counts, Summary};
use crate::test::stream;
use crate::tools::{self, Tools, bubblewrap};

pub(crate) fn test(tools: &Tools, summary: &mut Summary) -> Result<()> {
    let mut command = run::cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    tools.apply(&mut command);
    let missing = tools.missing();
    if !missing.is_empty() {
        command.arg("--");
    }
    for (module, reason) in missing {
        // Tests that need a tool live in a module named after it.
        command.args(["--skip", &format!("{module}::")]);
        summary.skip("rust", &format!("tests in `{module}`: {reason}"));
    }
    let (counts, succeeded) = stream(&mut command)?;
    // A build error or a crash ends a test program without a result line.
    let unexplained = usize::from(!succeeded && counts.failed == 0);
    summary.count(
        "rust",
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
    let mut build = run::cargo();
    run::run(build.args(["build", "--quiet", "--package", "deno-sandbox-emulator"]))?;
    let mut build = run::cargo();
    let example = ["--package", "deno-sandbox", "--example", "volume_story"];
    run::run(build.args(["build", "--quiet"]).args(example))?;
    let programs = run::target_dir().join("debug");
    let mut story = Command::new(programs.join("deno-sandbox-emulator"));
    story
        .args(["exec", "--"])
        .arg(programs.join("examples/volume_story"));
    tools::extend_path(&mut story, sandboxes.into_iter());
    run::run(&mut story)
}

pub(crate) fn bench() -> Result<()> {
    let tools = Tools::set_up();
    let mut build = run::cargo();
    build.args(["build", "--release", "--package", "deno-sandbox-emulator"]);
    run::run(build.args(["--package", "deno-sandbox-benches", "--bins"]))?;
    let programs = run::target_dir().join("release");
    let mut bench = Command::new(programs.join("deno-sandbox-emulator"));
    bench
        .args(["exec", "--"])
        .arg(programs.join("deno-sandbox-benches"));
    tools.apply(&mut bench);
    run::run(&mut bench)
}

pub(crate) fn package() -> Result<()> {
    run::run(run::cargo().args(["package", "--package", "deno-sandbox"]))?;
    println!("rust     {}", run::target_dir().join("package").display());
    Ok(())
}
