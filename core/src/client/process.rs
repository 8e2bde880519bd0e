use std::fmt;
use std::future;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::lock::Mutex;
use serde::de::DeserializeOwned;

use super::action::{Name, over};
use super::byte_stream::text_of;
use super::connection::{Call, Rpc};
use super::streams::{ByteSink, WhenDropped};
use super::{Action, ByteStream, Command, ProcessInput, Stdio};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Quoted;
use crate::rpc::connection::Reply;
use crate::rpc::methods::{
    Method, ProcessKill, ProcessKillParams, ProcessStatus, ProcessWait, ProcessWaitParams, Spawn,
};
use crate::transport::BoxFuture;

/// How much of what a failed command wrote to standard error is told, in bytes.
const STDERR_TAIL: usize = 2000;

/// A process in a sandbox. It goes on when this is dropped; its piped streams end then.
///
/// ```no_run
/// # async fn example(sandbox: deno_sandbox::Sandbox) -> deno_sandbox::Result<()> {
/// use deno_sandbox::{Command, Stdio};
///
/// let command = Command::new("wc").arg("-c").stdin(Stdio::Piped).stdout(Stdio::Piped);
/// let mut process = sandbox.spawn(command).await?;
/// let mut stdin = process.stdin.take().expect("it is piped");
/// stdin.write_all("hello").await?;
/// stdin.close();
/// assert_eq!(process.output().await?.text()?.trim(), "5");
/// # Ok(())
/// # }
/// ```
pub struct Process {
    /// Its standard input, where that is piped.
    pub stdin: Option<ProcessInput>,
    /// Its standard output, where that is piped. What is piped has to be read: see [`ByteStream`].
    pub stdout: Option<ByteStream>,
    /// Its standard error, where that is piped.
    pub stderr: Option<ByteStream>,
    rpc: Rpc,
    pid: u32,
    program: String,
    ending: Mutex<Ending>,
    #[cfg(feature = "native")]
    copies: super::inherit::Copies,
}

/// What a stream has brought so far.
struct Collected {
    /// `None` after its end, or where there is none.
    stream: Option<ByteStream>,
    bytes: Vec<u8>,
    failure: Option<Error>,
}

impl Collected {
    fn new(stream: Option<ByteStream>) -> Self {
        Self {
            stream,
            bytes: Vec::new(),
            failure: None,
        }
    }

    /// Takes what is there; whether that was the last.
    fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        while let Some(stream) = &mut self.stream {
            match stream.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(chunk))) => self.bytes.extend_from_slice(&chunk),
                Poll::Ready(end) => {
                    self.failure = end.and_then(Result::err);
                    self.stream = None;
                }
                Poll::Pending => return false,
            }
        }
        true
    }

    fn finish(self) -> Result<Bytes> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(self.bytes.into()),
        }
    }
}

/// What is known of a process's end.
#[derive(Default)]
struct Ending {
    /// The question how it ended, while that is not answered.
    asked: Option<Call<ProcessWait>>,
    status: Option<ProcessStatus>,
}

impl Process {
    pub(super) fn spawn(rpc: &Rpc, command: &Command) -> Action<Self> {
        let prepare = || {
            let mut params = command.checked()?;
            let stdin = match command.stdin {
                Stdio::Piped => Some(rpc.open(WhenDropped::End)?),
                _ => None,
            };
            params.stdin_stream_id = stdin.as_ref().map(ByteSink::wire);
            Ok((params, stdin))
        };
        let (params, stdin) = match prepare() {
            Ok((params, stdin)) => (Ok(params), stdin),
            Err(error) => (Err(error), None),
        };
        let program = command.program().to_owned();
        let name = Name::of(Spawn::VERB, &program);
        let connection = rpc.clone();
        let started = move |reply: &Reply| Self::new(connection, program, stdin, reply);
        let started = Action::decoded_by::<Spawn>(rpc, name, params, started);
        #[cfg(feature = "native")]
        let started = {
            let (stdout, stderr) = (command.stdout, command.stderr);
            started.map(move |process| process.inheriting(stdout, stderr))
        };
        started
    }

    fn new(rpc: Rpc, program: String, stdin: Option<ByteSink>, reply: &Reply) -> Result<Self> {
        let spawned = reply.decode::<Spawn>()?;
        let stream = |id: Option<u64>| id.map(|id| ByteStream::new(rpc.incoming(id)));
        Ok(Self {
            stdin: stdin.map(ProcessInput::new),
            stdout: stream(spawned.stdout_stream_id),
            stderr: stream(spawned.stderr_stream_id),
            ending: Mutex::new(Ending {
                asked: Some(ask(&rpc, spawned.pid)),
                status: None,
            }),
            rpc,
            pid: spawned.pid,
            program,
            #[cfg(feature = "native")]
            copies: super::inherit::Copies::default(),
        })
    }

    /// Has what is inherited copied to this program's own output.
    #[cfg(feature = "native")]
    fn inheriting(mut self, stdout: Stdio, stderr: Stdio) -> Self {
        use super::inherit;
        let runtime = self.rpc.runtime().as_ref();
        if stdout == Stdio::Inherit
            && let Some(stream) = self.stdout.take()
        {
            self.copies.begin(runtime, stream, inherit::stdout());
        }
        if stderr == Stdio::Inherit
            && let Some(stream) = self.stderr.take()
        {
            self.copies.begin(runtime, stream, inherit::stderr());
        }
        self
    }

    pub(super) fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// Its number in the sandbox.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until it has ended, and tells how. May be asked any number of times, and given up.
    ///
    /// A process that writes more than is read of its piped output waits for the reader, and so does
    /// this: read [`stdout`](Self::stdout) and [`stderr`](Self::stderr) meanwhile, drop them, or use
    /// [`output`](Self::output).
    ///
    /// # Errors
    /// A connection's error: how the process ended is not known then.
    pub async fn status(&self) -> Result<ProcessStatus> {
        self.ended().await
    }

