use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::Fs;
use super::connection::{Limit, Rpc, Waiting};
use super::fs::checked;
use crate::error::{Error, ErrorCode, Result};
use crate::json;
use crate::model::Quoted;
use crate::rpc::connection::{CallId, Reply, Request};
use crate::rpc::methods::{Method, ReadFile, ReadParams};
use crate::transport::{BoxFuture, MaybeSend};

/// A call to a sandbox, made when it is awaited. Given up when it is dropped before its answer.
#[must_use = "nothing happens until it is awaited"]
pub struct Action<T> {
    unnamed: Unnamed,
    /// `None` once it is over.
    decode: Option<Box<dyn Decode<T>>>,
}

/// Reads the answer.
trait Decode<T>: FnOnce(&Reply) -> Result<T> + MaybeSend {}
impl<T, F: FnOnce(&Reply) -> Result<T> + MaybeSend> Decode<T> for F {}

/// All of an action but the type of its outcome: compiled once, whatever the method.
struct Unnamed {
    rpc: Rpc,
    id: CallId,
    state: State,
    name: Name,
    /// Whether it reads a file as a whole, whose path is what its name is about.
    is_whole_file: bool,
}

enum State {
    Unsent(Result<Request>, Limit),
    Waiting(Waiting),
    /// What is decoded in place of an answer: a file that is too large for one message, read in parts, or bytes
    /// that are known without asking.
    Instead(BoxFuture<'static, Result<Bytes>>),
    Over,
}

/// What is being done, and to what, for messages.
pub(super) struct Name {
    verb: &'static str,
    what: Option<String>,
    /// What else it is done with, and the words before that.
    with: Option<(&'static str, String)>,
}

impl Name {
    /// Something that is done to nothing in particular.
    pub(super) fn plain(verb: &'static str) -> Self {
        Self {
            verb,
            what: None,
            with: None,
        }
    }

    /// Something that is done to `what`.
    pub(super) fn of(verb: &'static str, what: &str) -> Self {
        Self {
            what: Some(what.to_owned()),
            ..Self::plain(verb)
        }
    }

    /// Something that is done to none or one of these, or to one with another, which `words` introduce.
    pub(super) fn about(verb: &'static str, words: &'static str, what: &[&str]) -> Self {
        match what {
            [] => Self::plain(verb),
            [what] => Self::of(verb, what),
            [what, target, ..] => Self::of(verb, what).with(words, target),
        }
    }

    /// Something that is done with another thing too, which `words` introduce.
    pub(super) fn with(self, words: &'static str, other: &str) -> Self {
        Self {
            with: Some((words, other.to_owned())),
            ..self
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb)?;
        if let Some(what) = &self.what {
            write!(f, " {}", Quoted(what))?;
        }
        if let Some((words, other)) = &self.with {
            write!(f, " {words} {}", Quoted(other))?;
        }
        Ok(())
    }
}

impl<T> Action<T> {
    /// Calls `M`, whose parameters are given unless they are malformed.
    pub(super) fn new<M: Method<Output: Into<T>>>(
        rpc: &Rpc,
        name: Name,
        params: Result<M::Params>,
    ) -> Self {
        let decode = |reply: &Reply| reply.decode::<M>().map(Into::into);
        Self::decoded_by::<M>(rpc, name, params, decode)
    }

    /// As [`new`](Self::new), with a way of its own to read the answer.
    pub(super) fn decoded_by<M: Method>(
        rpc: &Rpc,
        name: Name,
        params: Result<M::Params>,
        decode: impl FnOnce(&Reply) -> Result<T> + MaybeSend + 'static,
    ) -> Self {
        let request = params.map(|params| Request::new::<M>(&params));
        Self::sent(rpc, name, Limit::of(M::LASTS), request, decode)
    }

    /// Makes a call whose parameters are encoded already, unless they were malformed.
    pub(super) fn sent(
        rpc: &Rpc,
        name: Name,
        limit: Limit,
        request: Result<Request>,
        decode: impl FnOnce(&Reply) -> Result<T> + MaybeSend + 'static,
    ) -> Self {
        Self {
            unnamed: Unnamed::new(rpc, rpc.reserve(), request, limit, name),
            decode: Some(Box::new(decode)),
        }
    }

