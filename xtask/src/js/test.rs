//! The tests of the packed package, in everything that runs it.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::build;
use super::project::{Project, Runtime};
use crate::run;
use crate::summary::{Counts, Summary};
use crate::test::stream;
use crate::tools::chromium::Chromium;
use crate::tools::{Tools, js_build, npm_packages, workerd};

/// Run in every runtime. The first two are those the published package is tested with.
const EVERYWHERE: [&str; 9] = [
    "tests/conformance/js/volume_guide.mjs",
    "tests/conformance/js/methods.mjs",
    "tests/js/vectors.mjs",
    "tests/js/face.mjs",
    "tests/js/transfer.mjs",
    "tests/js/entry_points.mjs",
    "tests/js/framing.mjs",
    "tests/js/defect.mjs",
    "tests/js/readme.mjs",
];

/// Run where there is no sandbox connection.
const WEB: [&str; 3] = [
    "tests/js/web/control_plane.mjs",
    "tests/js/web/browser.mjs",
    "tests/js/web/worker.mjs",
];

pub(crate) fn test(tools: &Tools, summary: &mut Summary) -> Result<()> {
    let ours = Project::with_package(&build::pack()?)?;
    let published = Project::with_modules(&npm_packages::ensure()?)?;
    for script in EVERYWHERE.iter().chain(&WEB).chain(&[
        "bindings-wasm/js/README.md",
        "tests/conformance/js/harness.mjs",
        "tests/js/leaks.mjs",
    ]) {
        ours.add(script)?;
    }
    for runtime in Runtime::all()? {
        if runtime.lacks_using() {
            ours.lower_scripts()?;
        }
        let mut counts = Counts::default();
        for script in EVERYWHERE {
            let name = Path::new(script).file_name().unwrap_or_default();
            let args = [&*name.to_string_lossy()];
            add(
                &mut counts,
                tools,
                &mut ours.with_emulator("debug", &runtime, &args),
            )?;
        }
        summary.count(runtime.name, counts);
    }
    let mut counts = Counts::default();
    let node = Runtime::named("node")?;
    let leaks = ["--expose-gc", "leaks.mjs"];
    add(
        &mut counts,
        tools,
        &mut ours.with_emulator("debug", &node, &leaks),
    )?;
    add(
        &mut counts,
        tools,
        &mut side_by_side(&published, &ours, &node),
    )?;
    add(&mut counts, tools, &mut types(&published, &ours, &node)?)?;
    summary.count("js", counts);
    web(tools, summary, &ours, &node)
}

/// A browser and a Worker.
fn web(tools: &Tools, summary: &mut Summary, ours: &Project, node: &Runtime) -> Result<()> {
    let mut counts = Counts::default();
    let chromium = Chromium::ensure()?;
    let mut browser = ours.with_emulator("debug", node, &["browser.mjs"]);
    browser.arg(chromium.program()).arg(chromium.libraries());
    add(&mut counts, tools, &mut browser)?;
    summary.count("chromium", counts);
    let mut counts = Counts::default();
    let mut worker = ours.with_emulator("debug", node, &["worker.mjs"]);
    add(&mut counts, tools, worker.arg(workerd::ensure()?))?;
    summary.count("workerd", counts);
    Ok(())
}

fn add(counts: &mut Counts, tools: &Tools, command: &mut Command) -> Result<()> {
    tools.apply(command);
    let (run, succeeded) = stream(command)?;
    counts.passed += run.passed;
    // A crash ends a script without a result line, and one that ran nothing has not passed.
    let unexplained = usize::from(run.failed == 0 && (!succeeded || run.passed == 0));
    counts.failed += run.failed + unexplained;
    Ok(())
}

/// Each package has an emulator of its own: the runner starts it.
fn side_by_side(published: &Project, ours: &Project, node: &Runtime) -> Command {
    let mut compare = Command::new(node.program());
    compare
        .arg(run::root().join("tests/js/side_by_side/compare.mjs"))
        .args([published.folder(), ours.folder()])
        .arg(run::target_dir().join("debug/deno-sandbox-emulator"))
        .args(["exec", "--"])
        .arg(node.program());
    compare
}

/// The published package's types against ours.
fn types(published: &Project, ours: &Project, node: &Runtime) -> Result<Command> {
    let modules = js_build::ensure()?;
    let mut check = Command::new(node.program());
    check
        .arg(run::root().join("tests/js/types/check.mjs"))
        .args([published.folder(), ours.folder()])
        .arg(modules.join("typescript/bin/tsc"))
        .arg(modules.join("@types"));
    Ok(check)
}
