//! How a foreign call runs: on our runtime, and until it is cancelled.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use deno_sandbox::{Error, ErrorCode};
use futures_util::future::{Either, select};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::Notify;

use crate::failure::Failure;

/// Sockets and background work of every client. A phone or a server that cannot start a thread cannot
/// use the SDK, and is told so by each call.
///
/// One thread: foreign threads poll the calls with much to carry, what is left is little, and a second one
/// would be woken for each answer only to find that the first has it.
static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name("deno-sandbox")
        .worker_threads(1)
        .enable_all()
        .build()
});

/// Where background work runs.
pub(crate) fn runtime() -> Result<&'static Handle, Error> {
    match &*RUNTIME {
        Ok(runtime) => Ok(runtime.handle()),
        Err(error) => {
            let message = format!("the SDK's threads could not be started: {error}");
            Err(Error::new(ErrorCode::LocalIo, message))
        }
    }
}

/// Cancels one call: the one it is given to.
#[derive(Debug, Default, uniffi::Object)]
pub struct Cancellation {
    asked: Notify,
}

#[uniffi::export]
impl Cancellation {
    /// For one call.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the call with the code `cancelled`, here and in the service; before it has begun, too.
    pub fn cancel(&self) {
        self.asked.notify_one();
    }
}

/// Runs a call of the core.
pub(crate) async fn call<T>(
    cancellation: Arc<Cancellation>,
    operation: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Failure> {
    let operation = InRuntime {
        runtime: runtime()?,
        future: Box::pin(operation),
    };
    // Polled in this order: what was cancelled before it began is not begun.
    match select(pin!(cancellation.asked.notified()), operation).await {
        Either::Left(_) => Err(Error::new(ErrorCode::Cancelled, "the call was cancelled").into()),
        Either::Right((result, _)) => Ok(result?),
    }
}

/// A future polled by a foreign thread, with our runtime's sockets and timers at hand.
struct InRuntime<F> {
    runtime: &'static Handle,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for InRuntime<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.runtime.enter();
        self.future.as_mut().poll(cx)
    }
}
