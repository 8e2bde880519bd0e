//! The Swift SDK.

mod bench;
mod examples;
mod package;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;
use crate::summary::{Counts, Summary};
use crate::test::stream;
use crate::tools::swift::Swift;
use crate::tools::{self, Tools, bubblewrap};

pub(crate) use bench::bench;
pub(crate) use package::package;

/// The Swift package.
fn sources() -> PathBuf {
    run::root().join("bindings-uniffi/swift")
}

pub(crate) fn test(tools: &Tools, summary: &mut Summary) -> Result<()> {
    let swift = Swift::ensure()?;
    let built = prepare(Profile::Debug, &sources())?;
    let package = Package::new(&swift, sources(), "tests");
    if built == Core::Changed {
        package.forget("DenoSandboxPackageTests.xctest")?;
    }
    examples::write(&sources())?;
    run::run(package.command("build").arg("--build-tests"))?;
    // What a process leaks is seen only when nothing else runs in it.
    for choice in [["--skip", "LeakTests"], ["--filter", "LeakTests"]] {
        let mut swift_test = package.command("test");
        swift_test.arg("--skip-build").args(choice);
        let mut tests = with_emulator(Profile::Debug, &swift_test);
        tools.apply(&mut tests);
        let (counts, succeeded) = stream(&mut tests)?;
        // A crash ends a test program without a result line.
        let unexplained = usize::from(!succeeded && counts.failed == 0);
        summary.count(
            "swift",
            Counts {
                failed: counts.failed + unexplained,
                ..counts
            },
        );
    }
    Ok(())
}

/// The volume story, told by a real program against a real emulator.
pub(crate) fn demo() -> Result<()> {
    let sandboxes = bubblewrap::ensure().context("the demo needs sandboxes")?;
    let swift = Swift::ensure()?;
    let mut build = run::cargo();
    run::run(build.args(["build", "--quiet", "--package", "deno-sandbox-emulator"]))?;
    let built = prepare(Profile::Debug, &sources())?;
    let package = Package::new(
        &swift,
        run::root().join("examples/swift/volume-story"),
        "demo",
    );
    if built == Core::Changed {
        package.forget("VolumeStory")?;
    }
    let program = package.build(Profile::Debug, "VolumeStory")?;
    let mut story = with_emulator(Profile::Debug, &swift.command(&program.to_string_lossy()));
    tools::extend_path(&mut story, sandboxes.into_iter());
    run::run(&mut story)
}

/// How the core is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    /// Quickly.
    Debug,
    /// For speed.
    Release,
}

impl Profile {
    /// What cargo calls its folder, and Swift the configuration.
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Whether the core is another one than the last time.
#[derive(Debug, PartialEq, Eq)]
enum Core {
    Changed,
    Same,
}

/// Builds the core and puts what is made from it into the package: the static library, its C header
/// and the Swift code over it.
fn prepare(profile: Profile, package: &Path) -> Result<Core> {
    let mut build = run::cargo();
    build.args(["build", "--package", "deno-sandbox-uniffi"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    run::run(&mut build)?;
    let built = run::target_dir().join(profile.name());
    let generated = run::target_dir().join("swift/generated");
    fs::create_dir_all(&generated)?;
    let mut generate = run::cargo();
    generate
        .args(["run", "--quiet", "--package", "uniffi-bindgen", "--"])
        .args(["generate", "--language", "swift", "--no-format"])
        .arg("--out-dir")
        .arg(&generated)
        .arg(built.join("libdeno_sandbox_uniffi.so"));
    run::run(&mut generate)?;
    let mut core = Core::Same;
    for (from, to) in [
        (
            generated.join("deno_sandbox.swift"),
            "Sources/DenoSandboxBindings/deno_sandbox.swift",
        ),
        (
            generated.join("deno_sandboxFFI.h"),
            "Sources/deno_sandboxFFI/deno_sandboxFFI.h",
        ),
        (
            built.join("libdeno_sandbox_uniffi.a"),
            "lib/libdeno_sandbox_uniffi.a",
        ),
    ] {
        if copy_when_other(&from, &package.join(to))? {
            core = Core::Changed;
        }
    }
    Ok(core)
}

/// Copies a file unless its copy is the same, which is then not built from again.
fn copy_when_other(from: &Path, to: &Path) -> Result<bool> {
    let content = fs::read(from).with_context(|| format!("could not read {}", from.display()))?;
    if fs::read(to).is_ok_and(|present| present == content) {
        return Ok(false);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, content).with_context(|| format!("could not write {}", to.display()))?;
    Ok(true)
}

/// A Swift package and the folder it is built in.
struct Package<'a> {
    swift: &'a Swift,
    folder: PathBuf,
    scratch: PathBuf,
}

impl<'a> Package<'a> {
    fn new(swift: &'a Swift, folder: PathBuf, scratch: &str) -> Self {
        Self {
            swift,
            folder,
            scratch: run::target_dir().join("swift").join(scratch),
        }
    }

    /// `swift build`, `swift test`, …
    fn command(&self, subcommand: &str) -> Command {
        let mut command = self.swift.command("swift");
        command
            .args([subcommand, "--package-path"])
            .arg(&self.folder);
        command.arg("--scratch-path").arg(&self.scratch);
        command
    }

    /// Builds a program and gives its path.
    fn build(&self, profile: Profile, program: &str) -> Result<PathBuf> {
        let mut build = self.command("build");
        run::run(build.args(["--configuration", profile.name(), "--product", program]))?;
        Ok(self.scratch.join(profile.name()).join(program))
    }

    /// Has a program linked again by the next build, which does not look at libraries.
    fn forget(&self, program: &str) -> Result<()> {
        for profile in [Profile::Debug, Profile::Release] {
            let file = self.scratch.join(profile.name()).join(program);
            if file.exists() {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }
}

/// Has an emulator of its own for a command.
fn with_emulator(profile: Profile, command: &Command) -> Command {
    let programs = run::target_dir().join(profile.name());
    let mut emulator = Command::new(programs.join("deno-sandbox-emulator"));
    emulator.args(["exec", "--"]);
    emulator.arg(command.get_program()).args(command.get_args());
    emulator
}
