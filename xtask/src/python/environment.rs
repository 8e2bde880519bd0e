use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::run;
use crate::tools::cpython::CPython;
use crate::tools::python;

/// A virtual environment with nothing in it but what a test installs; gone afterwards.
pub(super) struct Environment(PathBuf);

impl Environment {
    pub(super) fn fresh(interpreter: &CPython) -> Result<Self> {
        Self::fresh_as(&interpreter.program)
    }

    /// Like the environment, or the interpreter, that a program `python` belongs to.
    pub(super) fn fresh_as(interpreter: &Path) -> Result<Self> {
        let ask = "import sys; print(sys._base_executable)";
        let base = run::capture(Command::new(interpreter).args(["-I", "-c", ask]))?;
        let folder = run::target_dir().join(format!("python/environment-{}", std::process::id()));
        let fresh = Self(folder);
        fresh.remove();
        python::environment(Path::new(&base), &fresh.0)?;
        Ok(fresh)
    }

    pub(super) fn python(&self) -> PathBuf {
        self.0.join("bin/python")
    }

    /// Installs a wheel, which may need nothing else, or builds a source distribution.
    pub(super) fn install(&self, package: &Path) -> Result<()> {
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--root-user-action=ignore"]);
        if package.extension().is_some_and(|kind| kind == "whl") {
            pip.arg("--no-index");
        }
        run::print(pip.arg(package));
        run::capture(&mut pip)?;
        Ok(())
    }

    /// Its Python with these arguments, in reach of an emulator of its own.
    pub(super) fn with_emulator(&self, args: &[&str]) -> Command {
        let mut command = Command::new(emulator("debug"));
        command.args(["exec", "--"]).arg(self.python()).args(args);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn remove(&self) {
        // What is left of it is in `target`.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The emulator's program.
pub(super) fn emulator(profile: &str) -> PathBuf {
    run::target_dir()
        .join(profile)
        .join("deno-sandbox-emulator")
}
