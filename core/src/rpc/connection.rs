//! The sandbox connection as a state machine: no I/O, no clock, no tasks.
//!
//! Messages and the time go in by `handle_*`; messages, events and the next deadline come out by
//! `poll_*`; the other methods are commands. Time is a [`Duration`] since any fixed moment, and never
//! goes back.
//!
//! After any input or command, poll in this order:
//! 1. [`poll_event`](Connection::poll_event) until `None`: replies, and streams that changed;
//! 2. [`poll_transmit`](Connection::poll_transmit) until `None` or until the socket takes no more,
//!    then [`poll_close`](Connection::poll_close);
//! 3. [`poll_timeout`](Connection::poll_timeout): when to call
//!    [`handle_timeout`](Connection::handle_timeout);
//! 4. [`wants_read`](Connection::wants_read): whether to read the socket.
//!
//! Bytes that wait to be read are bounded: past the bound the socket is not to be read, so the peer
//! is slowed down by the network itself. Bytes that wait to be sent are bounded for streams, which
//! accept no more while [`is_writable`](Connection::is_writable) says no.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::cause::Cause;
use super::errors::one_line;
pub use super::exchange::{
    CallId, Chunk, Event, Limits, OutgoingId, Parsed, Reply, Request, StreamRead, Writable,
};
use super::frames::{self, Inbound, Malformed, Outcome};
use super::incoming::{Excess, Incoming, Read};
use super::methods::{
    Abort, AbortParams, Create, ExpandGlob, FileClose, FileHandle, Method, Open, Spawn, Walk,
};
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::model::moment;
use crate::sorted_map::SortedMap;

/// A frame of at least this size that leaves shows that the peer takes data: what the network
/// buffers by itself is bounded.
const LARGE_FRAME: usize = 64 << 10;

#[derive(Debug)]
struct Call {
    method: &'static str,
    abort: Option<u64>,
    /// When it was sent, and how long the answer may take.
    deadline: Option<(Duration, Duration)>,
    /// Nobody waits for it any more.
    forgotten: bool,
}

#[derive(Debug)]
struct Transmit {
    text: String,
    /// The stream to the peer whose bytes these are.
    stream: Option<u64>,
}

/// One sandbox connection.
#[derive(Debug)]
pub struct Connection {
    limits: Limits,
    next_call: u64,
    calls: SortedMap<u64, Call>,
    next_outgoing: u64,
    /// Streams to the peer that are neither ended nor cancelled.
    outgoing: SortedMap<u64, ()>,
    incoming: Incoming,
    transmit: VecDeque<Transmit>,
    unsent: usize,
    events: VecDeque<Event>,
    closed: Option<Cause>,
    /// The close frame that is still to be sent.
    close_frame: Option<(u16, &'static str)>,
    heard: Duration,
    heard_since_tick: bool,
    /// When the socket was last seen left unread because of the bound.
    paused: Option<Duration>,
    next_tick: Duration,
}

impl Connection {
    /// A connection that has just opened.
    pub fn new(limits: Limits, now: Duration) -> Self {
        let limits = Limits {
            ping: limits.ping.min(limits.idle / 3),
            ..limits
        };
        Self {
            limits,
            next_call: 0,
            calls: SortedMap::default(),
            next_outgoing: 0,
            outgoing: SortedMap::default(),
            incoming: Incoming::new(limits.unread),
            transmit: VecDeque::new(),
            unsent: 0,
            events: VecDeque::new(),
            closed: None,
            close_frame: None,
            heard: now,
            heard_since_tick: false,
            paused: None,
            next_tick: now + limits.ping,
        }
    }

    // Inputs.

    /// Takes a message from the peer.
    pub fn handle_message(&mut self, message: &Bytes, now: Duration) {
        self.handle(Parsed::new(message), now);
    }

    /// Takes a message from the peer that was read already.
    pub fn handle(&mut self, message: Parsed, now: Duration) {
        if self.closed.is_some() {
            return;
        }
        self.heard = now;
        // A pong is the answer to a ping, and no reason to leave the next one out.
        self.heard_since_tick |= !matches!(message.0, Ok(Inbound::Nothing));
        match message.0 {
            Ok(inbound) => {
                if let Err(Excess(what)) = self.apply(inbound) {
                    self.violated(4001, "Too much data", what);
                }
            }
            Err(Malformed::Json) => {
                self.violated(4000, "Invalid JSON", "a message is not valid JSON");
            }
            Err(Malformed::Message) => {
                self.violated(4001, "Invalid message", "a message is not JSON-RPC 2.0");
            }
        }
    }

