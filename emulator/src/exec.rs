//! A command that runs while the emulator does.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::signal::unix::{self, SignalKind, signal};

use crate::service::Service;

/// Runs the command with the variables set, hands signals on, and gives its status as a shell does.
///
/// # Errors
/// When the command cannot be started: the status for that, and why.
pub(crate) async fn run(service: &Service, command: &[OsString]) -> Result<u8, (u8, String)> {
    let (program, args) = command.split_first().ok_or((2, "no command".to_owned()))?;
    // Before the command starts: from then on no signal may end this program without it.
    let mut signals = Signals::listen().map_err(|error| (1, error.to_string()))?;
    let mut child = Command::new(program)
        .args(args)
        .envs(service.variables())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            let status = if error.kind() == std::io::ErrorKind::NotFound {
                127
            } else {
                126
            };
            (status, format!("could not run {program:?}: {error}"))
        })?;
    let status = wait(&mut child, &mut signals)
        .await
        .map_err(|error| (1, format!("could not wait for {program:?}: {error}")))?;
    Ok(as_shell(status))
}

/// The signals handed on.
struct Signals {
    interrupt: unix::Signal,
    quit: unix::Signal,
    terminate: unix::Signal,
    hangup: unix::Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }
}

async fn wait(child: &mut Child, signals: &mut Signals) -> std::io::Result<ExitStatus> {
    // A terminal sends these two to the whole foreground, so the command has them already.
    let from_terminal = std::io::stdin().is_terminal();
    loop {
        let received = tokio::select! {
            status = child.wait() => return status,
            _ = signals.interrupt.recv() => (!from_terminal).then_some(Signal::SIGINT),
            _ = signals.quit.recv() => (!from_terminal).then_some(Signal::SIGQUIT),
            _ = signals.terminate.recv() => Some(Signal::SIGTERM),
            _ = signals.hangup.recv() => Some(Signal::SIGHUP),
        };
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        if let (Some(signal), Some(pid)) = (received, pid) {
            // It may have just ended, and then there is nothing to tell.
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

fn as_shell(status: ExitStatus) -> u8 {
    let number = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(number).unwrap_or(1)
}
