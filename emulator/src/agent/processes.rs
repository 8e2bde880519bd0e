use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::str::FromStr;
use std::sync::Mutex;

use deno_sandbox::rpc::methods::{OutputMode, ProcessKillParams, ProcessStatus, SpawnParams};
use deno_sandbox::rpc::values::Spawned;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, oneshot, watch};

use super::connection::Connection;
use super::failure::{Doing, Failure};
use super::locked;
use super::memory::OutOfMemory;
use super::sandbox::{Sandbox, check_variable};
use super::streams::{CHUNK, Item, Reader, Sender, refuse};

/// The processes started so far, those that ended included.
#[derive(Debug, Default)]
pub(super) struct Processes(Mutex<HashMap<u32, Process>>);

#[derive(Debug, Clone)]
struct Process {
    ended: watch::Receiver<Option<ProcessStatus>>,
    /// How many of its outputs may still hold something it wrote before its end.
    unsent: watch::Sender<usize>,
    /// Set by the first wait: from then on the client reads the output.
    awaited: watch::Sender<bool>,
    signals: mpsc::UnboundedSender<(Signal, oneshot::Sender<Result<(), Errno>>)>,
}

/// Starts a process. The answer says how to reach it; its output comes once it is waited for.
pub(super) async fn spawn(
    connection: &Connection,
    params: SpawnParams,
    stdin: Option<(u64, Reader)>,
) -> Result<Spawned, Failure> {
    let sandbox = &connection.sandbox;
    let out_of_memory = OutOfMemory::watch();
    let mut child = start(sandbox, &params, stdin.is_some()).await?;
    let pid = child.id().unwrap_or_default();
    let (tell_end, ended) = watch::channel(None);
    let (signals, received) = mpsc::unbounded_channel();
    let process = Process {
        ended,
        unsent: watch::Sender::new(0),
        awaited: watch::Sender::new(false),
        signals,
    };

    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdout_stream_id = pipe_output(connection, stdout, &process).await;
    let stderr_stream_id = pipe_output(connection, stderr, &process).await;
    if let (Some((id, reader)), Some(pipe)) = (stdin, child.stdin.take()) {
        let (incoming, outbox) = (connection.incoming.clone(), connection.outbox.clone());
        tokio::spawn(async move {
            if feed(pipe, reader).await.is_err() && incoming.abandon(id) {
                refuse(&outbox, id).await;
            }
        });
    }

    tokio::spawn(async move {
        let status = run(child, received).await;
        tell_end.send_replace(Some(describe(status, &out_of_memory)));
    });
    locked(&sandbox.processes.0).insert(pid, process);
    Ok(Spawned {
        pid,
        stdout_stream_id,
        stderr_stream_id,
    })
}

/// Waits for a process to end; from now on its output is sent. All it wrote itself goes before the
/// answer, since a client may close the connection then. What a child it left behind writes does not.
pub(super) async fn wait(sandbox: &Sandbox, pid: u32) -> Result<ProcessStatus, Failure> {
    let mut process = sandbox.processes.get(pid)?;
    process.awaited.send_replace(true);
    let status = process.ended.wait_for(Option::is_some).await;
    let status = status.ok().and_then(|status| status.clone());
    let mut unsent = process.unsent.subscribe();
    let _ = unsent.wait_for(|outputs| *outputs == 0).await;
    status.ok_or_else(|| no_process(pid))
}

/// Sends a signal to a process that has not ended.
pub(super) async fn signal(sandbox: &Sandbox, params: &ProcessKillParams) -> Result<(), Failure> {
    let name = params.signal.as_deref().unwrap_or("SIGTERM");
    let signal = Signal::from_str(name).map_err(|_| {
        Failure::invalid(format!("Unknown signal {name:?}; give a name like SIGTERM"))
    })?;
    let process = sandbox.processes.get(params.pid)?;
    let (reply, sent) = oneshot::channel();
    let _ = process.signals.send((signal, reply));
    match sent.await {
        Ok(sent) => sent.at("kill", &params.pid.to_string()),
        Err(_) => Err(no_process(params.pid)),
    }
}

impl Processes {
    fn get(&self, pid: u32) -> Result<Process, Failure> {
        let processes = locked(&self.0);
        processes.get(&pid).cloned().ok_or_else(|| no_process(pid))
    }
}

fn no_process(pid: u32) -> Failure {
    let message = format!("No process {pid} is running: it has ended or was never started");
    Failure::new("TypeError", Errno::ENOENT, message)
}

