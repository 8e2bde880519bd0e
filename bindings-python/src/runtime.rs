use std::sync::{Mutex, PoisonError};

use deno_sandbox::{Error, ErrorCode};
use pyo3::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::errors::exception;

/// Connections of all sandboxes are driven by these; a call's own work is done by who waits for it.
const WORKERS: usize = 2;

/// The process's runtime, and the process it belongs to.
static RUNTIME: Mutex<Option<(u32, Runtime)>> = Mutex::new(None);

/// The process's one runtime, started when it is first needed, and anew in a process that was forked off:
/// threads do not survive a fork.
pub(crate) fn runtime(py: Python<'_>) -> PyResult<Handle> {
    // Only ever locked by who holds the interpreter, as whoever forks does: no fork finds it locked.
    let mut current = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((owner, runtime)) = &*current
        && *owner == process
    {
        return Ok(runtime.handle().clone());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("deno-sandbox")
        .enable_all()
        .build()
        .map_err(|error| {
            let message = format!("could not start background threads: {error}");
            exception(
                py,
                &Error::new(ErrorCode::Internal, message).with_source(error),
            )
        })?;
    let handle = runtime.handle().clone();
    // Dropping the parent's would wait for threads that are not there.
    std::mem::forget(current.replace((process, runtime)));
    Ok(handle)
}

/// Where an object's calls are made from: how its methods give their results, and the process its
/// connection belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home {
    pub(crate) blocking: bool,
    process: u32,
}

impl Home {
    pub(crate) fn new(blocking: bool) -> Self {
        Self {
            blocking,
            process: std::process::id(),
        }
    }

    /// Whether this process was forked off since.
    pub(crate) fn is_foreign(self) -> bool {
        self.process != std::process::id()
    }

    /// # Errors
    /// In a process that was forked off since: its sockets are the parent's.
    pub(crate) fn check(self, py: Python<'_>) -> PyResult<()> {
        if self.is_foreign() {
            let message = "this object belongs to the process that forked this one; \
                           open the sandbox again here, with `connect`";
            return Err(exception(py, &Error::new(ErrorCode::InvalidState, message)));
        }
        Ok(())
    }
}
