use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use deno_sandbox::transport::{
    BoxFuture, CloseReason, Frame, HttpResponse, Outgoing, TransportFailure, WebSocket,
    WebSocketClient, WebSocketRequest,
};
use futures_util::{Sink, Stream};
use wasm_bindgen::prelude::*;

use super::frames::{Decoder, Opcode, Received, encode};
use super::http::unexpected;
use super::{Host, failure, headers_from_js, headers_to_js, milliseconds};
use crate::engine::{self, HostSocket};
use crate::executor;
use crate::operations::{JsAnswer, Operation, answer};

/// Past this many bytes that wait to be read, the host is asked to hold back.
const MAX_WAITING: usize = 1 << 20;

impl WebSocketClient for Host {
    fn open(
        &self,
        request: WebSocketRequest,
    ) -> BoxFuture<'_, Result<Result<WebSocket, HttpResponse>, TransportFailure>> {
        Box::pin(async move {
            let operation = Operation::new();
            let id = operation.id();
            let timeout = milliseconds(request.connect_timeout);
            let socket = engine::with(|engine| {
                let headers = headers_to_js(&request.headers);
                engine.open_socket(&self.0, id, &request.url, headers, timeout)
            });
            let connection = Connection::register(id, socket, request.max_message_size);
            match operation.await {
                JsAnswer::Opened { headers, rest } => {
                    connection.state.borrow_mut().receive(rest.into());
                    Ok(Ok(WebSocket {
                        headers,
                        sink: Box::pin(connection.clone()),
                        stream: Box::pin(connection),
                    }))
                }
                JsAnswer::Response(response) => Ok(Err(response)),
                JsAnswer::Failed(failure) => Err(failure),
                _ => Err(unexpected()),
            }
        })
    }
}

thread_local! {
    static SOCKETS: RefCell<Vec<(u32, Rc<RefCell<State>>)>> = RefCell::default();
}

/// An open WebSocket; let go when its last clone is dropped.
#[derive(Clone)]
struct Connection {
    state: Rc<RefCell<State>>,
    _registered: Rc<Registered>,
}

struct Registered(u32);

impl Drop for Registered {
    fn drop(&mut self) {
        let state = SOCKETS.with(|sockets| {
            let mut sockets = sockets.borrow_mut();
            let at = sockets.iter().position(|(id, _)| *id == self.0)?;
            Some(sockets.swap_remove(at).1)
        });
        if let Some(state) = state {
            engine::with(|engine| engine.close_socket(&state.borrow().socket));
        }
    }
}

struct State {
    socket: HostSocket,
    decoder: Decoder,
    /// What was received and not read; nothing follows an end.
    incoming: VecDeque<Result<Frame, TransportFailure>>,
    waiting_bytes: usize,
    paused: bool,
    /// Whether nothing more is to be received.
    over: bool,
    reader: Option<Waker>,
    /// Whether the host takes more.
    writable: bool,
    writer: Option<Waker>,
    /// Whether this side has said that it closes.
    closing: bool,
}

impl Connection {
    fn register(id: u32, socket: HostSocket, max_message: usize) -> Self {
        let state = Rc::new(RefCell::new(State {
            socket,
            decoder: Decoder::new(max_message),
            incoming: VecDeque::new(),
            waiting_bytes: 0,
            paused: false,
            over: false,
            reader: None,
            writable: true,
            writer: None,
            closing: false,
        }));
        SOCKETS.with(|sockets| sockets.borrow_mut().push((id, state.clone())));
        Self {
            state,
            _registered: Rc::new(Registered(id)),
        }
    }
}

