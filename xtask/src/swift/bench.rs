//! The Swift SDK beside the Rust SDK it stands on.

use anyhow::Result;

use super::{Core, Package, Profile, prepare, sources, with_emulator};
use crate::run;
use crate::tools::Tools;
use crate::tools::swift::Swift;

/// Both programs measure the same, against one emulator; the Swift one starts the other in between, so
/// that what else the machine does is shared alike.
pub(crate) fn bench() -> Result<()> {
    let tools = Tools::set_up();
    let swift = Swift::ensure()?;
    let mut build = run::cargo();
    build.args(["build", "--release", "--package", "deno-sandbox-emulator"]);
    run::run(build.args(["--package", "deno-sandbox-benches", "--bins"]))?;
    let built = prepare(Profile::Release, &sources())?;
    let package = Package::new(&swift, run::root().join("benches/swift/compare"), "bench");
    if built == Core::Changed {
        package.forget("Compare")?;
    }
    let program = package.build(Profile::Release, "Compare")?;
    let mut compare = swift.command(&program.to_string_lossy());
    compare.arg(run::target_dir().join("release/deno-sandbox-bench-calls"));
    let mut compare = with_emulator(Profile::Release, &compare);
    tools.apply(&mut compare);
    run::run(&mut compare)
}
