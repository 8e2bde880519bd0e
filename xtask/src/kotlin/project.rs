//! How the core and Maven's projects are built.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::sources;
use crate::run;
use crate::tools::maven::Maven;

/// Writes down what a project's program needs on its class path.
const CLASS_PATH: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";

/// How the core is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// Quickly.
    Debug,
    /// For speed.
    Release,
}

impl Profile {
    /// What cargo calls its folder.
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds the core and puts what is made from it into the package: the native library, where JNA looks for
/// this machine's, and the Kotlin code over it.
pub(super) fn prepare(profile: Profile) -> Result<()> {
    let mut build = run::cargo();
    build.args(["build", "--package", "deno-sandbox-uniffi"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    run::run(&mut build)?;
    let library = run::target_dir()
        .join(profile.name())
        .join("libdeno_sandbox_uniffi.so");
    let generated = run::target_dir().join("kotlin/generated");
    let mut generate = run::cargo();
    generate
        .args(["run", "--quiet", "--package", "uniffi-bindgen", "--"])
        .args(["generate", "--language", "kotlin", "--no-format"])
        .arg("--out-dir")
        .arg(&generated)
        .arg(&library);
    run::run(&mut generate)?;
    let code = "com/deno/sandbox/internal/deno_sandbox.kt";
    adapt(&generated.join(code))?;
    let core = sources().join("core");
    copy_when_other(&generated.join(code), &core.join("kotlin").join(code))?;
    let resource = Path::new("resources").join(platform());
    copy_when_other(
        &library,
        &core.join(resource).join("libdeno_sandbox_uniffi.so"),
    )
}

/// Has generated code take its memory for calls from the package's own, which says why.
fn adapt(file: &Path) -> Result<()> {
    let status = (
        "    var status = UniffiRustCallStatus()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
    return return_value
",
        "    return callWithStatus(errorHandler, ::uniffiCheckCallStatus, callback)\n",
    );
    let buffer = (
        "open class RustBuffer : Structure() {\n",
        "open class RustBuffer : Structure() {
    override fun autoAllocate(size: Int): com.sun.jna.Memory = StructureMemory.take(size)

",
    );
    let mut code = fs::read_to_string(file)?;
    for (generated, ours) in [status, buffer] {
        ensure!(
            code.matches(generated).count() == 1,
            "UniFFI generates something else now than {generated}"
        );
        code = code.replace(generated, ours);
    }
    Ok(fs::write(file, code)?)
}

/// What JNA calls this machine.
pub(super) fn platform() -> String {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x86-64",
        other => other,
    };
    format!("{}-{arch}", std::env::consts::OS)
}

/// Copies a file unless its copy is the same, which is then not built from again.
pub(super) fn copy_when_other(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| format!("could not read {}", from.display()))?;
    if fs::read(to).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, content).with_context(|| format!("could not write {}", to.display()))
}

/// A program that uses the package.
pub(super) struct Program {
    class_path: String,
}

impl Program {
    /// Builds one of this repository, together with the package.
    pub(super) fn of_repository(maven: &Maven, folder: &str) -> Result<Self> {
        let all = run::root().join("xtask/maven/pom.xml");
        // As Maven takes it: from where the file is that knows all.
        let projects = format!("--projects=../../{folder}");
        let folder = run::root().join(folder);
        Self::build(maven, &all, &["--also-make", &projects], &folder)
    }

    /// Builds what is in `folder`, which `pom` knows.
    pub(super) fn build(
        maven: &Maven,
        pom: &Path,
        options: &[&str],
        folder: &Path,
    ) -> Result<Self> {
        let mut build = maven.command();
        build.arg("--quiet").arg("--file").arg(pom).args(options);
        build.args(["compile", CLASS_PATH, "-Dmdep.outputFile=target/class-path"]);
        run::run(&mut build)?;
        let written = folder.join("target/class-path");
        let others = fs::read_to_string(&written)
            .with_context(|| format!("could not read {}", written.display()))?;
        let own = folder.join("target/classes");
        Ok(Self {
            class_path: format!("{}:{}", own.display(), others.trim()),
        })
    }

    /// Runs its `main`.
    pub(super) fn command(&self, maven: &Maven, class: &str) -> Command {
        let mut command = maven.java();
        command.env("CLASSPATH", &self.class_path).arg(class);
        command
    }
}

/// Has an emulator of its own for a command.
pub(super) fn with_emulator(profile: Profile, command: &Command) -> Command {
    let programs = run::target_dir().join(profile.name());
    let mut emulator = Command::new(programs.join("deno-sandbox-emulator"));
    emulator.args(["exec", "--"]);
    // Cargo's own, where JNA would find the library as it was last built in passing.
    emulator.env_remove("LD_LIBRARY_PATH");
    emulator.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            emulator.env(name, value);
        }
    }
    emulator
}