impl State {
    fn receive(&mut self, chunk: Bytes) {
        if self.over {
            return;
        }
        let mut received = Vec::new();
        let result = self.decoder.feed(chunk, |item| received.push(item));
        for item in received {
            match item {
                Received::Message(message) => {
                    self.waiting_bytes += message.len();
                    self.incoming.push_back(Ok(Frame::Message(message)));
                }
                Received::Ping(payload) => self.send(Opcode::Pong, payload.into()),
                Received::Pong => {}
                Received::Close(reason) => {
                    let (code, reason) = reason.unwrap_or((1005, String::new()));
                    self.close(code, "");
                    self.socket.end();
                    self.finish(Ok(Frame::Closed(CloseReason { code, reason })));
                    return;
                }
            }
        }
        if let Err(violation) = result {
            self.close(1002, "");
            self.socket.end();
            self.finish(Err(failure("protocol", violation)));
        }
        if self.waiting_bytes > MAX_WAITING && !self.paused {
            self.paused = true;
            self.socket.pause();
        }
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    /// Nothing more is received; `last` is what the reader sees last.
    fn finish(&mut self, last: Result<Frame, TransportFailure>) {
        if !self.over {
            self.over = true;
            self.incoming.push_back(last);
        }
        self.writable = true;
        for waker in [self.reader.take(), self.writer.take()]
            .into_iter()
            .flatten()
        {
            waker.wake();
        }
    }

    fn send(&mut self, opcode: Opcode, mut payload: Vec<u8>) {
        let mask = engine::with(engine::Engine::mask);
        let head = encode(opcode, &mut payload, mask);
        self.writable = self.socket.write(&head, &payload);
    }

    /// Sends a close frame, once.
    fn close(&mut self, code: u16, reason: &str) {
        if std::mem::replace(&mut self.closing, true) {
            return;
        }
        // 1005 stands for a frame without a code and is never sent.
        let mut payload = Vec::new();
        if code != 1005 {
            payload.extend_from_slice(&code.to_be_bytes());
            payload.extend_from_slice(reason.as_bytes());
        }
        self.send(Opcode::Close, payload);
    }
}

impl Stream for Connection {
    type Item = Result<Frame, TransportFailure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let state = &mut *self.state.borrow_mut();
        if let Some(item) = state.incoming.pop_front() {
            if let Ok(Frame::Message(message)) = &item {
                state.waiting_bytes -= message.len();
            }
            return Poll::Ready(Some(item));
        }
        if state.over {
            return Poll::Ready(None);
        }
        if state.paused {
            state.paused = false;
            state.socket.resume();
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Sink<Outgoing> for Connection {
    type Error = TransportFailure;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.poll_flush(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: Outgoing) -> Result<(), Self::Error> {
        let state = &mut *self.state.borrow_mut();
        if state.over || state.closing {
            // The reader is told why, or knows.
            return Ok(());
        }
        match item {
            Outgoing::Message(text) => state.send(Opcode::Text, text.into_bytes()),
            Outgoing::Close(CloseReason { code, reason }) => state.close(code, &reason),
        }
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let state = &mut *self.state.borrow_mut();
        if state.writable {
            return Poll::Ready(Ok(()));
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.poll_flush(cx)
    }
}

fn with_socket(id: u32, act: impl FnOnce(&mut State)) {
    let state = SOCKETS.with(|sockets| {
        let sockets = sockets.borrow();
        let found = sockets.iter().find(|(other, _)| *other == id);
        found.map(|(_, state)| state.clone())
    });
    if let Some(state) = state {
        act(&mut state.borrow_mut());
    }
    executor::run();
}

/// A socket's handshake succeeded; `rest` came with it.
#[wasm_bindgen(js_name = socketOpened)]
pub fn socket_opened(operation: u32, headers: Vec<String>, rest: Vec<u8>) {
    let headers = headers_from_js(headers);
    answer(operation, JsAnswer::Opened { headers, rest });
}

/// Bytes arrived.
#[wasm_bindgen(js_name = socketData)]
pub fn socket_data(socket: u32, chunk: Vec<u8>) {
    with_socket(socket, |state| state.receive(chunk.into()));
}

/// More may be written.
#[wasm_bindgen(js_name = socketDrained)]
pub fn socket_drained(socket: u32) {
    with_socket(socket, |state| {
        state.writable = true;
        if let Some(writer) = state.writer.take() {
            writer.wake();
        }
    });
}

/// The peer sent the last byte, without a closing handshake if none was seen.
#[wasm_bindgen(js_name = socketEnded)]
pub fn socket_ended(socket: u32) {
    with_socket(socket, |state| {
        state.finish(Ok(Frame::Closed(CloseReason {
            code: 1006,
            reason: String::new(),
        })));
    });
}

/// The socket failed after its handshake.
#[wasm_bindgen(js_name = socketFailed)]
pub fn socket_failed(socket: u32, kind: &str, message: String) {
    with_socket(socket, |state| state.finish(Err(failure(kind, message))));
}
