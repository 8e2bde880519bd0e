//! The Python SDK.

mod environment;
mod wheel;

use std::process::Command;

use anyhow::Result;

use crate::run;
use crate::summary::{Counts, Summary};
use crate::test::stream;
use crate::tools::{Tools, bubblewrap, cpython, extend_path, pyright, python};
use environment::Environment;

/// Runs the tests on the wheel as it is published, installed alone, on the oldest and the newest CPython
/// that this machine has.
pub(crate) fn test(tools: &Tools, summary: &mut Summary) -> Result<()> {
    let wheel = wheel::build()?;
    let pythons = cpython::oldest_and_newest()?;
    let found: Vec<String> = pythons.iter().map(ToString::to_string).collect();
    summary.note(
        "python",
        &format!("the oldest and the newest found here: {}", found.join(", ")),
    );
    for interpreter in &pythons {
        let environment = Environment::fresh(interpreter)?;
        environment.install(&wheel)?;
        let mut command = environment.with_emulator(&["-m", "pytest"]);
        command
            .current_dir(run::root().join("tests/python"))
            .env("PYTHONPATH", python::test_tools(interpreter)?)
            .env("DENO_SANDBOX_TEST_EMULATOR", environment::emulator("debug"))
            .env("DENO_SANDBOX_TEST_PYRIGHT", pyright::ensure()?);
        tools.apply(&mut command);
        let (counts, succeeded) = stream(&mut command)?;
        // A crash ends the run without a result line.
        let unexplained = usize::from(!succeeded && counts.failed == 0);
        let counts = Counts {
            failed: counts.failed + unexplained,
            ..counts
        };
        summary.count(&format!("py{}", interpreter.series()), counts);
    }
    Ok(())
}

/// The volume story, told with the wheel against a real emulator.
pub(crate) fn demo() -> Result<()> {
    let sandboxes = bubblewrap::ensure()?;
    run::run(run::cargo().args(["build", "--quiet", "--package", "deno-sandbox-emulator"]))?;
    let environment = Environment::fresh(&cpython::newest()?)?;
    environment.install(&wheel::build()?)?;
    let story = run::root().join("examples/python/volume_story.py");
    let mut command = environment.with_emulator(&[]);
    command.arg(story);
    extend_path(&mut command, sandboxes.into_iter());
    run::run(&mut command)
}

/// The wheel beside the published package, turn by turn.
pub(crate) fn bench() -> Result<()> {
    let tools = Tools::set_up();
    let mut build = run::cargo();
    build.args(["build", "--release", "--package", "deno-sandbox-emulator"]);
    run::run(build.args(["--package", "deno-sandbox-benches", "--bins"]))?;
    let wheel = wheel::build()?;
    // Both packages on the interpreter that the published one's environment has.
    let published = python::published()?;
    let environment = Environment::fresh_as(&published)?;
    environment.install(&wheel)?;
    let mut command = Command::new(environment::emulator("release"));
    command
        // More than it allows unless told: 64 are measured at once.
        .args(["exec", "--max-sandboxes", "80", "--"])
        .arg(environment.python())
        .arg(run::root().join("benches/python/compare.py"))
        .arg(published)
        .arg(environment.python())
        .arg(wheel)
        .arg(run::target_dir().join("release/deno-sandbox-benches"));
    tools.apply(&mut command);
    run::run(&mut command)
}

/// A wheel and a source distribution, each installed into an empty environment.
pub(crate) fn package() -> Result<()> {
    let interpreter = cpython::newest()?;
    for package in [wheel::build()?, wheel::build_source()?] {
        let environment = Environment::fresh(&interpreter)?;
        environment.install(&package)?;
        let ask = "import deno_sandbox; print(deno_sandbox.__version__)";
        let version = run::capture(Command::new(environment.python()).args(["-c", ask]))?;
        println!("python   {} ({version})", package.display());
    }
    Ok(())
}
