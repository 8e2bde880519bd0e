use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use deno_sandbox::{Error, ErrorCode};
use futures_util::{FutureExt, TryFutureExt};
use pyo3::prelude::*;
use tokio::runtime::Handle;

use crate::errors::{Failure, exception};
use crate::event_loop::EventLoop;
use crate::results::IntoPython;
use crate::runtime::{Home, runtime};

/// How often a blocking call looks for signals; Python's own handlers run only when asked to.
const SIGNAL_TICK: Duration = Duration::from_millis(50);

type Job<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

impl Home {
    /// [`run`](Self::run), of a call about a file in the sandbox, which exceptions then name.
    pub(crate) fn run_on<'py, T, E>(
        self,
        py: Python<'py>,
        path: String,
        future: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> PyResult<Bound<'py, PyAny>>
    where
        T: IntoPython + Send + 'static,
        E: Into<Failure> + 'static,
    {
        self.run(py, future.map_err(|error| error.into().about(path)))
    }

    /// Makes a call as its object does: waits for the result, or gives an awaitable of it.
    ///
    /// Given up, by Ctrl-C or a cancelled task, the future is dropped, which gives the call up on the
    /// service too.
    pub(crate) fn run<'py, T, E>(
        self,
        py: Python<'py>,
        future: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> PyResult<Bound<'py, PyAny>>
    where
        T: IntoPython + Send + 'static,
        E: Into<Failure> + 'static,
    {
        self.check(py)?;
        let handle = runtime(py)?;
        let job: Job<T> = Box::pin(async move {
            match AssertUnwindSafe(future).catch_unwind().await {
                Ok(result) => result.map_err(Into::into),
                Err(panic) => Err(Failure::Sdk(defect(&*panic))),
            }
        });
        if self.blocking {
            block(py, &handle, job)
        } else {
            start(py, &handle, job)
        }
    }
}

fn block<'py, T: IntoPython + Send + 'static>(
    py: Python<'py>,
    handle: &Handle,
    mut job: Job<T>,
) -> PyResult<Bound<'py, PyAny>> {
    if Handle::try_current().is_ok() {
        let message = "a blocking call cannot be made from within another one's callback";
        return Err(exception(py, &Error::new(ErrorCode::InvalidState, message)));
    }
    let result = py.detach(|| {
        let result = handle.block_on(async {
            loop {
                if let Ok(result) = tokio::time::timeout(SIGNAL_TICK, &mut job).await {
                    return result;
                }
                Python::attach(|py| py.check_signals())?;
            }
        });
        // What a call given up leaves to do needs the runtime.
        let _entered = handle.enter();
        drop(job);
        result
    });
    result
        .map_err(|failure| failure.into_exception(py))?
        .into_python(py)
}

fn start<'py, T: IntoPython + Send + 'static>(
    py: Python<'py>,
    handle: &Handle,
    mut job: Job<T>,
) -> PyResult<Bound<'py, PyAny>> {
    let event_loop = EventLoop::running(py)?;
    let awaitable = event_loop.create_future(py)?;
    // Begun here: the request leaves without a change of threads, and what is there already needs none.
    let first = {
        let _entered = handle.enter();
        job.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    if let Poll::Ready(result) = first {
        settle(py, &awaitable, result)?;
        return Ok(awaitable);
    }
    let future = awaitable.clone().unbind();
    let task = handle.spawn(async move {
        let result = job.await;
        event_loop.call_soon(move |py| settle(py, future.bind(py), result));
    });
    awaitable.setattr(pyo3::intern!(py, "abort"), Abort(task.abort_handle()))?;
    Ok(awaitable)
}

fn settle<T: IntoPython>(
    py: Python<'_>,
    awaitable: &Bound<'_, PyAny>,
    result: Result<T, Failure>,
) -> PyResult<()> {
    let result = result
        .map_err(|failure| failure.into_exception(py))
        .and_then(|value| value.into_python(py));
    let settled = match result {
        Ok(value) => awaitable.call_method1(pyo3::intern!(py, "set_result"), (value,)),
        Err(error) => awaitable.call_method1(pyo3::intern!(py, "set_exception"), (error,)),
    };
    match settled {
        Ok(_) => Ok(()),
        // Given up just now.
        Err(_)
            if awaitable
                .call_method0(pyo3::intern!(py, "cancelled"))?
                .is_truthy()? =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Gives a call up, when called.
#[pyclass(frozen)]
struct Abort(tokio::task::AbortHandle);

#[pymethods]
impl Abort {
    fn __call__(&self) {
        self.0.abort();
    }
}

fn defect(panic: &(dyn std::any::Any + Send)) -> Error {
    let words = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown");
    let message = format!("a defect in this SDK, please report it: {words}");
    Error::new(ErrorCode::Internal, message)
}
