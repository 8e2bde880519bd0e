use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::{Emulator, tools};

/// The published npm package, where both Node and Deno look for it: beside the scripts of a folder.
#[derive(Debug)]
pub struct NpmPackage(TempDir);

impl NpmPackage {
    /// Installs it for a new, empty folder.
    ///
    /// # Panics
    /// When the folder cannot be written.
    pub fn installed() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let manifest = folder.path().join("package.json");
        std::fs::write(manifest, r#"{"type":"module"}"#).expect("a file");
        let modules = folder.path().join("node_modules");
        std::os::unix::fs::symlink(tools::node_modules(), modules).expect("a link");
        Self(folder)
    }

    /// Adds a script.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn script(self, name: &str, text: &str) -> Self {
        std::fs::write(self.0.path().join(name), text).expect("a file");
        self
    }

    /// Runs a script in Node against an emulator of its own.
    ///
    /// # Panics
    /// When it does not start.
    pub fn node(&self, script: &str) -> Output {
        self.run(Command::new(tools::node()).arg(script))
    }

    /// Runs a script in Deno against an emulator of its own.
    ///
    /// # Panics
    /// When it does not start.
    pub fn deno(&self, script: &str) -> Output {
        let mut command = Command::new(tools::deno());
        command.args([
            "run",
            "--quiet",
            "--no-remote",
            "--node-modules-dir=manual",
            "--allow-all",
        ]);
        // Its cache stays out of the user's home.
        command.env("DENO_DIR", self.0.path().join(".deno"));
        command.env("DENO_NO_UPDATE_CHECK", "1");
        self.run(command.arg(script))
    }

    fn run(&self, command: &mut Command) -> Output {
        run(command.current_dir(self.0.path()))
    }
}

/// Runs a script in a Python that has the published PyPI package, against an emulator of its own.
///
/// # Panics
/// When it does not start.
pub fn python(script: &Path) -> Output {
    run(Command::new(tools::python())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script))
}

/// Runs a command by the emulator's own `exec`.
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
