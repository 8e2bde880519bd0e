//! The published packages, unchanged, against the emulator.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use deno_sandbox_tests::{Emulator, tools};

mod with_node {
    #[test]
    fn the_volume_guide_runs() {
        super::assert_passes(&super::node("volume_guide.mjs"));
    }

    #[test]
    fn every_method_of_the_npm_package_works() {
        super::assert_passes(&super::node("methods.mjs"));
    }
}

mod with_deno {
    #[test]
    fn the_volume_guide_runs() {
        super::assert_passes(&super::deno("volume_guide.mjs"));
    }

    #[test]
    fn every_method_of_the_npm_package_works() {
        super::assert_passes(&super::deno("methods.mjs"));
    }
}

mod with_python {
    #[test]
    fn the_volume_guide_runs() {
        super::assert_passes(&super::python("volume_guide_sync.py"));
    }

    #[test]
    fn the_asynchronous_volume_guide_runs() {
        super::assert_passes(&super::python("volume_guide_async.py"));
    }

    #[test]
    fn every_method_of_the_blocking_pypi_package_works() {
        super::assert_passes(&super::python("methods_sync.py"));
    }

    #[test]
    fn every_method_of_the_asynchronous_pypi_package_works() {
        super::assert_passes(&super::python("methods_async.py"));
    }
}

fn node(script: &str) -> Output {
    let folder = js_folder();
    run(Command::new(tools::node()).arg(folder.path().join(script)))
}

fn deno(script: &str) -> Output {
    let folder = js_folder();
    let mut command = Command::new(tools::deno());
    command.args([
        "run",
        "--quiet",
        "--no-remote",
        "--node-modules-dir=manual",
        "--allow-all",
    ]);
    // Its cache stays out of the user's home.
    command.env("DENO_DIR", folder.path().join(".deno"));
    command.env("DENO_NO_UPDATE_CHECK", "1");
    run(command
        .arg(folder.path().join(script))
        .current_dir(folder.path()))
}

fn python(script: &str) -> Output {
    let script = conformance().join("python").join(script);
    run(Command::new(tools::python())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script))
}

/// Runs a command against an emulator of its own, by the emulator's own `exec`.
fn run(command: &mut Command) -> Output {
    let mut wrapped = Command::new(Emulator::program());
    wrapped.args(["exec", "--"]).arg(command.get_program());
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        wrapped.env(name, value.expect("variables are only added"));
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped.output().expect("the emulator starts")
}

#[track_caller]
fn assert_passes(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let closing = stdout.lines().last().unwrap_or_default();
    let all_passed = closing.ends_with(" passed, 0 failed") && !closing.starts_with("0 ");
    assert!(
        output.status.success() && all_passed,
        "{}\n{stdout}\n{stderr}",
        output.status
    );
}

/// The scripts beside an installed npm package, where both Node and Deno look for it.
fn js_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(conformance().join("js")).expect("the scripts") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    std::fs::write(folder.path().join("package.json"), r#"{"type":"module"}"#).expect("a file");
    std::os::unix::fs::symlink(tools::node_modules(), folder.path().join("node_modules"))
        .expect("a link");
    folder
}

fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}
