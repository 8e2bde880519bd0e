//! Output of a process on this program's own standard output and error.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::select;
use futures_util::lock::Mutex;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::oneshot;

pub(super) use tokio::io::{stderr, stdout};

use super::ByteStream;
use crate::transport::Runtime;

/// How long after a process's end its inherited output may still be copied before its status is told:
/// a child of its own may hold the output open for ever.
const COPY_GRACE: Duration = Duration::from_millis(500);

/// Output that is being copied.
#[derive(Default)]
pub(super) struct Copies(Mutex<Vec<oneshot::Receiver<()>>>);

impl Copies {
    pub(super) fn begin(
        &mut self,
        runtime: &dyn Runtime,
        from: ByteStream,
        to: impl AsyncWrite + Unpin + Send + 'static,
    ) {
        self.0.get_mut().push(copy(runtime, from, to));
    }

    /// Waits until all of it is copied, for a while.
    pub(super) async fn finished(&self, runtime: &dyn Runtime) {
        let copies = std::mem::take(&mut *self.0.lock().await);
        if copies.is_empty() {
            return;
        }
        let copied = std::pin::pin!(async {
            for copy in copies {
                // One that was dropped copies no more either.
                let _ = copy.await;
            }
        });
        select(copied, runtime.sleep(COPY_GRACE)).await;
    }
}

fn copy(
    runtime: &dyn Runtime,
    mut from: ByteStream,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
) -> oneshot::Receiver<()> {
    let (done, told) = oneshot::channel();
    runtime.spawn(Box::pin(async move {
        // A failed connection is told by the status, and output that cannot be written is still taken
        // from the process, so that it does not stall.
        while let Some(Ok(chunk)) = from.next().await {
            let _ = to.write_all(&chunk).await;
            let _ = to.flush().await;
        }
        let _ = done.send(());
    }));
    told
}
