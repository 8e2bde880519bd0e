//! Carries out one request: deadlines, repetition where that is safe, and errors.

use std::future::Future;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::Client;
use crate::error::{Error, ErrorCode, Result};
use crate::model::moment;
use crate::rest::response;
use crate::rest::retry::{self, Attempt, Outcome, Repeat};
use crate::transport::{
    FailureKind, HttpRequest, HttpResponse, Method, TransportFailure, WebSocket, WebSocketRequest,
    root_cause,
};

/// How one attempt ended without success.
enum Failed {
    Answer(HttpResponse),
    Transport(TransportFailure),
    Late,
}

impl Client {
    /// Sends a request and returns the service's answer, whatever its status.
    ///
    /// A deletion that finds nothing after an attempt that may have arrived is a success: that
    /// attempt did it.
    pub(crate) async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse> {
        request.connect_timeout = Some(self.deadlines().connect);
        let credentials = &self.control().credentials;
        let mut attempts = Attempts::new(self, Repeat::of(request.method));
        loop {
            let answer = self.transport().http.send(request.clone());
            let failed = match self.within_deadline(answer).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    return Ok(credentials.redact_headers(answer));
                }
                Ok(answer) => Failed::Answer(answer),
                Err(failed) => failed,
            };
            match attempts.end(failed).await {
                None => {}
                Some(Failed::Answer(answer))
                    if answer.status == 404
                        && request.method == Method::Delete
                        && attempts.may_have_arrived =>
                {
                    return Ok(HttpResponse {
                        status: 204,
                        ..HttpResponse::default()
                    });
                }
                Some(Failed::Answer(answer)) => return Ok(credentials.redact(answer)),
                Some(failed) => return Err(self.error_of(failed, &request.url)),
            }
        }
    }

    /// Opens a WebSocket. `repeat` tells what a second handshake would do.
    pub(crate) async fn open_websocket(
        &self,
        handshake: HttpRequest,
        repeat: Repeat,
        max_message_size: usize,
    ) -> Result<WebSocket> {
        let request = WebSocketRequest {
            url: handshake.url,
            headers: handshake.headers,
            connect_timeout: Some(self.deadlines().connect),
            max_message_size,
        };
        let mut attempts = Attempts::new(self, repeat);
        loop {
            let socket = self.transport().websockets.open(request.clone());
            let failed = match self.within_deadline(socket).await {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(answer)) => Failed::Answer(answer),
                Err(failed) => failed,
            };
            if let Some(failed) = attempts.end(failed).await {
                return Err(self.error_of(failed, &request.url));
            }
        }
    }

    async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T, TransportFailure>> + Unpin,
    ) -> Result<T, Failed> {
        let deadline = self.transport().runtime.sleep(self.deadlines().request);
        match select(work, deadline).await {
            Either::Left((result, _)) => result.map_err(Failed::Transport),
            Either::Right(_) => Err(Failed::Late),
        }
    }

    fn error_of(&self, failed: Failed, url: &str) -> Error {
        let failure = match failed {
            Failed::Answer(answer) => {
                return response::error_of(&self.control().credentials.redact(answer));
            }
            Failed::Late => {
                let limit = moment::spell(self.deadlines().request);
                let message = format!("no complete answer from {} in {limit}", origin(url));
                return Error::new(ErrorCode::RequestTimeout, message);
            }
            Failed::Transport(failure) => failure,
        };
        let origin = origin(url);
        let cause = root_cause(failure.source.as_ref());
        let (code, message) = match failure.kind {
            FailureKind::Connect => (
                ErrorCode::ConnectFailed,
                format!("could not reach {origin}: {cause}"),
            ),
            FailureKind::ConnectTimeout => {
                let limit = moment::spell(self.deadlines().connect);
                (
                    ErrorCode::ConnectTimeout,
                    format!("no connection to {origin} in {limit}"),
                )
            }
            FailureKind::Broken => (
                ErrorCode::ConnectionBroken,
                format!("the connection to {origin} broke: {cause}"),
            ),
            FailureKind::Protocol => (
                ErrorCode::ProtocolViolation,
                format!("{origin} broke the protocol: {cause}"),
            ),
            FailureKind::Local => (
                ErrorCode::LocalIo,
                format!("this machine cannot connect to {origin}: {cause}"),
            ),
        };
        Error::new(code, message).with_source(failure)
    }
}

/// Attempts at one thing, one after the other.
struct Attempts<'a> {
    client: &'a Client,
    repeat: Repeat,
    start: Duration,
    /// How many have failed.
    number: u32,
    /// Whether one that failed may have reached the service.
    may_have_arrived: bool,
}

impl<'a> Attempts<'a> {
    fn new(client: &'a Client, repeat: Repeat) -> Self {
        Self {
            client,
            repeat,
            start: client.transport().runtime.now(),
            number: 0,
            may_have_arrived: false,
        }
    }

    /// Waits until the next attempt; gives the failure back where the policy says that another is unsafe or
    /// useless.
    async fn end(&mut self, failed: Failed) -> Option<Failed> {
        let runtime = &self.client.transport().runtime;
        self.number += 1;
        let outcome = failed.outcome();
        let decision = self.client.retry().next(&Attempt {
            repeat: self.repeat,
            outcome,
            number: self.number,
            elapsed: runtime.now().saturating_sub(self.start),
            retry_after: failed.retry_after(runtime.unix_time()),
            random: runtime.random(),
        });
        let Some(wait) = decision else {
            return Some(failed);
        };
        self.may_have_arrived |= outcome.may_have_arrived();
        runtime.sleep(wait).await;
        None
    }
}

impl Failed {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Answer(answer) => Outcome::Answered(answer.status),
            Self::Late => Outcome::Unknown,
            Self::Transport(failure) => match failure.kind {
                FailureKind::Connect | FailureKind::ConnectTimeout => Outcome::NotSent,
                FailureKind::Broken => Outcome::Unknown,
                FailureKind::Protocol => Outcome::Senseless,
                FailureKind::Local => Outcome::NotTried,
            },
        }
    }

    fn retry_after(&self, unix_time: Duration) -> Option<Duration> {
        match self {
            Self::Answer(answer) => retry::retry_after(answer.header("retry-after")?, unix_time),
            _ => None,
        }
    }
}

/// Scheme and host of a URL: enough to tell where a request went.
fn origin(url: &str) -> &str {
    // The third slash ends the host.
    let end = url.match_indices('/').nth(2);
    end.map_or(url, |(end, _)| &url[..end])
}
