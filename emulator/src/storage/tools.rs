use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a program is; system tools are often outside a user's `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Runs a system tool to its end; one of `accepted` statuses is success.
pub(super) fn run<I, S>(program: &str, args: I, accepted: &[i32]) -> io::Result<()>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let file = find(program).ok_or_else(|| {
        let message = format!("the program {program} is not installed");
        io::Error::new(io::ErrorKind::NotFound, message)
    })?;
    let output = Command::new(file)
        .args(args)
        .stdin(Stdio::null())
        .env("LC_ALL", "C")
        .output()?;
    match output.status.code() {
        Some(code) if accepted.contains(&code) => Ok(()),
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.trim().lines().last().unwrap_or("it said nothing");
            Err(io::Error::other(format!(
                "{program} failed ({}): {line}",
                output.status
            )))
        }
    }
}

/// Makes the file's content durable, or the entries of a folder.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}
