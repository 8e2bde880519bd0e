//! Java and Maven: the machine's own, else Debian's.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, dir, once};
use crate::run;

/// The oldest Java that Maven's plugins and the tests run on.
const OLDEST: u32 = 17;

/// The release of Debian that has these versions.
const SUITE: &str = "bookworm";
const PACKAGES: [&str; 2] = ["openjdk-17-jdk-headless=17.*", "maven=3.8.7*"];

/// Java and Maven.
#[derive(Debug)]
pub(crate) struct Maven {
    java: PathBuf,
    maven: PathBuf,
    /// Where Java lies when it is not the machine's own.
    java_home: Option<PathBuf>,
}

impl Maven {
    /// Finds or fetches both: 350 MB on disk.
    pub(crate) fn ensure() -> Result<Self> {
        if let (Some(java), Some(maven)) = (run::find("java"), run::find("mvn"))
            && is_new_enough(&java)
        {
            println!("set-up: Java and Maven are the machine's own");
            return Ok(Self {
                java,
                maven,
                java_home: None,
            });
        }
        let folder = once("maven-3.8.7-java-17", |folder| {
            apt::unpack_whole(&PACKAGES, Some(SUITE), folder)?;
            keep_links_inside(folder, folder)?;
            let fetched = Self::fetched(folder)?;
            fetched.make_trust_store()?;
            run::capture(fetched.command().arg("--version"))?;
            Ok(())
        })
        .with_context(|| format!("install Java {OLDEST} or later and Maven"))?;
        Self::fetched(&folder)
    }

    fn fetched(folder: &Path) -> Result<Self> {
        let machines = folder.join("usr/lib/jvm");
        let java_home = fs::read_dir(&machines)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.join("bin/javac").exists())
            .with_context(|| format!("no Java was unpacked into {}", machines.display()))?;
        Ok(Self {
            java: java_home.join("bin/java"),
            maven: folder.join("usr/share/maven/bin/mvn"),
            java_home: Some(java_home),
        })
    }

    /// `mvn`, with a local repository of ours.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.maven);
        if let Some(java_home) = &self.java_home {
            command.env("JAVA_HOME", java_home);
        }
        command.args(["--batch-mode", "--no-transfer-progress"]);
        command.arg(format!("-Dmaven.repo.local={}", repository().display()));
        command
    }

    /// `java`.
    pub(crate) fn java(&self) -> Command {
        Command::new(&self.java)
    }

    /// Removes what the local repository has of a package.
    pub(crate) fn forget(&self, package: &str) -> Result<()> {
        let folder = repository().join(package);
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        Ok(())
    }

    /// Writes the machine's certificates where this Java looks for them, which installing it would have done.
    fn make_trust_store(&self) -> Result<()> {
        let Some(java_home) = &self.java_home else {
            return Ok(());
        };
        let store = java_home.join("lib/security/cacerts");
        if store.exists() {
            return Ok(());
        }
        // There it is a link to nowhere.
        fs::remove_file(&store).ok();
        let certificates = std::env::var_os("SSL_CERT_FILE")
            .map_or("/etc/ssl/certs/ca-certificates.crt".into(), PathBuf::from);
        let program = run::root().join("xtask/maven/TrustStore.java");
        run::capture(self.java().arg(program).arg(certificates).arg(store))?;
        Ok(())
    }
}

/// Where Maven keeps what it has fetched.
fn repository() -> PathBuf {
    dir().join("maven-repository")
}

fn is_new_enough(java: &Path) -> bool {
    let version = run::capture(Command::new(java).arg("--version")).unwrap_or_default();
    let number = version.split(' ').nth(1);
    let major = number.and_then(|number| number.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= OLDEST)
}

/// Has the links of an unpacked package that name a file by its place in the machine lead to the one that
/// was unpacked, wherever the folder is moved.
fn keep_links_inside(root: &Path, folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.symlink_metadata()?.file_type();
        if kind.is_dir() {
            keep_links_inside(root, &path)?;
        } else if kind.is_symlink()
            && let Ok(target) = fs::read_link(&path)?.strip_prefix("/")
            && root.join(target).symlink_metadata().is_ok()
        {
            let depth = folder.strip_prefix(root)?.components().count();
            fs::remove_file(&path)?;
            symlink("../".repeat(depth) + &target.to_string_lossy(), &path)?;
        }
    }
    Ok(())
}
