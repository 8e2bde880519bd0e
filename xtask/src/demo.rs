//! The volume story, told by a real program against a real emulator.

use std::process::Command;

use anyhow::{Context, Result};

use crate::language::Languages;
use crate::run;
use crate::tools::{self, bubblewrap};

pub(crate) fn run(languages: Languages) -> Result<()> {
    languages.check()?;
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
    run::run(&mut story)?;
    for (language, line) in languages.missing() {
        println!("{:<8} {line}", language.name());
    }
    Ok(())
}
