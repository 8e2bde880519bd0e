use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::frame::Frame;

/// How many bytes wait for the client before those who send more have to wait.
const ROOM: usize = 4 << 20;

/// The way to the client: frames leave in the order they were sent.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    queue: mpsc::UnboundedSender<Queued>,
    room: Arc<Semaphore>,
}

/// What takes frames from an [`Outbox`] to the socket.
#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::UnboundedReceiver<Queued>,
    room: Arc<Semaphore>,
}

/// The connection has ended.
#[derive(Debug)]
pub(super) struct Closed;

#[derive(Debug)]
struct Queued {
    frame: Frame,
    /// Set when the frame must no longer be sent.
    dropped: Option<Arc<AtomicBool>>,
    _room: OwnedSemaphorePermit,
}

pub(super) fn outbox() -> (Outbox, Writer) {
    let (send, queue) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(ROOM));
    let outbox = Outbox {
        queue: send,
        room: room.clone(),
    };
    (outbox, Writer { queue, room })
}

impl Outbox {
    pub(super) async fn send(&self, frame: Frame) -> Result<(), Closed> {
        self.push(frame, None).await
    }

    /// Sends a frame unless `dropped` is set before its turn comes.
    pub(super) async fn send_unless(
        &self,
        dropped: &Arc<AtomicBool>,
        frame: Frame,
    ) -> Result<(), Closed> {
        self.push(frame, Some(dropped.clone())).await
    }

    async fn push(&self, frame: Frame, dropped: Option<Arc<AtomicBool>>) -> Result<(), Closed> {
        let size = u32::try_from(frame.len().min(ROOM)).map_err(|_| Closed)?;
        let room = self.room.clone().acquire_many_owned(size).await;
        let queued = Queued {
            frame,
            dropped,
            _room: room.map_err(|_| Closed)?,
        };
        self.queue.send(queued).map_err(|_| Closed)
    }
}

impl Writer {
    /// Writes until the socket breaks or nobody can send any more.
    pub(super) async fn run(mut self, socket: impl AsyncWrite + Unpin) {
        let mut socket = BufWriter::with_capacity(64 << 10, socket);
        while let Some(queued) = self.queue.recv().await {
            let dropped = queued.dropped.as_ref();
            let is_dropped = dropped.is_some_and(|dropped| dropped.load(Ordering::Acquire));
            if !is_dropped && socket.write_all(queued.frame.as_bytes()).await.is_err() {
                break;
            }
            // Also after a frame that is not sent: those before it wait in the buffer.
            if self.queue.is_empty() && socket.flush().await.is_err() {
                break;
            }
        }
        let _ = socket.flush().await;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Those who wait for room learn that it will never come.
        self.room.close();
    }
}
