//! One thread that starts every container.
//!
//! A container dies with the thread that started it (`PR_SET_PDEATHSIG` follows threads, not
//! processes), so that thread has to live as long as the emulator. Tokio's own come and go.

use std::io;
use std::sync::mpsc;
use std::thread;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Hands commands to the thread.
#[derive(Debug, Clone)]
pub(crate) struct Launcher(mpsc::Sender<Job>);

struct Job {
    command: Command,
    answer: oneshot::Sender<io::Result<Child>>,
}

impl Launcher {
    /// Starts the thread; must be called in a runtime, which will watch over the children.
    pub(crate) fn start() -> io::Result<Self> {
        let (send, jobs) = mpsc::channel::<Job>();
        let runtime = Handle::current();
        thread::Builder::new()
            .name("launcher".to_owned())
            .spawn(move || {
                let _runtime = runtime.enter();
                for mut job in jobs {
                    let _ = job.answer.send(job.command.spawn());
                }
            })?;
        Ok(Self(send))
    }

    /// Starts a command.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (answer, child) = oneshot::channel();
        let gone = || io::Error::other("the launcher has ended");
        self.0.send(Job { command, answer }).map_err(|_| gone())?;
        child.await.map_err(|_| gone())?
    }
}
