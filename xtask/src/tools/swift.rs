//! Swift: the machine's own, else Debian's, with the C library it was built for.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, bubblewrap, once};
use crate::run;

const VERSION: &str = "6.0.3";

/// The release of Debian that has this version.
const SUITE: &str = "trixie";

/// The compiler, and what it needs to link a program.
const PACKAGES: [&str; 3] = ["swiftlang=6.0.3*", "libc6-dev", "libstdc++-14-dev"];

/// A Swift 6 toolchain.
#[derive(Debug)]
pub(crate) enum Swift {
    /// The machine has it.
    Machine,
    /// It lies in this folder's `usr`, which stands in the place of the machine's for the programs
    /// that use it, and for nothing else: bubblewrap gives them a mount namespace of their own.
    Folder { bwrap: PathBuf, folder: PathBuf },
}

impl Swift {
    /// Finds or fetches it: about 550 MB once, 2.5 GB on disk.
    pub(crate) fn ensure() -> Result<Self> {
        if is_new_enough() {
            println!("set-up: Swift is the machine's own");
            return Ok(Self::Machine);
        }
        Self::fetch().context("install Swift 6.0 or later from its own site")
    }

    fn fetch() -> Result<Self> {
        let bwrap = match bubblewrap::ensure()? {
            Some(folder) => folder.join("bwrap"),
            None => run::find("bwrap").context("bubblewrap is gone")?,
        };
        let installed = |folder| Self::Folder {
            bwrap: bwrap.clone(),
            folder,
        };
        let folder = once(&format!("swift-{VERSION}"), |folder| {
            apt::unpack_whole(&PACKAGES, Some(SUITE), folder)?;
            let swift = installed(folder.to_owned());
            run::capture(swift.command("swiftc").arg("--version"))?;
            Ok(())
        })?;
        Ok(installed(folder))
    }

    /// A command that runs one of the toolchain's programs, or a program it has built.
    pub(crate) fn command(&self, program: &str) -> Command {
        match self {
            Self::Machine => Command::new(program),
            Self::Folder { bwrap, folder } => {
                let mut command = Command::new(bwrap);
                command
                    .args(["--die-with-parent", "--dev-bind", "/", "/", "--ro-bind"])
                    .arg(folder.join("usr"))
                    .args(["/usr", "--setenv", "PATH"])
                    .arg("/usr/libexec/swift/bin:/usr/bin:/bin");
                // Cargo names the certificates by a link in the machine's own `/usr`, which is not seen.
                let certificates = std::env::var("SSL_CERT_FILE");
                let certificates = certificates.as_deref().unwrap_or("/etc/ssl/cert.pem");
                if let Ok(file) = std::fs::canonicalize(certificates) {
                    command.args(["--setenv", "SSL_CERT_FILE"]).arg(file);
                }
                command.args(["--", program]);
                command
            }
        }
    }
}

/// Whether there is a Swift of version 6 or later on the search path.
fn is_new_enough() -> bool {
    let version = run::capture(Command::new("swift").arg("--version")).unwrap_or_default();
    let number = version.split("Swift version ").nth(1);
    let major = number.and_then(|number| number.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= 6)
}