async fn start(sandbox: &Sandbox, params: &SpawnParams, stdin: bool) -> Result<Child, Failure> {
    let folder = sandbox.resolve(params.cwd.as_deref().unwrap_or("."));
    if let Some(given) = &params.cwd {
        // Else it would look as if the program were missing.
        tokio::fs::metadata(&folder).await.at("spawn in", given)?;
    }
    let mut env = match params.clear_env {
        Some(true) => Default::default(),
        _ => sandbox.env(),
    };
    for (key, value) in params.env.iter().flat_map(|env| env.iter()) {
        check_variable(key, value)?;
        env.insert(key.clone(), value.clone());
    }
    let output = |mode| match mode {
        OutputMode::Piped => Stdio::piped(),
        OutputMode::Null => Stdio::null(),
    };
    Command::new(&params.command)
        .args(params.args.iter().flatten())
        .env_clear()
        .envs(env)
        .current_dir(folder)
        .stdin(if stdin { Stdio::piped() } else { Stdio::null() })
        .stdout(output(params.stdout))
        .stderr(output(params.stderr))
        .spawn()
        .at("spawn", &params.command)
}

/// Waits for the end and sends signals until then, never to a number that is free again.
async fn run(
    mut child: Child,
    mut signals: mpsc::UnboundedReceiver<(Signal, oneshot::Sender<Result<(), Errno>>)>,
) -> io::Result<ExitStatus> {
    loop {
        let (signal, reply) = tokio::select! {
            status = child.wait() => return status,
            Some(request) = signals.recv() => request,
        };
        // None once it was reaped: dropping `reply` says so.
        if let Some(pid) = child.id() {
            let _ = reply.send(kill(Pid::from_raw(pid.cast_signed()), signal));
        }
    }
}

fn describe(status: io::Result<ExitStatus>, out_of_memory: &OutOfMemory) -> ProcessStatus {
    // The system cannot fail to tell of a child nobody else waits for.
    let status = status.unwrap_or_else(|_| ExitStatus::from_raw(0xff00));
    let signal = status.signal();
    let code = status
        .code()
        .unwrap_or_else(|| 128 + signal.unwrap_or_default());
    ProcessStatus {
        success: status.success(),
        code,
        signal: signal.map(signal_name),
        oom: (code == 128 + Signal::SIGKILL as i32 && out_of_memory.happened())
            .then(|| "high-confidence".to_owned()),
    }
}

fn signal_name(number: i32) -> String {
    match Signal::try_from(number) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) => format!("SIG{number}"),
    }
}

/// Announces a stream of a process's output, if it is piped, and sends it in the background.
async fn pipe_output(
    connection: &Connection,
    pipe: Option<impl AsyncRead + AsFd + Unpin + Send + 'static>,
    process: &Process,
) -> Option<u64> {
    let pipe = pipe?;
    let id = connection.sandbox.next_stream();
    let mut output = Output {
        pipe,
        buffer: Vec::with_capacity(CHUNK),
        sender: connection.open_stream(id).await.ok(),
    };
    let (mut awaited, mut ended) = (process.awaited.subscribe(), process.ended.clone());
    let unsent = process.unsent.clone();
    unsent.send_modify(|outputs| *outputs += 1);
    let closed = connection.closed();
    tokio::spawn(async move {
        tokio::select! {
            _ = awaited.wait_for(|awaited| *awaited) => {}
            () = closed => {}
        }
        let has_ended = async move {
            let _ = ended.wait_for(Option::is_some).await;
        };
        output.send_until(has_ended).await;
        output.send_present().await;
        unsent.send_modify(|outputs| *outputs -= 1);
        output.send_until(std::future::pending()).await;
        if let Some(sender) = output.sender {
            sender.end().await;
        }
    });
    Some(id)
}

/// What a process writes and where it goes.
struct Output<P> {
    pipe: P,
    /// What is read and not sent.
    buffer: Vec<u8>,
    /// `None` where nobody wants it any more: it is dropped then, and the process goes on.
    sender: Option<Sender>,
}

impl<P: AsyncRead + AsFd + Unpin> Output<P> {
    /// Sends what comes, until nothing more can come or `stop`.
    async fn send_until(&mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            self.send().await;
            tokio::select! {
                read = self.pipe.read_buf(&mut self.buffer) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                },
                () = &mut stop => return,
            }
        }
    }

    /// Sends what the pipe holds now, by the kernel's word rather than the event loop's, which may be
    /// late.
    async fn send_present(&mut self) {
        loop {
            self.send().await;
            self.buffer.resize(CHUNK, 0);
            let read = nix::unistd::read(&self.pipe, &mut self.buffer);
            self.buffer.truncate(read.unwrap_or_default());
            if self.buffer.is_empty() {
                return;
            }
        }
    }

    async fn send(&mut self) {
        if let Some(sender) = &self.sender
            && !self.buffer.is_empty()
            && sender.send(&self.buffer).await.is_err()
        {
            self.sender = None;
        }
        self.buffer.clear();
    }
}

/// Writes a stream to a process; fails where the process no longer reads it.
async fn feed(mut pipe: ChildStdin, mut reader: Reader) -> io::Result<()> {
    while let Some(Item::Chunk(chunk)) = reader.recv().await {
        pipe.write_all(&chunk.bytes).await?;
    }
    Ok(())
}
