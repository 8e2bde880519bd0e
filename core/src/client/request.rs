use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::Client;
use super::action::{Name, over};
use crate::error::Result;
use crate::model::{Invalid, Reference};
use crate::rest::http::{HttpRequest, HttpResponse};
use crate::rest::request::Operation;
use crate::transport::{BoxFuture, MaybeSend};

/// A request to the service, sent when it is awaited, and repeated where that is safe. Given up when it is
/// dropped before its answer.
#[must_use = "nothing happens until it is awaited"]
pub struct Request<T> {
    unnamed: Unnamed,
    /// `None` once it is over.
    read: Option<Box<dyn Read<T>>>,
}

/// Reads the answer.
trait Read<T>: FnOnce(&HttpResponse) -> Result<T> + MaybeSend {}
impl<T, F: FnOnce(&HttpResponse) -> Result<T> + MaybeSend> Read<T> for F {}

/// All of a request but the type of its outcome: compiled once.
struct Unnamed {
    answer: BoxFuture<'static, Result<HttpResponse>>,
    name: Name,
}

impl<T> Request<T> {
    /// Sends `request`, unless what it was made of is malformed.
    pub(super) fn new(
        client: &Client,
        name: Name,
        request: Result<HttpRequest>,
        read: impl FnOnce(&HttpResponse) -> Result<T> + MaybeSend + 'static,
    ) -> Self {
        Self {
            unnamed: Unnamed {
                answer: client.answer(request),
                name,
            },
            read: Some(Box::new(read)),
        }
    }

    /// Asks something about one volume or snapshot, given by slug or id.
    pub(super) fn about(
        client: &Client,
        operation: &Operation,
        reference: &str,
        read: fn(&HttpResponse) -> Result<T>,
    ) -> Self
    where
        T: 'static,
    {
        let name = Name::of(operation.verb, reference);
        let parsed: Result<Reference, Invalid> = reference.parse();
        let request = parsed.map(|thing| operation.about(client.control(), thing.as_str()));
        Self::new(client, name, request.map_err(Into::into), read)
    }

    /// Goes on with the outcome.
    pub fn map<U>(self, then: impl FnOnce(T) -> U + MaybeSend + 'static) -> Request<U>
    where
        T: 'static,
    {
        let Self { unnamed, read } = self;
        Request {
            unnamed,
            read: read.map(|read| -> Box<dyn Read<U>> {
                Box::new(move |answer: &HttpResponse| read(answer).map(then))
            }),
        }
    }
}

impl Client {
    fn answer(&self, request: Result<HttpRequest>) -> BoxFuture<'static, Result<HttpResponse>> {
        let client = self.clone();
        Box::pin(async move { client.send(request?).await })
    }
}

impl<T> Unpin for Request<T> {}

impl<T> Future for Request<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.read.is_none() {
            return Poll::Ready(Err(over()));
        }
        let answer = ready!(self.unnamed.answer.as_mut().poll(cx));
        let read = self.read.take().ok_or_else(over)?;
        let outcome = answer.and_then(|answer| read(&answer));
        Poll::Ready(outcome.map_err(|error| error.during(&self.unnamed.name)))
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({})", self.unnamed.name)
    }
}
