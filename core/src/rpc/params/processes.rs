//! What calls about processes and the environment take and give, and those about calls.

use serde::{Deserialize, Serialize};

use crate::json::{ToJson, write_object};
use crate::rpc::shape::{shape, shaped_object};
use crate::sorted_map::SortedMap;

/// No parameters: an empty object.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NoParams {}

/// Which call to give up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AbortParams {
    /// The id that call carried.
    pub abort_id: u64,
}

write_object!(AbortParams {
    abort_id = "abortId",
});

shape!(NoParams {});

/// What process to start.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpawnParams {
    /// The program, looked up in the sandbox's `PATH`.
    pub command: String,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<String>>,
    /// Variables added to the sandbox's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<SortedMap<String, String>>,
    /// Start without the sandbox's own variables; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_env: Option<bool>,
    /// The working folder; default the sandbox's home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// The stream that feeds its standard input; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin_stream_id: Option<u64>,
    /// What becomes of its standard output.
    #[serde(default)]
    pub stdout: OutputMode,
    /// What becomes of its standard error.
    #[serde(default)]
    pub stderr: OutputMode,
}

write_object!(SpawnParams {
    command = "command",
    args = "args",
    env = "env",
    clear_env = "clearEnv",
    cwd = "cwd",
    stdin_stream_id = "stdinStreamId",
    stdout = "stdout",
    stderr = "stderr",
});

/// What becomes of a process's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputMode {
    /// It is sent as a stream. The published Python package can leak the word `inherit` here.
    #[default]
    #[serde(alias = "inherit")]
    Piped,
    /// It is dropped.
    Null,
}

impl ToJson for OutputMode {
    fn to_json(&self, json: &mut String) {
        let word = match self {
            Self::Piped => "piped",
            Self::Null => "null",
        };
        word.to_json(json);
    }
}

/// Which process to wait for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ProcessWaitParams {
    /// Its number.
    pub pid: u32,
}

write_object!(ProcessWaitParams {
    pid = "pid",
});

/// Which process to signal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProcessKillParams {
    /// Its number.
    pub pid: u32,
    /// The signal's name; default `SIGTERM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
}

shape!(ProcessKillParams {
    pid = "pid",
    signal = "signal",
});

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcessStatus {
    /// Whether the code is 0 and no signal ended it.
    pub success: bool,
    /// The exit code; 128 and the signal's number where a signal ended it.
    pub code: i32,
    /// The signal that ended it, like `SIGTERM`.
    pub signal: Option<String>,
    /// How sure it is that memory ran out; `None` where it did not.
    pub oom: Option<String>,
}

shaped_object!(ProcessStatus {
    success: required "success",
    code: required "code",
    signal: optional "signal",
    oom: optional "oom",
});

/// Which variable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnvKeyParams {
    /// Its name.
    pub key: String,
}

shape!(EnvKeyParams {
    key = "key" as EnvName,
});

/// Which variable to set to what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnvSetParams {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

shape!(EnvSetParams {
    key = "key" as EnvName,
    value = "value" as EnvValue,
});
