//! The program inside a sandbox: carries out the calls of its clients.

mod connection;
mod content;
mod failure;
mod files;
mod frame;
mod glob;
mod handles;
mod incoming;
mod limits;
mod memory;
mod outbox;
mod processes;
mod sandbox;
mod server;
mod streams;
mod tree;

use std::sync::{Mutex, MutexGuard, PoisonError};

use failure::Failure;
use nix::errno::Errno;

pub(crate) use server::run;

/// Locks what is never left half-changed: a panic elsewhere does not spoil it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what may block on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Failure::new("Error", Errno::EIO, error.to_string())))
}
