use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use deno_sandbox::{Command, Error, Process};
use pyo3::prelude::*;

use crate::arguments::{SandboxPath, named, stdio};
use crate::runtime::Home;
use crate::streams::{NativeByteStream, NativeProcessInput};

/// A process in a sandbox.
#[pyclass(frozen, name = "Process")]
pub(crate) struct NativeProcess {
    home: Home,
    process: Arc<Process>,
    streams: Mutex<Streams>,
}

struct Streams {
    stdin: Option<NativeProcessInput>,
    stdout: Option<NativeByteStream>,
    stderr: Option<NativeByteStream>,
}

impl NativeProcess {
    pub(crate) fn new(home: Home, mut process: Process) -> Self {
        let stream = |stream: Option<_>| stream.map(|stream| NativeByteStream::new(home, stream));
        let streams = Mutex::new(Streams {
            stdin: process
                .stdin
                .take()
                .map(|stdin| NativeProcessInput::new(home, stdin)),
            stdout: stream(process.stdout.take()),
            stderr: stream(process.stderr.take()),
        });
        Self {
            home,
            process: Arc::new(process),
            streams,
        }
    }

    fn streams(&self) -> std::sync::MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl NativeProcess {
    #[getter]
    fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Gives its input away, once.
    fn take_stdin(&self) -> Option<NativeProcessInput> {
        self.streams().stdin.take()
    }

    fn take_stdout(&self) -> Option<NativeByteStream> {
        self.streams().stdout.take()
    }

    fn take_stderr(&self) -> Option<NativeByteStream> {
        self.streams().stderr.take()
    }

    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let process = self.process.clone();
        self.home.run(py, async move { process.status().await })
    }

    /// Waits for its end, with what is left to read of the two streams. `check` makes an error of a
    /// status other than success.
    fn output<'py>(
        &self,
        py: Python<'py>,
        stdout: Option<&NativeByteStream>,
        stderr: Option<&NativeByteStream>,
        #[pyo3(from_py_with = named)] check: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let process = self.process.clone();
        let (stdout, stderr) = (
            stdout.cloned().map(NativeByteStream::rest),
            stderr.cloned().map(NativeByteStream::rest),
        );
        self.home.run(py, async move {
            let (stdout, stderr) = (
                futures_util::future::OptionFuture::from(stdout),
                futures_util::future::OptionFuture::from(stderr),
            );
            let (status, stdout, stderr) =
                futures_util::future::join3(process.status(), stdout, stderr).await;
            let output = deno_sandbox::Output {
                status: status?,
                stdout: stdout.transpose()?.unwrap_or_default(),
                stderr: stderr.transpose()?.unwrap_or_default(),
            };
            if check {
                output.check()?;
            }
            Ok::<_, Error>(output)
        })
    }

    fn kill<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] signal: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let process = self.process.clone();
        self.home
            .run(py, async move { process.kill_with(signal).await })
    }
}

#[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
pub(crate) fn command(
    py: Python<'_>,
    program: String,
    args: Option<Vec<String>>,
    cwd: Option<SandboxPath>,
    clear_env: bool,
    env: Option<BTreeMap<String, String>>,
    stdin: Option<String>,
    stdout: Option<String>,
    stderr: Option<String>,
) -> PyResult<Command> {
    let mut command = Command::new(program).args(args.unwrap_or_default());
    if let Some(cwd) = cwd {
        command = command.cwd(cwd.0);
    }
    if clear_env {
        command = command.clear_env();
    }
    for (name, value) in env.unwrap_or_default() {
        command = command.env(name, value);
    }
    if let Some(stdin) = stdio(py, "stdin", stdin)? {
        command = command.stdin(stdin);
    }
    if let Some(stdout) = stdio(py, "stdout", stdout)? {
        command = command.stdout(stdout);
    }
    if let Some(stderr) = stdio(py, "stderr", stderr)? {
        command = command.stderr(stderr);
    }
    Ok(command)
}
