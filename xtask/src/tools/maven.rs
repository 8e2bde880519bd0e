use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::dir;
use crate::run;

/// Java and Maven of the machine.
#[derive(Debug)]
pub(crate) struct Maven {
    java: PathBuf,
    maven: PathBuf,
}

impl Maven {
    pub(crate) fn ensure() -> Result<Self> {
        if let (Some(java), Some(maven)) = (run::find("java"), run::find("mvn")) {
            println!("set-up: Java and Maven are the machine's own");
            return Ok(Self { java, maven });
        }
        bail!("none")
    }

    /// `mvn`, with a local repository of ours.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.maven);
        command.args(["--batch-mode", "--no-transfer-progress"]);
        command.arg(format!(
            "-Dmaven.repo.local={}",
            dir().join("maven-repository").display()
        ));
        command
    }

    /// `java`.
    pub(crate) fn java(&self) -> Command {
        Command::new(&self.java)
    }
}
