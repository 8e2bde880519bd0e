use std::process::Command;

use anyhow::{Context, Result};

use super::once;
use crate::run;

const VERSION: &str = "0.13.2";

/// `cargo +nightly fuzz`, ready for its arguments.
pub(crate) fn command() -> Result<Command> {
    run::capture(Command::new("rustc").args(["+nightly", "--version"]))
        .context("fuzzing needs a nightly Rust: `rustup toolchain install nightly`")?;
    let folder = once(&format!("cargo-fuzz-{VERSION}"), |folder| {
        let mut install = run::cargo();
        install.args([
            "install",
            "cargo-fuzz",
            "--locked",
            "--version",
            VERSION,
            "--root",
        ]);
        run::capture(install.arg(folder))?;
        Ok(())
    })?;
    let mut command = Command::new(folder.join("bin/cargo-fuzz"));
    command
        .arg("fuzz")
        .current_dir(run::root())
        .env("RUSTUP_TOOLCHAIN", "nightly");
    // Set by the cargo that runs us, for its own toolchain.
    command.env_remove("CARGO").env_remove("RUSTC");
    Ok(command)
}
