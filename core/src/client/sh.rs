use std::future::IntoFuture;

use super::{Command, Output, Process, Sandbox, Stdio};
use crate::error::Result;
use crate::transport::BoxFuture;

/// A command line for `bash`, run when awaited. Its output is collected; a status other than success is
/// an error unless [`no_throw`](Self::no_throw).
///
/// `$HOME/.bashrc` is read first. Put foreign text into a command line only through [`quote`].
///
/// ```no_run
/// # async fn example(sandbox: deno_sandbox::Sandbox) -> deno_sandbox::Result<()> {
/// use deno_sandbox::quote;
///
/// let name = "it's a file.txt";
/// let count = sandbox.sh(format!("wc -l < {}", quote(name))).cwd("/data").await?.text()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens until it is awaited"]
pub struct Sh {
    sandbox: Sandbox,
    script: String,
    command: Command,
    sudo: bool,
    no_throw: bool,
}

/// The shell, which is to run a line yet to be given; both outputs are piped.
pub(super) fn shell() -> Command {
    Command::new("bash")
        .env("BASH_ENV", "$HOME/.bashrc")
        .stdout(Stdio::Piped)
        .stderr(Stdio::Piped)
}

/// The shell with its line.
pub(super) fn running(shell: Command, script: String, sudo: bool) -> Command {
    let line = match sudo {
        true => format!("sudo {script}"),
        false => script,
    };
    shell.arg("-c").arg(line)
}

impl Sh {
    pub(super) fn new(sandbox: Sandbox, script: String) -> Self {
        Self {
            sandbox,
            script,
            command: shell(),
            sudo: false,
            no_throw: false,
        }
    }

    /// The folder it starts in; the sandbox's home folder unless told.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.command = self.command.cwd(path);
        self
    }

    /// Sets an environment variable for it alone.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.command = self.command.env(name, value);
        self
    }

    /// Runs the line's first command as root: `sudo ` before it.
    pub fn sudo(mut self) -> Self {
        self.sudo = true;
        self
    }

    /// Takes any status for an answer instead of an error.
    pub fn no_throw(mut self) -> Self {
        self.no_throw = true;
        self
    }

    /// Where its input comes from: [`Stdio::Null`] unless told.
    pub fn stdin(mut self, stdin: Stdio) -> Self {
        self.command = self.command.stdin(stdin);
        self
    }

    /// Where its output goes: [`Stdio::Piped`] unless told.
    pub fn stdout(mut self, stdout: Stdio) -> Self {
        self.command = self.command.stdout(stdout);
        self
    }

    /// Where its errors go: [`Stdio::Piped`] unless told.
    pub fn stderr(mut self, stderr: Stdio) -> Self {
        self.command = self.command.stderr(stderr);
        self
    }

    /// Starts it, to read its output as it comes.
    ///
    /// # Errors
    /// As [`Sandbox::spawn`].
    pub async fn spawn(self) -> Result<Process> {
        let command = running(self.command, self.script, self.sudo);
        self.sandbox.spawn(command).await
    }
}

impl IntoFuture for Sh {
    type Output = Result<Output>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let no_throw = self.no_throw;
            let output = self.spawn().await?.output().await?;
            if !no_throw {
                output.check()?;
            }
            Ok(output)
        })
    }
}

/// Text as one word of a POSIX shell's command line, whatever it contains.
///
/// A NUL character cannot be part of an argument and is left out. A word that starts with a hyphen
/// stays one; put `--` before it where a program would take it for an option.
///
/// ```
/// use deno_sandbox::quote;
/// assert_eq!(quote("plain-word_1.txt"), "plain-word_1.txt");
/// assert_eq!(quote("it's $5"), r"'it'\''s $5'");
/// assert_eq!(quote(""), "''");
/// ```
pub fn quote(text: &str) -> String {
    // `~`, `=`, `-` and digits alone are left out on purpose or stand where they mean nothing.
    let is_safe = |b: u8| b.is_ascii_alphanumeric() || b"-_./,:@%+".contains(&b);
    if !text.is_empty() && text.bytes().all(is_safe) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}
