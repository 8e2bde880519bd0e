//! What is asked for, as the packages say it.

use std::collections::HashMap;

use deno_sandbox::{Command, SandboxOptions as Core, Snapshot, Stdio, Volume};

/// What a new sandbox is to be.
#[derive(uniffi::Record)]
pub struct SandboxOptions {
    /// Where it runs.
    #[uniffi(default)]
    pub region: Option<String>,
    /// Its memory.
    #[uniffi(default)]
    pub memory: Option<String>,
    /// How long it lives.
    #[uniffi(default)]
    pub timeout: Option<String>,
    /// Labels to find it by.
    #[uniffi(default)]
    pub labels: HashMap<String, String>,
    /// What it boots from.
    #[uniffi(default)]
    pub root: Option<Source>,
    /// Volumes by mount path.
    #[uniffi(default)]
    pub volumes: HashMap<String, Source>,
    /// The hosts it may reach.
    #[uniffi(default)]
    pub allow_net: Option<Vec<String>>,
    /// Secrets by the name of the variable.
    #[uniffi(default)]
    pub secrets: HashMap<String, Secret>,
    /// Environment variables.
    #[uniffi(default)]
    pub env: HashMap<String, String>,
}

/// A volume or snapshot to mount or to boot from.
#[derive(uniffi::Enum)]
pub enum Source {
    /// By slug or id.
    Reference {
        /// The slug or id.
        reference: String,
    },
    /// A volume's record.
    Volume {
        /// The record.
        volume: Volume,
    },
    /// A snapshot's record.
    Snapshot {
        /// The record.
        snapshot: Snapshot,
    },
}

/// What the service puts into requests.
#[derive(uniffi::Record)]
pub struct Secret {
    /// The hosts that may receive it.
    pub hosts: Vec<String>,
    /// What they receive.
    pub value: String,
}

impl From<Source> for deno_sandbox::Source {
    fn from(source: Source) -> Self {
        match source {
            Source::Reference { reference } => reference.into(),
            Source::Volume { volume } => (&volume).into(),
            Source::Snapshot { snapshot } => (&snapshot).into(),
        }
    }
}

impl From<SandboxOptions> for Core {
    fn from(options: SandboxOptions) -> Self {
        let mut core = Self::new();
        if let Some(region) = options.region {
            core = core.region(region.as_str());
        }
        if let Some(memory) = options.memory {
            core = core.memory(memory.as_str());
        }
        if let Some(timeout) = options.timeout {
            core = core.timeout(timeout.as_str());
        }
        for (key, value) in options.labels {
            core = core.label(key, value);
        }
        if let Some(root) = options.root {
            core = core.root(root);
        }
        for (path, volume) in options.volumes {
            core = core.volume(path, volume);
        }
        if let Some(patterns) = options.allow_net {
            core = core.allow_net(patterns.iter().map(String::as_str));
        }
        for (name, secret) in options.secrets {
            core = core.secret(name, secret.hosts, secret.value);
        }
        for (name, value) in options.env {
            core = core.env(name, value);
        }
        core
    }
}

/// What happens with a process's standard input, output or error.
#[uniffi::remote(Enum)]
pub enum Stdio {
    /// It is a stream.
    Piped,
    /// It appears on this program's own. Not for input.
    Inherit,
    /// Nothing comes in, and what goes out is dropped.
    Null,
}

/// A process to start.
#[derive(uniffi::Record)]
pub struct CommandOptions {
    /// The program, by name or path.
    pub program: String,
    /// Its arguments.
    #[uniffi(default)]
    pub args: Vec<String>,
    /// Environment variables for it alone.
    #[uniffi(default)]
    pub env: HashMap<String, String>,
    /// Whether it starts without the sandbox's.
    #[uniffi(default)]
    pub clear_env: bool,
    /// The folder it starts in.
    #[uniffi(default)]
    pub cwd: Option<String>,
    /// Where its input comes from.
    #[uniffi(default)]
    pub stdin: Option<Stdio>,
    /// Where its output goes.
    #[uniffi(default)]
    pub stdout: Option<Stdio>,
    /// Where its errors go.
    #[uniffi(default)]
    pub stderr: Option<Stdio>,
}

impl From<CommandOptions> for Command {
    fn from(options: CommandOptions) -> Self {
        let mut command = Self::new(options.program).args(options.args);
        for (name, value) in options.env {
            command = command.env(name, value);
        }
        if options.clear_env {
            command = command.clear_env();
        }
        if let Some(cwd) = options.cwd {
            command = command.cwd(cwd);
        }
        if let Some(stdin) = options.stdin {
            command = command.stdin(stdin);
        }
        if let Some(stdout) = options.stdout {
            command = command.stdout(stdout);
        }
        if let Some(stderr) = options.stderr {
            command = command.stderr(stderr);
        }
        command
    }
}

/// How a command line runs.
#[derive(uniffi::Record)]
pub struct ShOptions {
    /// The folder it starts in.
    #[uniffi(default)]
    pub cwd: Option<String>,
    /// Environment variables for it alone.
    #[uniffi(default)]
    pub env: HashMap<String, String>,
    /// Whether its first command runs as root.
    #[uniffi(default)]
    pub sudo: bool,
    /// Whether any status is an answer.
    #[uniffi(default)]
    pub no_throw: bool,
    /// Where its input comes from.
    #[uniffi(default)]
    pub stdin: Option<Stdio>,
    /// Where its output goes.
    #[uniffi(default)]
    pub stdout: Option<Stdio>,
    /// Where its errors go.
    #[uniffi(default)]
    pub stderr: Option<Stdio>,
}

impl ShOptions {
    pub(crate) fn apply(self, mut sh: deno_sandbox::Sh) -> deno_sandbox::Sh {
        if let Some(cwd) = self.cwd {
            sh = sh.cwd(cwd);
        }
        for (name, value) in self.env {
            sh = sh.env(name, value);
        }
        if self.sudo {
            sh = sh.sudo();
        }
        if self.no_throw {
            sh = sh.no_throw();
        }
        if let Some(stdin) = self.stdin {
            sh = sh.stdin(stdin);
        }
        if let Some(stdout) = self.stdout {
            sh = sh.stdout(stdout);
        }
        if let Some(stderr) = self.stderr {
            sh = sh.stderr(stderr);
        }
        sh
    }
}
