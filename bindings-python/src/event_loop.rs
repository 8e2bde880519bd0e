//! How results reach an asyncio event loop: a queue, and a socket whose other end the loop watches. No
//! background thread ever waits for the interpreter, and what arrives together is handed over together.

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

type Callback = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

/// A running event loop.
#[derive(Clone)]
pub(crate) struct EventLoop(Arc<Inner>);

struct Inner {
    queue: Mutex<Vec<Callback>>,
    /// Written to when the queue stops being empty.
    bell: UnixStream,
    watched: UnixStream,
    /// The loop, and the class of its futures.
    event_loop: Py<PyAny>,
}

thread_local! {
    /// The loop that ran in this thread last.
    static LAST: RefCell<Option<EventLoop>> = const { RefCell::new(None) };
}

impl EventLoop {
    /// The event loop that runs in this thread.
    ///
    /// # Errors
    /// `RuntimeError` where none does.
    pub(crate) fn running(py: Python<'_>) -> PyResult<Self> {
        static GET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let get = GET.import(py, "asyncio", "get_running_loop")?;
        let event_loop = get.call0()?;
        LAST.with_borrow_mut(|last| match last {
            Some(last) if last.0.event_loop.is(&event_loop) => Ok(last.clone()),
            _ => {
                let found = Self::watched_by(&event_loop)?;
                *last = Some(found.clone());
                Ok(found)
            }
        })
    }

    fn watched_by(event_loop: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (bell, watched) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        watched.set_nonblocking(true)?;
        let descriptor = watched.as_raw_fd();
        let this = Self(Arc::new(Inner {
            queue: Mutex::default(),
            bell,
            watched,
            event_loop: event_loop.clone().unbind(),
        }));
        event_loop.call_method1("add_reader", (descriptor, Deliver(this.clone())))?;
        Ok(this)
    }

    /// A future of the loop that can be given up through its `abort`.
    pub(crate) fn create_future<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        CLASS
            .import(py, "deno_sandbox._call", "Call")?
            .call1((&self.0.event_loop,))
    }

    /// Has the loop call this soon, in its own thread.
    pub(crate) fn call_soon(
        &self,
        callback: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static,
    ) {
        let mut queue = self.lock();
        let was_empty = queue.is_empty();
        queue.push(Box::new(callback));
        drop(queue);
        if was_empty {
            // It holds many bytes, and one is enough; a loop that is gone needs none.
            let _ = (&self.0.bell).write(&[0]);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Callback>> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands over what is in the queue, when called by the loop.
#[pyclass(frozen)]
struct Deliver(EventLoop);

#[pymethods]
impl Deliver {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let mut rings = [0; 64];
        loop {
            match (&self.0.0.watched).read(&mut rings) {
                Ok(count) if count == rings.len() => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                _ => break,
            }
        }
        let queue = std::mem::take(&mut *self.0.lock());
        let mut outcome = Ok(());
        for callback in queue {
            let called = callback(py);
            // One that fails does not keep the others from their results.
            outcome = outcome.and(called);
        }
        outcome
    }
}
