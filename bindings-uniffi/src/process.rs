use std::sync::{Arc, Mutex, PoisonError};

use deno_sandbox::{Output as CoreOutput, Process as Core, ProcessStatus};

use crate::call::{Cancellation, call};
use crate::data::Data;
use crate::failure::Failure;
use crate::mailbox::calls;
use crate::streams::{ByteStream, ProcessInput};

/// A process in a sandbox.
#[derive(Debug, uniffi::Object)]
pub struct Process {
    core: Core,
    pid: u32,
    stdin: Mutex<Option<Arc<ProcessInput>>>,
    stdout: Option<Arc<ByteStream>>,
    stderr: Option<Arc<ByteStream>>,
}

impl Process {
    pub(crate) fn new(mut core: Core) -> Arc<Self> {
        Arc::new(Self {
            pid: core.pid(),
            stdin: Mutex::new(core.stdin.take().map(ProcessInput::new)),
            stdout: core.stdout.take().map(ByteStream::new),
            stderr: core.stderr.take().map(ByteStream::new),
            core,
        })
    }
}

calls!(Process {
    /// Waits until it has ended.
    status, begin_status[]() -> ProcessStatus: |this| this.core.status();

    /// Sends it a signal.
    kill, begin_kill[signal]() -> (): |this| this.core.kill_with(signal);
});

#[uniffi::export]
impl Process {
    /// Its number in the sandbox.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Its standard input, the first time it is asked for; a piped one that nobody asked for is closed
    /// before output is collected.
    pub fn take_stdin(&self) -> Option<Arc<ProcessInput>> {
        self.stdin
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Its standard output, where that is piped.
    pub fn stdout(&self) -> Option<Arc<ByteStream>> {
        self.stdout.clone()
    }

    /// Its standard error, where that is piped.
    pub fn stderr(&self) -> Option<Arc<ByteStream>> {
        self.stderr.clone()
    }

    /// Waits until it has ended and its piped output, as far as it was not read before, is read to the
    /// end.
    pub async fn output(&self, cancellation: Arc<Cancellation>) -> Result<Arc<Output>, Failure> {
        drop(self.take_stdin());
        call(cancellation, async {
            let mut streams = [None, None];
            for (taken, stream) in streams.iter_mut().zip([&self.stdout, &self.stderr]) {
                if let Some(stream) = stream {
                    *taken = stream.take().await;
                }
            }
            let [stdout, stderr] = streams;
            Ok(Output::new(self.core.output_of(stdout, stderr).await?))
        })
        .await
    }
}

/// How a process ended and what it wrote.
#[derive(Debug, uniffi::Object)]
pub struct Output(CoreOutput);

impl Output {
    pub(crate) fn new(core: CoreOutput) -> Arc<Self> {
        Arc::new(Self(core))
    }
}

#[uniffi::export]
impl Output {
    /// How it ended.
    pub fn status(&self) -> ProcessStatus {
        self.0.status.clone()
    }

    /// All of its piped output.
    pub fn stdout(&self) -> Data {
        Data(self.0.stdout.clone())
    }

    /// All of its piped errors.
    pub fn stderr(&self) -> Data {
        Data(self.0.stderr.clone())
    }

    /// Its output as text.
    pub fn text(&self) -> Result<String, Failure> {
        Ok(self.0.text()?)
    }

    /// What it wrote to standard error, as text.
    pub fn stderr_text(&self) -> Result<String, Failure> {
        Ok(self.0.stderr_text()?)
    }

    /// Fails for a command that did not succeed.
    pub fn check(&self) -> Result<(), Failure> {
        Ok(self.0.check()?)
    }
}