    /// As [`status`](Self::status), compiled once for all that wait for it.
    fn ended(&self) -> BoxFuture<'_, Result<ProcessStatus>> {
        Box::pin(async move {
            let status = self.wait().await;
            let status =
                status.map_err(|error| error.during(Name::of(ProcessWait::VERB, &self.program)))?;
            #[cfg(feature = "native")]
            self.copies.finished(self.rpc.runtime().as_ref()).await;
            Ok(status)
        })
    }

    async fn wait(&self) -> Result<ProcessStatus> {
        let mut ending = self.ending.lock().await;
        if let Some(status) = &ending.status {
            return Ok(status.clone());
        }
        let asked = ending.asked.get_or_insert_with(|| ask(&self.rpc, self.pid));
        let result = asked.await;
        // Whoever wants to know after a failure, of the connection most likely, asks again.
        ending.asked = None;
        let status = result?;
        ending.status = Some(status.clone());
        Ok(status)
    }

    /// Waits until it has ended and its piped output is read to the end. A piped input that was not
    /// taken is closed first.
    ///
    /// # Errors
    /// A connection's or a stream's error: output that is cut short is never taken for all of it.
    pub async fn output(mut self) -> Result<Output> {
        self.stdin = None;
        let (stdout, stderr) = (self.stdout.take(), self.stderr.take());
        self.output_of(stdout, stderr).await
    }

    /// As [`output`](Self::output), of streams that were taken before, so that the process can be sent a
    /// signal meanwhile.
    ///
    /// # Errors
    /// As [`output`](Self::output).
    pub async fn output_of(
        &self,
        stdout: Option<ByteStream>,
        stderr: Option<ByteStream>,
    ) -> Result<Output> {
        let (mut stdout, mut stderr) = (Collected::new(stdout), Collected::new(stderr));
        let mut status = self.ended();
        let mut ended = None;
        // All at once: one that is not read would hold up the others.
        future::poll_fn(|cx| {
            let read = [stdout.poll(cx), stderr.poll(cx)];
            if ended.is_none()
                && let Poll::Ready(status) = status.as_mut().poll(cx)
            {
                ended = Some(status);
            }
            match ended.is_some() && read == [true; 2] {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
        let operation = format!("read the output of {}", Quoted(&self.program));
        let named = |error: Error| error.during(&operation);
        Ok(Output {
            status: ended.unwrap_or_else(|| Err(over()))?,
            stdout: stdout.finish().map_err(named)?,
            stderr: stderr.finish().map_err(named)?,
        })
    }

    /// Asks it to end: sends it `SIGTERM`.
    ///
    /// # Errors
    /// As [`kill_with`](Self::kill_with).
    pub fn kill(&self) -> Action<()> {
        self.kill_with("SIGTERM")
    }

    /// Sends it a signal, like `"SIGKILL"`.
    ///
    /// # Errors
    /// [`ProcessExited`](ErrorCode::ProcessExited) when it has ended already.
    pub fn kill_with(&self, signal: impl Into<String>) -> Action<()> {
        let params = ProcessKillParams {
            pid: self.pid,
            signal: Some(signal.into()),
        };
        let name = Name::of(ProcessKill::VERB, &self.program);
        Action::new::<ProcessKill>(&self.rpc, name, Ok(params))
    }
}

fn ask(rpc: &Rpc, pid: u32) -> Call<ProcessWait> {
    rpc.call::<ProcessWait>(&ProcessWaitParams { pid })
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("pid", &self.pid)
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// How a process ended and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub status: ProcessStatus,
    /// All of its piped output; empty where that was not piped.
    pub stdout: Bytes,
    /// All of its piped errors; empty where those were not piped.
    pub stderr: Bytes,
}

impl Output {
    /// Whether the command succeeded.
    ///
    /// # Errors
    /// [`CommandFailed`](ErrorCode::CommandFailed) with the end of what it wrote to standard error.
    pub fn check(&self) -> Result<()> {
        if self.status.success {
            Ok(())
        } else {
            Err(failure(self))
        }
    }

    /// Its output as text, as it was written.
    ///
    /// # Errors
    /// [`InvalidUtf8`](ErrorCode::InvalidUtf8).
    pub fn text(&self) -> Result<String> {
        text_of(&self.stdout)
    }

    /// What it wrote to standard error, as text.
    ///
    /// # Errors
    /// [`InvalidUtf8`](ErrorCode::InvalidUtf8).
    pub fn stderr_text(&self) -> Result<String> {
        text_of(&self.stderr)
    }

    /// Its output as JSON.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) when the output is no JSON of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.stdout).map_err(|error| {
            let message = format!("the command's output is not the JSON asked for: {error}");
            Error::new(ErrorCode::InvalidOption, message).with_source(error)
        })
    }
}

fn failure(output: &Output) -> Error {
    let status = &output.status;
    let mut message = match &status.signal {
        Some(signal) => format!("the command was ended by {signal}"),
        None => format!("the command ended with exit code {}", status.code),
    };
    if status.oom.is_some() {
        message += ", most likely for want of memory";
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stderr = stderr.trim();
    if !stderr.is_empty() {
        let start = (stderr.len().saturating_sub(STDERR_TAIL)..stderr.len())
            .find(|at| stderr.is_char_boundary(*at))
            .unwrap_or_default();
        let cut = if start > 0 { "…" } else { "" };
        let tail = stderr[start..].replace(char::is_control, " ");
        message += &format!(": {cut}{tail}");
    }
    Error::new(ErrorCode::CommandFailed, message)
}
