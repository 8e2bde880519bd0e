use crate::error::Result;
use crate::model::{Env, Field, Invalid, SandboxPath};
use crate::rpc::methods::{OutputMode, SpawnParams};

/// What happens with a process's standard input, output or error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stdio {
    /// A stream of the [`Process`](crate::Process).
    Piped,
    /// Output and error appear on this program's own. Not for input, and only with the feature `native`.
    Inherit,
    /// Nothing comes in, and what goes out is dropped.
    Null,
}

/// A process to start with [`Sandbox::spawn`](crate::Sandbox::spawn).
///
/// Standard input is empty and the two outputs appear on this program's own, unless told otherwise.
/// Arguments reach the program exactly as given; no shell is involved. `Debug` shows no value of an
/// environment variable.
///
/// ```
/// use deno_sandbox::{Command, Stdio};
///
/// let command = Command::new("python3")
///     .args(["-c", "print(input())"])
///     .env("PYTHONUTF8", "1")
///     .stdin(Stdio::Piped)
///     .stdout(Stdio::Piped);
/// ```
#[derive(Clone)]
#[must_use = "nothing happens until the command is spawned"]
pub struct Command {
    program: String,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) clear_env: bool,
    pub(super) cwd: Option<String>,
    pub(super) stdin: Stdio,
    pub(super) stdout: Stdio,
    pub(super) stderr: Stdio,
}

impl Command {
    /// A program, by name or path, without arguments.
    pub fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            clear_env: false,
            cwd: None,
            stdin: Stdio::Null,
            stdout: Stdio::Inherit,
            stderr: Stdio::Inherit,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<String>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets an environment variable for it alone.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Starts it without the sandbox's environment variables.
    pub fn clear_env(mut self) -> Self {
        self.clear_env = true;
        self
    }

    /// The folder it starts in; the sandbox's home folder unless told.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.cwd = Some(path.into());
        self
    }

    /// Where its input comes from: [`Stdio::Null`] unless told.
    pub fn stdin(mut self, stdin: Stdio) -> Self {
        self.stdin = stdin;
        self
    }

    /// Where its output goes: [`Stdio::Inherit`] unless told.
    pub fn stdout(mut self, stdout: Stdio) -> Self {
        self.stdout = stdout;
        self
    }

    /// Where its errors go: [`Stdio::Inherit`] unless told.
    pub fn stderr(mut self, stderr: Stdio) -> Self {
        self.stderr = stderr;
        self
    }

    /// The program's name.
    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// Checks everything; the input's stream is still to be added.
    pub(super) fn checked(&self) -> Result<SpawnParams, Invalid> {
        let nul = |text: &String| text.as_bytes().contains(&0);
        if self.program.is_empty() || nul(&self.program) {
            let rule = "a program's name must not be empty nor contain a NUL character";
            return Err(Invalid::new(Field::Option, &self.program, rule));
        }
        if let Some(arg) = self.args.iter().find(|arg| nul(arg)) {
            let rule = "an argument must not contain a NUL character";
            return Err(Invalid::new(Field::Option, arg, rule));
        }
        if self.stdin == Stdio::Inherit {
            return Err(Invalid::new(
                Field::Option,
                "stdin",
                "a process in a sandbox cannot inherit this program's input",
            )
            .with_hint("pipe it, and write to the process's `stdin`"));
        }
        let inherits = self.stdout == Stdio::Inherit || self.stderr == Stdio::Inherit;
        if inherits && !cfg!(feature = "native") {
            return Err(Invalid::new(
                Field::Option,
                "inherit",
                "this build has no output of its own that a process could inherit",
            )
            .with_hint("use `Stdio::Piped` or `Stdio::Null` for `stdout` and `stderr`"));
        }
        let env = Env::new(self.env.iter().cloned())?;
        let cwd = self.cwd.as_deref().map(str::parse::<SandboxPath>);
        Ok(SpawnParams {
            command: self.program.clone(),
            args: (!self.args.is_empty()).then(|| self.args.clone()),
            env: (!env.is_empty()).then(|| env.into_map()),
            clear_env: self.clear_env.then_some(true),
            cwd: cwd.transpose()?.map(Into::into),
            stdin_stream_id: None,
            stdout: output_mode(self.stdout),
            stderr: output_mode(self.stderr),
        })
    }
}

fn output_mode(stdio: Stdio) -> OutputMode {
    match stdio {
        Stdio::Piped | Stdio::Inherit => OutputMode::Piped,
        Stdio::Null => OutputMode::Null,
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.env.iter().map(|(name, _)| name).collect();
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("args", &self.args)
            .field("env", &names)
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}
