//! The JavaScript SDK.

mod build;
mod project;
mod test;

use anyhow::{Context, Result};

use crate::run;
use crate::tools::{Tools, bubblewrap, npm_packages};
use project::{Project, Runtime};

pub(crate) use test::test;

/// The volume story, told by the packed package against a real emulator.
pub(crate) fn demo(runtime: Option<&str>) -> Result<()> {
    let runtime = Runtime::named(runtime.unwrap_or("deno"))?;
    let sandboxes = bubblewrap::ensure().context("the demo needs sandboxes")?;
    run::run(run::cargo().args(["build", "--quiet", "--package", "deno-sandbox-emulator"]))?;
    let project = Project::with_package(&build::pack()?)?;
    project.add("examples/js/volume_story.mjs")?;
    let mut story = project.with_emulator("debug", &runtime, &["volume_story.mjs"]);
    crate::tools::extend_path(&mut story, sandboxes.into_iter());
    run::run(&mut story)
}

/// The packed package beside the published one, turn by turn.
pub(crate) fn bench() -> Result<()> {
    let tools = Tools::set_up();
    let mut build = run::cargo();
    build.args(["build", "--release", "--package", "deno-sandbox-emulator"]);
    run::run(&mut build)?;
    let ours = Project::with_package(&build::pack()?)?;
    let published = Project::with_modules(&npm_packages::ensure()?)?;
    let deno = Runtime::named("deno")?;
    for script in ["measure.mjs", "compare.mjs"] {
        ours.add(&format!("benches/js/{script}"))?;
    }
    let mut compare = ours.with_emulator("release", &Runtime::named("node")?, &["compare.mjs"]);
    compare
        .arg(published.folder())
        .arg(ours.folder())
        .arg(deno.program());
    tools.apply(&mut compare);
    run::run(&mut compare)
}

/// A tarball that Deno, Node and Bun install, seen to be installed by each.
pub(crate) fn package() -> Result<()> {
    let tarball = build::pack()?;
    for runtime in ["deno", "node", "bun"] {
        let runtime = Runtime::named(runtime)?;
        let version = runtime.install_and_import(&tarball)?;
        println!("js       {} ({version})", tarball.display());
    }
    Ok(())
}
