//! Debian packages without root and without touching the machine's own apt: its mirror and keys,
//! but a state folder of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::dir;
use crate::run;

/// Fetches `package` (a name, or `name=version*`) of a suite and unpacks it into `target`.
///
/// Without a suite it is the machine's own.
pub(super) fn unpack(package: &str, suite: Option<&str>, target: &Path) -> Result<()> {
    let source = Source::of_machine()?;
    let suite = suite.unwrap_or(&source.suite);
    let apt = Apt::open(&source, suite)?;
    let downloads = target.join(".download");
    fs::create_dir_all(&downloads)?;
    run::capture(
        apt.command()
            .args(["download", package])
            .current_dir(&downloads),
    )
    .with_context(|| format!("{package} is not in {suite}"))?;
    extract(&downloads, target)
}

/// Fetches `packages` of a suite with all they depend on, down to the C library, and unpacks them
/// into `target`: what a machine that has nothing yet would install. Without a suite it is the machine's
/// own.
pub(super) fn unpack_whole(packages: &[&str], suite: Option<&str>, target: &Path) -> Result<()> {
    let source = Source::of_machine()?;
    let suite = suite.unwrap_or(&source.suite);
    let apt = Apt::open(&source, suite)?;
    let downloads = target.join(".download");
    fs::create_dir_all(downloads.join("partial"))?;
    let installed = apt.state.join("nothing-installed");
    fs::write(&installed, "")?;
    let mut download = apt.command();
    for option in [
        format!("Dir::State::status={}", installed.display()),
        format!("Dir::Cache::archives={}", downloads.display()),
    ] {
        download.args(["-o", &option]);
    }
    download.args([
        "install",
        "--download-only",
        "--no-install-recommends",
        "--yes",
    ]);
    run::capture(download.args(packages))
        .with_context(|| format!("{} cannot be had from {suite}", packages.join(", ")))?;
    for folder in ["partial", "lock"] {
        let path = downloads.join(folder);
        fs::remove_dir(&path).or_else(|_| fs::remove_file(&path))?;
    }
    extract(&downloads, target)
}

/// Unpacks every package of a folder, and removes the folder.
fn extract(downloads: &Path, target: &Path) -> Result<()> {
    for file in fs::read_dir(downloads)? {
        run::capture(
            Command::new("dpkg-deb")
                .arg("-x")
                .arg(file?.path())
                .arg(target),
        )?;
    }
    fs::remove_dir_all(downloads)?;
    Ok(())
}

/// The machine's own archive, as its apt is configured.
struct Source {
    base: String,
    suite: String,
    keyring: Option<PathBuf>,
}

impl Source {
    fn of_machine() -> Result<Self> {
        for program in ["apt-get", "dpkg-deb"] {
            if run::find(program).is_none() {
                bail!("{program} is not on this machine, which is none of Debian's family");
            }
        }
        let release =
            fs::read_to_string("/etc/os-release").context("this machine has no /etc/os-release")?;
        let field = |name: &str| {
            let value = release
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            value.map(|value| value.trim_matches('"').to_owned())
        };
        let suite = field("VERSION_CODENAME").context("/etc/os-release names no release")?;
        // Lists what an update would fetch; works without root and before any update.
        let uris = run::capture(Command::new("apt-get").args(["update", "--print-uris"]))?;
        let index = format!("/dists/{suite}/InRelease'");
        let base = uris
            .lines()
            .filter_map(|line| {
                line.split_whitespace()
                    .next()?
                    .strip_prefix('\'')?
                    .strip_suffix(&index)
            })
            .next()
            .with_context(|| format!("this machine's apt has no source for {suite}"))?;
        let keyrings = ["gpg", "pgp"].map(|extension| {
            let id = field("ID").unwrap_or_default();
            PathBuf::from(format!(
                "/usr/share/keyrings/{id}-archive-keyring.{extension}"
            ))
        });
        let keyring = keyrings.into_iter().find(|file| file.exists());
        Ok(Self {
            base: base.to_owned(),
            suite,
            keyring,
        })
    }
}

/// An apt with one source and all its files in our folder.
struct Apt {
    state: PathBuf,
}

impl Apt {
    /// Reads the suite's list of packages.
    fn open(source: &Source, suite: &str) -> Result<Self> {
        let state = dir().join(format!("apt-{suite}"));
        for folder in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(state.join(folder))?;
        }
        let keyring = match &source.keyring {
            Some(file) => format!("[signed-by={}] ", file.display()),
            None => String::new(),
        };
        let line = format!("deb {keyring}{} {suite} main\n", source.base);
        fs::write(state.join("sources.list"), line)?;
        let apt = Self { state };
        run::capture(apt.command().arg("update"))?;
        Ok(apt)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("apt-get");
        let file = |name: &str| self.state.join(name).display().to_string();
        for option in [
            format!("Dir::State={}", file("")),
            format!("Dir::State::Lists={}", file("lists")),
            "Dir::State::status=/var/lib/dpkg/status".to_owned(),
            format!("Dir::Cache={}", file("cache")),
            format!("Dir::Etc::sourcelist={}", file("sources.list")),
            "Dir::Etc::sourceparts=-".to_owned(),
            // As root, apt would hand the download to a user who may not read our folder.
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Retries=2".to_owned(),
            "Acquire::http::Timeout=30".to_owned(),
        ] {
            command.args(["-o", &option]);
        }
        command
    }
}
