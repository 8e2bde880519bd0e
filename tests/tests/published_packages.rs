//! The published packages, unchanged, against the emulator.
//!
//! `cargo xtask test` installs them and says where they are; the feature `published-packages` keeps
//! a plain `cargo test` free of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use deno_sandbox_tests::Emulator;

#[test]
fn the_volume_guide_runs_in_node() {
    assert_passes(&node("volume_guide.mjs"));
}

#[test]
fn the_volume_guide_runs_in_deno() {
    assert_passes(&deno("volume_guide.mjs"));
}

#[test]
fn the_volume_guide_runs_in_python() {
    assert_passes(&python("volume_guide_sync.py"));
}

#[test]
fn the_volume_guide_runs_in_asynchronous_python() {
    assert_passes(&python("volume_guide_async.py"));
}

#[test]
fn every_method_of_the_npm_package_works_in_node() {
    assert_passes(&node("methods.mjs"));
}

#[test]
fn every_method_of_the_npm_package_works_in_deno() {
    assert_passes(&deno("methods.mjs"));
}

#[test]
fn every_method_of_the_blocking_pypi_package_works() {
    assert_passes(&python("methods_sync.py"));
}

#[test]
fn every_method_of_the_asynchronous_pypi_package_works() {
    assert_passes(&python("methods_async.py"));
}

fn node(script: &str) -> Output {
    let folder = js_folder();
    run(Command::new(tool("DENO_SANDBOX_TEST_NODE")).arg(folder.path().join(script)))
}

fn deno(script: &str) -> Output {
    let folder = js_folder();
    let mut command = Command::new(tool("DENO_SANDBOX_TEST_DENO"));
    command.args([
        "run",
        "--quiet",
        "--no-remote",
        "--node-modules-dir=manual",
        "--allow-all",
    ]);
    // Its cache stays out of the user's home.
    command
        .env("DENO_DIR", folder.path().join(".deno"))
        .env("DENO_NO_UPDATE_CHECK", "1");
    run(command
        .arg(folder.path().join(script))
        .current_dir(folder.path()))
}

fn python(script: &str) -> Output {
    let script = conformance().join("python").join(script);
    run(Command::new(tool("DENO_SANDBOX_TEST_PYTHON"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script))
}

/// Runs a command against an emulator of its own, by the emulator's own `exec`.
fn run(command: &mut Command) -> Output {
    let mut wrapped = Command::new(Emulator::program());
    wrapped
        .args(["exec", "--"])
        .arg(command.get_program())
        .args(command.get_args());
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
    let modules = tool("DENO_SANDBOX_TEST_NODE_MODULES");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).expect("a link");
    folder
}

fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// A tool `cargo xtask test` installed.
fn tool(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) => path.into(),
        None => {
            panic!("{variable} is not set: run `cargo xtask test`, which installs the packages")
        }
    }
}