    /// Learns that the peer closed the connection.
    pub fn handle_close(&mut self, code: u16, reason: &str) {
        let reason = one_line(reason);
        self.finish(Cause::Peer { code, reason });
        self.close_frame = None;
    }

    /// Learns that the network failed; `words` say how.
    pub fn handle_failure(&mut self, words: &str) {
        self.finish(Cause::Broken(one_line(words)));
        self.close_frame = None;
    }

    /// Does what is due: asks for a sign of life, ends what took too long.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.closed.is_some() || now < self.next_tick {
            return;
        }
        self.next_tick = now + self.limits.ping;
        if !self.wants_read() {
            // What the peer says lies unread by our own doing.
            self.paused = Some(now);
        } else if now.saturating_sub(self.waiting_since(self.heard)) >= self.limits.idle {
            self.finish(Cause::Idle(self.limits.idle));
            self.close_frame = Some((1001, "idle"));
            return;
        } else {
            self.expire(now);
        }
        if !std::mem::take(&mut self.heard_since_tick) {
            // Before the rest: behind megabytes of a slow upload it would come too late.
            let text = frames::PING.to_owned();
            self.unsent += text.len();
            self.transmit.push_front(Transmit { text, stream: None });
        }
    }

    // Outputs.

    /// What happened that someone waits for.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The next message to send. `now` is when it leaves.
    pub fn poll_transmit(&mut self, now: Duration) -> Option<String> {
        let Transmit { text, .. } = self.transmit.pop_front()?;
        let was_full = self.unsent > self.limits.unsent;
        self.unsent -= text.len();
        if was_full && self.unsent <= self.limits.unsent {
            self.events.push_back(Event::Writable);
        }
        if text.len() >= LARGE_FRAME {
            self.heard = self.heard.max(now);
        }
        Some(text)
    }

    /// The code and reason to close with, once, after everything is transmitted.
    pub fn poll_close(&mut self) -> Option<(u16, &'static str)> {
        self.close_frame.take_if(|_| self.transmit.is_empty())
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` once closed.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.closed.is_none().then_some(self.next_tick)
    }

    /// Whether the socket is to be read.
    pub fn wants_read(&self) -> bool {
        // What still arrives after the end is dropped, up to the peer's part of the closing.
        self.closed.is_some() || self.incoming.has_room()
    }

    // Commands.

    /// Calls a method. `abort` is whether it can be aborted, with the id its parameters carry;
    /// `limit` how long the answer may take.
    ///
    /// # Errors
    /// When the connection is closed.
    pub fn call<M: Method>(
        &mut self,
        params: &M::Params,
        abort: Option<u64>,
        limit: Option<Duration>,
        now: Duration,
    ) -> Result<CallId> {
        let id = self.reserve();
        let request = Request::new::<M>(params);
        self.send_call(id, request, abort.is_some(), limit, now)?;
        Ok(id)
    }

    /// A number for a call that [`send_call`](Self::send_call) makes, whose parameters are still to be
    /// encoded, which need not happen where the connection is locked.
    pub fn reserve(&mut self) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        id
    }

    /// Calls a method under a reserved number. Where it can be aborted, its parameters carry that number.
    ///
    /// # Errors
    /// When the connection is closed.
    pub fn send_call(
        &mut self,
        id: CallId,
        request: Request,
        can_be_aborted: bool,
        limit: Option<Duration>,
        now: Duration,
    ) -> Result<()> {
        self.check_open()?;
        let call = Call {
            method: request.method,
            abort: can_be_aborted.then_some(id.0),
            deadline: limit.map(|limit| (now, limit)),
            forgotten: false,
        };
        self.calls.insert(id.0, call);
        self.send(frames::request(id.0, request.method, &request.params), None);
        Ok(())
    }

    /// The id to abort the next call by, to put into its parameters.
    pub fn abort_id(&self) -> u64 {
        self.next_call
    }

    /// Nobody waits for the call any more: asks for it to be given up where that is possible, and
    /// cancels what streams it still brings.
    pub fn forget(&mut self, call: CallId) {
        let Some(entry) = self.calls.get_mut(&call.0) else {
            return;
        };
        if std::mem::replace(&mut entry.forgotten, true) {
            return;
        }
        if let Some(abort_id) = entry.abort {
            self.notify::<Abort>(&AbortParams { abort_id });
        }
    }

    /// Gives back what a reply brought that nobody wants any more: its streams, or an open file.
    pub fn discard(&mut self, reply: &Reply) {
        for stream in &reply.streams {
            self.cancel(*stream);
        }
        if [Open::NAME, Create::NAME].contains(&reply.method)
            && let Ok(handle) = json::read::<FileHandle>(&reply.json)
        {
            self.notify::<FileClose>(&handle);
        }
    }

    /// Starts a stream to the peer.
    ///
    /// # Errors
    /// When the connection is closed.
    pub fn open(&mut self) -> Result<OutgoingId> {
        self.check_open()?;
        let id = self.next_outgoing;
        self.next_outgoing += 1;
        self.outgoing.insert(id, ());
        self.send(frames::stream_start(id), None);
        Ok(OutgoingId(id))
    }

    /// Whether a stream to the peer accepts bytes.
    ///
    /// # Errors
    /// When the connection is closed.
    pub fn is_writable(&self, stream: OutgoingId) -> Result<Writable> {
        self.check_open()?;
        Ok(if !self.outgoing.contains(&stream.0) {
            Writable::Cancelled
        } else if self.unsent > self.limits.unsent {
            Writable::Full
        } else {
            Writable::Yes
        })
    }

    /// Sends bytes of a stream; those of a cancelled one are dropped. To be called while
    /// [`is_writable`](Self::is_writable) says yes.
    pub fn write(&mut self, chunk: Chunk) {
        if let Some(text) = chunk.text
            && self.outgoing.contains(&chunk.stream)
        {
            self.send(text, Some(chunk.stream));
        }
    }

    /// Ends a stream to the peer.
    pub fn end(&mut self, stream: OutgoingId) {
        if self.outgoing.remove(&stream.0).is_some() {
            self.send(frames::stream_end(stream.0), None);
        }
    }

    /// Ends a stream to the peer early.
    pub fn fail(&mut self, stream: OutgoingId, message: &str) {
        if self.outgoing.remove(&stream.0).is_some() {
            self.send(frames::stream_error(stream.0, message), None);
        }
    }

    /// Reads a stream from the peer.
    pub fn read(&mut self, stream: u64) -> StreamRead {
        let had_room = self.wants_read();
        let read = self.incoming.read(stream);
        if !had_room && self.wants_read() {
            self.resumed();
        }
        match read {
            Read::Chunk(bytes) => StreamRead::Chunk(bytes),
            Read::Complete => StreamRead::End,
            Read::Failed(error) => StreamRead::Failed(error.into_stream_error()),
            Read::Empty => match &self.closed {
                Some(cause) => StreamRead::Failed(cause.to_error()),
                None => StreamRead::Empty,
            },
            Read::Over => StreamRead::End,
        }
    }

    /// Gives up a stream from the peer.
    pub fn cancel(&mut self, stream: u64) {
        let had_room = self.wants_read();
        if self.incoming.cancel(stream) && self.closed.is_none() {
            self.send(frames::stream_cancel(stream), None);
        }
        if !had_room && self.wants_read() {
            self.resumed();
        }
    }

    /// Closes the connection: everything pending fails, what was sent before still leaves.
    pub fn close(&mut self) {
        if self.closed.is_none() {
            self.finish(Cause::Local);
            self.close_frame = Some((1000, ""));
        }
    }

    // Getters.

    /// Why the connection is closed; `None` while it is open.
    pub fn closed(&self) -> Option<Error> {
        self.closed.as_ref().map(Cause::to_error)
    }

    /// The code and words the connection was closed with.
    pub fn close_reason(&self) -> Option<(u16, String)> {
        let error = self.closed()?;
        let reason = error.close_reason().unwrap_or(error.message()).to_owned();
        Some((error.close_code().unwrap_or(1006), reason))
    }

    /// Bytes held for streams from the peer that are not read yet.
    pub fn unread_bytes(&self) -> usize {
        self.incoming.bytes()
    }

    /// Bytes that wait to be sent.
    pub fn unsent_bytes(&self) -> usize {
        self.unsent
    }

    fn apply(&mut self, inbound: Inbound) -> Result<(), Excess> {
        let (stream, readable) = match inbound {
            Inbound::Reply { call, outcome } => return self.replied(call, outcome),
            Inbound::StreamStart(id) => return self.incoming.start(id),
            Inbound::StreamData(id, data) => (id, self.incoming.push(id, data)?),
            Inbound::StreamEnd(id) => (id, self.incoming.complete(id)?),
            Inbound::StreamError(id, error) => (id, self.incoming.fail(id, error)?),
            Inbound::StreamCancel(id) => {
                if self.outgoing.remove(&id).is_some() {
                    self.transmit.retain(|frame| frame.stream != Some(id));
                    self.unsent = self.transmit.iter().map(|frame| frame.text.len()).sum();
                    self.events.push_back(Event::Writable);
                }
                return Ok(());
            }
            Inbound::Unattributed(error) => {
                let words = error.into_error("").to_string();
                self.violated(4001, "Invalid message", &words);
                return Ok(());
            }
            Inbound::Nothing => return Ok(()),
        };
        if readable {
            self.events.push_back(Event::Readable(stream));
        }
        Ok(())
    }

    fn replied(&mut self, id: u64, outcome: Outcome) -> Result<(), Excess> {
        // Ids we never used, and second answers, have nobody to go to.
        let Some(call) = self.calls.remove(&id) else {
            return Ok(());
        };
        let result = match outcome {
            Outcome::Ok(json) => {
                let streams = if names_streams(call.method) {
                    streams_in(&json)
                } else {
                    Vec::new()
                };
                for stream in &streams {
                    if let Err(excess) = self.incoming.announce(*stream) {
                        // It ends with the connection, like all the others.
                        self.calls.insert(id, call);
                        return Err(excess);
                    }
                }
                let method = call.method;
                Ok(Reply {
                    method,
                    json,
                    streams,
                })
            }
            Outcome::Failed(error) => Err(error.into_error(call.method)),
            Outcome::Refused(error) => Err(error.into_error(call.method)),
            Outcome::Malformed => Err(Error::new(
                ErrorCode::ProtocolViolation,
                "the sandbox's answer is neither a result nor an error",
            )),
        };
        match result {
            Ok(reply) if call.forgotten => self.discard(&reply),
            Err(_) if call.forgotten => {}
            result => self.events.push_back(Event::Replied(CallId(id), result)),
        }
        Ok(())
    }

    /// Fails the calls whose answer is late.
    fn expire(&mut self, now: Duration) {
        let late = |call: &Call| {
            call.deadline
                .is_some_and(|(sent, limit)| now.saturating_sub(self.waiting_since(sent)) >= limit)
        };
        let ids: Vec<u64> = self
            .calls
            .iter()
            .filter(|(_, call)| late(call))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            let Some(call) = self.calls.get(&id) else {
                continue;
            };
            let (forgotten, limit) = (call.forgotten, call.deadline.map(|(_, limit)| limit));
            if forgotten {
                continue;
            }
            let message = format!(
                "no answer from the sandbox in {}",
                moment::spell(limit.unwrap_or_default())
            );
            let error = Error::new(ErrorCode::RequestTimeout, message);
            self.events
                .push_back(Event::Replied(CallId(id), Err(error)));
            self.forget(CallId(id));
        }
    }

    /// The later of a moment and the end of the last pause in reading.
    fn waiting_since(&self, moment: Duration) -> Duration {
        self.paused.map_or(moment, |paused| paused.max(moment))
    }

    fn resumed(&mut self) {
        // The moment is not known here; a tick later than it is by less than a ping's interval.
        self.paused = Some(self.next_tick);
    }

    /// Calls a method whose answer does not matter.
    fn notify<M: Method>(&mut self, params: &M::Params) {
        if self.closed.is_none() {
            let Request { method, params } = Request::new::<M>(params);
            let id = self.reserve();
            self.send(frames::request(id.0, method, &params), None);
        }
    }

    fn send(&mut self, text: String, stream: Option<u64>) {
        self.unsent += text.len();
        self.transmit.push_back(Transmit { text, stream });
    }

    fn check_open(&self) -> Result<()> {
        self.closed().map_or(Ok(()), Err)
    }

    fn violated(&mut self, code: u16, reason: &'static str, words: &str) {
        self.finish(Cause::Violation(words.to_owned()));
        self.close_frame = Some((code, reason));
    }

    /// Ends everything that is pending.
    fn finish(&mut self, cause: Cause) {
        if self.closed.is_some() {
            return;
        }
        for (id, call) in self.calls.take() {
            if !call.forgotten {
                let event = Event::Replied(CallId(id), Err(cause.to_error()));
                self.events.push_back(event);
            }
        }
        self.outgoing.clear();
        if !matches!(cause, Cause::Local) {
            // There is nobody left to read them.
            self.transmit.clear();
            self.unsent = 0;
        }
        for id in self.incoming.ids() {
            self.events.push_back(Event::Readable(id));
        }
        self.events.push_back(Event::Writable);
        self.events.push_back(Event::Closed);
        self.closed = Some(cause);
    }
}

/// Methods whose result names streams that follow.
fn names_streams(method: &str) -> bool {
    [Spawn::NAME, Walk::NAME, ExpandGlob::NAME].contains(&method)
}

/// The streams a result names. One of another shape names none, and fails to decode later.
fn streams_in(json: &[u8]) -> Vec<u64> {
    let names = ["streamId", "stdoutStreamId", "stderrStreamId"];
    let found = json::pick(json, names).unwrap_or_default();
    let number = |id: &[u8]| json::number(id).ok();
    found.into_iter().flatten().filter_map(number).collect()
}
