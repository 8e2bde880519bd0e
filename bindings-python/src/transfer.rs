//! How far an upload or download is, told to a Python function.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use deno_sandbox::{Error, TransferProgress};
use futures_util::future::{Either, select};
use pyo3::prelude::*;
use tokio::sync::oneshot;

use crate::errors::Failure;
use crate::event_loop::EventLoop;
use crate::results::IntoPython;
use crate::runtime::Home;

pub(crate) type Failed = oneshot::Receiver<PyErr>;

/// Calls a Python function in the thread of who waits. What it raises ends the transfer.
pub(crate) fn listener(
    py: Python<'_>,
    home: Home,
    progress: Option<Py<PyAny>>,
) -> PyResult<(impl FnMut(&TransferProgress) + Send + 'static, Failed)> {
    let (fail, failed) = oneshot::channel();
    let fail = Arc::new(Mutex::new(Some(fail)));
    let event_loop = match home.blocking {
        true => None,
        false => Some(EventLoop::running(py)?),
    };
    let progress = progress.map(Arc::new);
    let tell = move |state: &TransferProgress| {
        let Some(progress) = progress.clone() else {
            return;
        };
        let (state, fail) = (state.clone(), fail.clone());
        let call = move |py: Python<'_>| {
            let called = state
                .into_python(py)
                .and_then(|state| progress.call1(py, (state,)));
            if let Err(error) = called
                && let Some(fail) = fail.lock().unwrap_or_else(PoisonError::into_inner).take()
            {
                // The transfer may have ended meanwhile.
                let _ = fail.send(error);
            }
            Ok(())
        };
        match &event_loop {
            Some(event_loop) => event_loop.call_soon(call),
            None => {
                let _: PyResult<()> = Python::attach(call);
            }
        }
    };
    Ok((tell, failed))
}

pub(crate) async fn until_failed(
    transfer: impl Future<Output = Result<(), Error>>,
    failed: Failed,
) -> Result<(), Failure> {
    let transfer = std::pin::pin!(transfer);
    match select(transfer, failed).await {
        Either::Left((done, mut failed)) => match failed.try_recv() {
            Ok(error) => Err(Failure::Python(error)),
            Err(_) => done.map_err(Failure::Sdk),
        },
        Either::Right((Ok(error), _)) => Err(Failure::Python(error)),
        Either::Right((Err(_), transfer)) => transfer.await.map_err(Failure::Sdk),
    }
}