    /// A call that cannot be made.
    pub(super) fn failed(rpc: &Rpc, name: Name, error: Error) -> Self {
        Self::sent(rpc, name, Limit::Usual, Err(error), |_| Err(over()))
    }

    /// Has no call made, and this decoded in place of its answer.
    pub(super) fn unless_known(mut self, bytes: Option<Bytes>) -> Self {
        if let Some(bytes) = bytes {
            self.unnamed.state = State::Instead(Box::pin(future::ready(Ok(bytes))));
        }
        self
    }

    /// A call that reads a file as a whole, by its method's name; one that is too large for one message is read
    /// in parts.
    pub(super) fn whole_file(
        fs: &Fs,
        method: &'static str,
        path: &str,
        decode: impl FnOnce(&Reply) -> Result<T> + MaybeSend + 'static,
    ) -> Self {
        let params = |abort_id| {
            let path = checked(path)?;
            let abort_id = Some(abort_id);
            Ok(json::written(&ReadParams { path, abort_id }))
        };
        let name = Name::of(ReadFile::VERB, path);
        let mut action = Self::abortable(&fs.0, name, method, params, decode);
        action.unnamed.is_whole_file = true;
        action
    }

    /// A call that is given up by the number its parameters carry.
    pub(super) fn abortable(
        rpc: &Rpc,
        name: Name,
        method: &'static str,
        params: impl FnOnce(u64) -> Result<String>,
        decode: impl FnOnce(&Reply) -> Result<T> + MaybeSend + 'static,
    ) -> Self {
        let id = rpc.reserve();
        let request = params(id.wire()).map(|params| Request::of(method, params));
        Self {
            unnamed: Unnamed::new(rpc, id, request, Limit::Caller, name),
            decode: Some(Box::new(decode)),
        }
    }

    /// Goes on with the outcome.
    pub fn map<U>(self, then: impl FnOnce(T) -> U + MaybeSend + 'static) -> Action<U>
    where
        T: 'static,
    {
        let Self { unnamed, decode } = self;
        Action {
            unnamed,
            decode: decode.map(|decode| -> Box<dyn Decode<U>> {
                Box::new(move |reply: &Reply| decode(reply).map(then))
            }),
        }
    }
}

impl<T> Unpin for Action<T> {}

impl<T> Future for Action<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let reply = ready!(self.unnamed.poll(cx))?;
        let decode = self.decode.take().ok_or_else(over)?;
        Poll::Ready(decode(&reply).map_err(|error| self.unnamed.unreadable(&reply, error)))
    }
}

impl Unnamed {
    fn new(rpc: &Rpc, id: CallId, request: Result<Request>, limit: Limit, name: Name) -> Self {
        Self {
            rpc: rpc.clone(),
            id,
            state: State::Unsent(request, limit),
            name,
            is_whole_file: false,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply>> {
        if let State::Unsent(..) = self.state
            && let State::Unsent(request, limit) = std::mem::replace(&mut self.state, State::Over)
        {
            self.state = State::Waiting(self.rpc.send(self.id, request, limit));
        }
        if let State::Waiting(waiting) = &mut self.state {
            let reply = ready!(waiting.poll(cx));
            self.state = State::Over;
            match (reply, &self.name.what) {
                (Err(error), Some(path))
                    if self.is_whole_file && error.code() == ErrorCode::FileTooLarge =>
                {
                    self.state = State::Instead(Fs::new(self.rpc.clone()).read_in_parts(path));
                }
                (reply, _) => return Poll::Ready(self.named(reply)),
            }
        }
        let State::Instead(bytes) = &mut self.state else {
            return Poll::Ready(Err(over()));
        };
        let bytes = ready!(bytes.as_mut().poll(cx));
        self.state = State::Over;
        Poll::Ready(self.named(bytes.map(Reply::in_parts)))
    }

    fn named<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.during(&self.name))
    }

    /// Gives back what the reply brought.
    fn unreadable(&self, reply: &Reply, error: Error) -> Error {
        self.rpc.shared().with(|machine| machine.discard(reply));
        error.during(&self.name)
    }
}

pub(super) fn over() -> Error {
    Error::new(ErrorCode::InvalidState, "the call was over already")
}

impl<T> fmt::Debug for Action<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({})", self.unnamed.name)
    }
}
