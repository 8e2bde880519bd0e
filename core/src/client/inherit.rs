//! Output of a process on this program's own standard output and error.

use futures_channel::oneshot;
use futures_util::StreamExt;
use tokio::io::{AsyncWrite, AsyncWriteExt};

pub(super) use tokio::io::{stderr, stdout};

use super::ByteStream;
use crate::transport::Runtime;

/// Copies in the background; the receiver is told when all is written.
pub(super) fn copy(
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
