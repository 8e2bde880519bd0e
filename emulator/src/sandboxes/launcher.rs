//! One thread that starts every container, inside its control group.
//!
//! A container dies with the thread that started it (`PR_SET_PDEATHSIG` follows threads, not
//! processes), so that thread has to live as long as the emulator. Tokio's own come and go.
//!
//! Entering a control group costs the kernel milliseconds. Where a single thread can enter one, this
//! thread enters that of the next container ahead of time, and the container is born in it.

use std::io;
use std::sync::mpsc;
use std::thread;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::cgroup::{Cgroup, Cgroups};

/// Hands work to the thread.
#[derive(Debug, Clone)]
pub(crate) struct Launcher(mpsc::Sender<Job>);

/// Makes the command, given the control group it will run in.
type MakeCommand = Box<dyn FnOnce(Option<&Cgroup>) -> Command + Send>;

enum Job {
    Start {
        memory: u64,
        command: MakeCommand,
        answer: oneshot::Sender<io::Result<Started>>,
    },
    Stop {
        done: oneshot::Sender<()>,
    },
}

/// A process, and the control group that it and all its children are in, where there is one.
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) cgroup: Option<Cgroup>,
}

impl Launcher {
    /// Starts the thread; must be called in a runtime, which will watch over the children.
    pub(crate) fn start(cgroups: Option<Cgroups>) -> io::Result<Self> {
        let (send, jobs) = mpsc::channel::<Job>();
        let runtime = Handle::current();
        let work = move || {
            let _runtime = runtime.enter();
            let mut ready = prepare(cgroups.as_ref());
            for job in jobs {
                match job {
                    Job::Start {
                        memory,
                        command,
                        answer,
                    } => {
                        let started = ready.and_then(|cgroup| start(cgroup, memory, command));
                        let _ = answer.send(started);
                        ready = prepare(cgroups.as_ref());
                    }
                    Job::Stop { done } => {
                        if let Some(cgroups) = &cgroups {
                            cgroups.leave();
                            drop(ready);
                            cgroups.remove();
                        }
                        let _ = done.send(());
                        return;
                    }
                }
            }
        };
        thread::Builder::new()
            .name("launcher".to_owned())
            .spawn(work)?;
        Ok(Self(send))
    }

    /// Starts a command whose processes together have this many bytes of memory.
    pub(crate) async fn spawn(
        &self,
        memory: u64,
        command: impl FnOnce(Option<&Cgroup>) -> Command + Send + 'static,
    ) -> io::Result<Started> {
        let (answer, started) = oneshot::channel();
        let gone = || io::Error::other("the launcher has ended");
        let command = Box::new(command);
        let job = Job::Start {
            memory,
            command,
            answer,
        };
        self.0.send(job).map_err(|_| gone())?;
        started.await.map_err(|_| gone())?
    }

    /// Ends the thread and removes the control groups, once every sandbox has gone.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.0.send(Job::Stop { done }).is_ok() {
            let _ = stopped.await;
        }
    }
}

/// A control group this thread is in, where it can be.
fn prepare(cgroups: Option<&Cgroups>) -> io::Result<Option<Cgroup>> {
    let Some(cgroups) = cgroups else {
        return Ok(None);
    };
    let cgroup = cgroups.create()?;
    cgroup.enter_thread()?;
    Ok(Some(cgroup))
}

fn start(cgroup: Option<Cgroup>, memory: u64, command: MakeCommand) -> io::Result<Started> {
    if let Some(cgroup) = &cgroup {
        cgroup.limit(memory)?;
    }
    let child = command(cgroup.as_ref()).spawn()?;
    Ok(Started { child, cgroup })
}
