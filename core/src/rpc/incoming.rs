//! Streams of bytes from the peer: what has arrived and is not read yet, within bounds.

use std::collections::VecDeque;

use bytes::Bytes;

use super::errors::ErrorObject;
use crate::sorted_map::SortedMap;

/// Memory a chunk costs beside its bytes, so that a flood of tiny chunks is bounded too.
const CHUNK_COST: usize = 64;
/// The most streams that may have begun without a reply that names them.
const MAX_UNKNOWN: usize = 1024;
/// How many streams that are over are remembered, so that what still arrives for them is dropped.
const MAX_OVER: usize = 4096;

/// All streams from the peer.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The most unread bytes, of the streams a reply has named and of the others each.
    limit: usize,
    streams: SortedMap<u64, Stream>,
    unknown_streams: usize,
    unknown_bytes: usize,
    unread_bytes: usize,
    over: SortedMap<u64, ()>,
    over_in_order: VecDeque<u64>,
}

#[derive(Debug, Default)]
struct Stream {
    /// Whether a reply has named it, so that someone reads it.
    announced: bool,
    chunks: VecDeque<Bytes>,
    cost: usize,
    end: Option<End>,
}

#[derive(Debug, Clone)]
enum End {
    Complete,
    Failed(Box<ErrorObject>),
}

/// What reading a stream gives.
#[derive(Debug)]
pub(super) enum Read {
    Chunk(Bytes),
    Complete,
    Failed(Box<ErrorObject>),
    /// Nothing yet.
    Empty,
    /// There is no such stream, or it was read to its end.
    Over,
}

/// The peer sent more than it may.
#[derive(Debug)]
pub(super) struct Excess(pub(super) &'static str);

impl Incoming {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            streams: SortedMap::default(),
            unknown_streams: 0,
            unknown_bytes: 0,
            unread_bytes: 0,
            over: SortedMap::default(),
            over_in_order: VecDeque::new(),
        }
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.unread_bytes < self.limit
    }

    /// Memory held for what is not read yet.
    pub(super) fn bytes(&self) -> usize {
        self.unread_bytes + self.unknown_bytes
    }

    pub(super) fn ids(&self) -> Vec<u64> {
        self.streams.iter().map(|(id, _)| *id).collect()
    }

    /// A reply has named the stream: from now on it counts as one that is read.
    pub(super) fn announce(&mut self, id: u64) -> Result<(), Excess> {
        self.over.remove(&id);
        if let Some(stream) = self.streams.get(&id) {
            if stream.announced {
                return Err(Excess("one stream was given to two calls"));
            }
            self.unknown_streams -= 1;
            self.unknown_bytes -= stream.cost;
            self.unread_bytes += stream.cost;
        }
        match self.streams.get_mut(&id) {
            Some(stream) => stream.announced = true,
            None => {
                let announced = true;
                let stream = Stream {
                    announced,
                    ..Stream::default()
                };
                self.streams.insert(id, stream);
            }
        }
        Ok(())
    }

    pub(super) fn start(&mut self, id: u64) -> Result<(), Excess> {
        self.over.remove(&id);
        self.stream(id).map(|_| ())
    }

    /// Keeps bytes; those of a stream that is over are dropped. Tells whether there is something
    /// to read now.
    pub(super) fn push(&mut self, id: u64, data: Bytes) -> Result<bool, Excess> {
        if data.is_empty() || self.over.contains(&id) {
            return Ok(false);
        }
        let cost = data.len() + CHUNK_COST;
        let stream = self.stream(id)?;
        if stream.end.is_some() {
            return Ok(false);
        }
        stream.chunks.push_back(data);
        stream.cost += cost;
        if stream.announced {
            self.unread_bytes += cost;
            return Ok(true);
        }
        self.unknown_bytes += cost;
        if self.unknown_bytes > self.limit {
            return Err(Excess("too many bytes for streams that no reply has named"));
        }
        Ok(false)
    }

    pub(super) fn complete(&mut self, id: u64) -> Result<bool, Excess> {
        self.end(id, End::Complete)
    }

    pub(super) fn fail(&mut self, id: u64, error: Box<ErrorObject>) -> Result<bool, Excess> {
        self.end(id, End::Failed(error))
    }

    fn end(&mut self, id: u64, end: End) -> Result<bool, Excess> {
        if self.over.contains(&id) {
            return Ok(false);
        }
        let stream = self.stream(id)?;
        stream.end.get_or_insert(end);
        Ok(stream.announced)
    }

    pub(super) fn read(&mut self, id: u64) -> Read {
        let Some(stream) = self.streams.get_mut(&id) else {
            return Read::Over;
        };
        if let Some(chunk) = stream.chunks.pop_front() {
            let cost = chunk.len() + CHUNK_COST;
            stream.cost -= cost;
            match stream.announced {
                true => self.unread_bytes -= cost,
                false => self.unknown_bytes -= cost,
            }
            return Read::Chunk(chunk);
        }
        match stream.end.clone() {
            None => Read::Empty,
            Some(end) => {
                self.remove(id);
                match end {
                    End::Complete => Read::Complete,
                    End::Failed(error) => Read::Failed(error),
                }
            }
        }
    }

    /// Gives a stream up. Tells whether the peer has to know.
    pub(super) fn cancel(&mut self, id: u64) -> bool {
        let unfinished = self.streams.get(&id).is_some_and(|s| s.end.is_none());
        self.remove(id);
        unfinished
    }

    fn stream(&mut self, id: u64) -> Result<&mut Stream, Excess> {
        if !self.streams.contains(&id) {
            if self.unknown_streams >= MAX_UNKNOWN {
                return Err(Excess("too many streams that no reply has named"));
            }
            self.unknown_streams += 1;
            self.streams.insert(id, Stream::default());
        }
        // It was put there just now if it was not before.
        self.streams.get_mut(&id).ok_or(Excess("a stream is lost"))
    }

    fn remove(&mut self, id: u64) {
        let Some(stream) = self.streams.remove(&id) else {
            return;
        };
        if stream.announced {
            self.unread_bytes -= stream.cost;
        } else {
            self.unknown_bytes -= stream.cost;
            self.unknown_streams -= 1;
        }
        if self.over.insert(id, ()).is_none() {
            self.over_in_order.push_back(id);
        }
        while self.over_in_order.len() > MAX_OVER {
            if let Some(oldest) = self.over_in_order.pop_front() {
                self.over.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_what_no_reply_has_named_gives_its_memory_back() {
        let mut incoming = Incoming::new(1 << 20);
        incoming.start(9).unwrap();
        assert!(!incoming.push(9, Bytes::from_static(b"hello")).unwrap());
        assert!(matches!(incoming.read(9), Read::Chunk(bytes) if bytes == "hello"));
        assert_eq!(incoming.bytes(), 0);
    }
}
