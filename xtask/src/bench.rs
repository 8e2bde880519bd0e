//! Measurements against an emulator built for speed.

use std::process::Command;

use anyhow::Result;

use crate::language::Languages;
use crate::run;
use crate::tools::Tools;

pub(crate) fn run(languages: Languages) -> Result<()> {
    languages.check()?;
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
    run::run(&mut bench)?;
    for (language, line) in languages.missing() {
        println!("{:<8} {line}", language.name());
    }
    Ok(())
}
