use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::failure::Failure;
use super::frame::{Frame, chunk_limit};
use super::locked;
use super::outbox::{Closed, Outbox};

/// How many bytes of claimed streams may wait before the connection is no longer read.
const ROOM: usize = 4 << 20;

/// The largest piece of a stream sent at once.
pub(super) const CHUNK: usize = 256 << 10;

/// The streams the client sends.
#[derive(Debug)]
pub(super) struct Incoming {
    streams: Mutex<HashMap<u64, Source>>,
    room: Arc<Semaphore>,
}

#[derive(Debug)]
enum Source {
    /// No call has named it yet; what came so far is kept.
    Unclaimed(Vec<Item>),
    Claimed(mpsc::UnboundedSender<Item>),
    /// Nobody reads it any more.
    Abandoned,
}

/// What a stream brings.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Chunk),
    End,
    /// The client could not go on.
    Failed(String),
}

/// A piece of a stream, which takes room until it is dropped.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

/// A stream a call reads; `None` from it before its end means that the connection closed or the
/// call was given up.
pub(super) type Reader = mpsc::UnboundedReceiver<Item>;

impl Incoming {
    pub(super) fn new() -> Self {
        Self {
            streams: Mutex::default(),
            room: Arc::new(Semaphore::new(ROOM)),
        }
    }

    pub(super) fn start(&self, id: u64) {
        let mut streams = locked(&self.streams);
        streams.entry(id).or_insert(Source::Unclaimed(Vec::new()));
    }

    /// Takes a piece; waits where too much is unread already.
    pub(super) async fn enqueue(&self, id: u64, bytes: Vec<u8>) {
        let reader = {
            let mut streams = locked(&self.streams);
            match streams.get_mut(&id) {
                Some(Source::Unclaimed(items)) => {
                    // Not counted: the call that will read it may come after it.
                    items.push(Item::Chunk(Chunk { bytes, _room: None }));
                    return;
                }
                Some(Source::Claimed(reader)) => reader.clone(),
                Some(Source::Abandoned) | None => return,
            }
        };
        let size = bytes.len().min(ROOM) as u32;
        let room = tokio::select! {
            room = self.room.clone().acquire_many_owned(size) => room.ok(),
            () = reader.closed() => None,
        };
        if reader
            .send(Item::Chunk(Chunk { bytes, _room: room }))
            .is_err()
        {
            self.abandon(id);
        }
    }

    pub(super) fn end(&self, id: u64) {
        self.finish(id, Item::End);
    }

    pub(super) fn fail(&self, id: u64, reason: String) {
        self.finish(id, Item::Failed(reason));
    }

    /// Gives a stream to the call that names it.
    pub(super) fn claim(&self, id: u64) -> Result<Reader, Failure> {
        let (send, reader) = mpsc::unbounded_channel();
        let mut streams = locked(&self.streams);
        let mut ended = false;
        match streams.remove(&id) {
            Some(Source::Unclaimed(items)) => {
                for item in items {
                    ended = !matches!(item, Item::Chunk(_));
                    let _ = send.send(item);
                }
            }
            None => {}
            Some(taken) => {
                streams.insert(id, taken);
                return Err(Failure::invalid(format!("stream {id} is in use already")));
            }
        }
        if !ended {
            streams.insert(id, Source::Claimed(send));
        }
        Ok(reader)
    }

    /// Drops what comes of a stream from now on; false where it has ended anyway.
    pub(super) fn abandon(&self, id: u64) -> bool {
        let mut streams = locked(&self.streams);
        let Some(source) = streams.get_mut(&id) else {
            return false;
        };
        *source = Source::Abandoned;
        true
    }

    /// Ends all streams, for a connection that has closed.
    pub(super) fn close(&self) {
        locked(&self.streams).clear();
        self.room.close();
    }

    fn finish(&self, id: u64, item: Item) {
        let mut streams = locked(&self.streams);
        match streams.get_mut(&id) {
            Some(Source::Unclaimed(items)) => items.push(item),
            Some(Source::Claimed(reader)) => {
                let _ = reader.send(item);
                streams.remove(&id);
            }
            Some(Source::Abandoned) => {
                streams.remove(&id);
            }
            None => {}
        }
    }
}

/// Asks the client to stop sending a stream nobody reads any more.
pub(super) async fn refuse(outbox: &Outbox, id: u64) {
    let params = json!({"streamId": id, "reason": null});
    let _ = outbox
        .send(Frame::notification("$sandbox.stream.cancel", &params))
        .await;
}

/// The streams sent to the client that it may cancel: those with a sender, or with frames that wait.
#[derive(Debug, Default)]
pub(super) struct Outgoing(Mutex<HashMap<u64, Weak<AtomicBool>>>);

/// A stream sent to the client.
#[derive(Debug)]
pub(super) struct Sender {
    id: u64,
    cancelled: Arc<AtomicBool>,
    outbox: Outbox,
    chunk: usize,
}

impl Outgoing {
    /// Announces a stream to the client.
    pub(super) async fn open(
        &self,
        id: u64,
        outbox: &Outbox,
        max_frame: usize,
    ) -> Result<Sender, Closed> {
        let cancelled = Arc::new(AtomicBool::new(false));
        {
            let mut streams = locked(&self.0);
            streams.retain(|_, cancelled| cancelled.strong_count() > 0);
            streams.insert(id, Arc::downgrade(&cancelled));
        }
        let sender = Sender {
            id,
            cancelled,
            outbox: outbox.clone(),
            chunk: chunk_limit(max_frame).min(CHUNK),
        };
        sender.notify("start", json!({"streamId": id})).await?;
        Ok(sender)
    }

    /// The client wants no more of a stream.
    pub(super) fn cancel(&self, id: u64) {
        if let Some(cancelled) = locked(&self.0).get(&id).and_then(Weak::upgrade) {
            cancelled.store(true, Ordering::Release);
        }
    }
}

impl Sender {
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Sends bytes, in as many pieces as the client needs; [`Closed`] once nobody reads.
    pub(super) async fn send(&self, bytes: &[u8]) -> Result<(), Closed> {
        for piece in bytes.chunks(self.chunk) {
            if self.cancelled.load(Ordering::Acquire) {
                return Err(Closed);
            }
            let frame = Frame::enqueue(self.id, piece);
            self.outbox.send_unless(&self.cancelled, frame).await?;
        }
        Ok(())
    }

    pub(super) async fn end(self) {
        let _ = self.notify("end", json!({"streamId": self.id})).await;
    }

    pub(super) async fn fail(self, failure: &Failure) {
        let params = json!({"streamId": self.id, "error": failure});
        let _ = self.notify("error", params).await;
    }

    async fn notify(&self, what: &str, params: serde_json::Value) -> Result<(), Closed> {
        let frame = Frame::notification(&format!("$sandbox.stream.{what}"), &params);
        self.outbox.send_unless(&self.cancelled, frame).await
    }
}
