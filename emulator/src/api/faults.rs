//! `/emulator/faults`, which the service has not: tests ask here for failures.

use std::panic::resume_unwind;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::api_error::{ApiError, Code};
use crate::app::App;
use crate::faults::{Action, Fault, delay};
use crate::sandboxes::End;

/// What befalls a sandbox at once.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Blow {
    /// Its time is up.
    Expire,
    /// Its connections end without a word; a timed one runs on.
    Cut,
}

#[derive(Deserialize)]
struct SandboxFault {
    sandbox: String,
    #[serde(rename = "do")]
    blow: Blow,
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Json<Vec<Fault>> {
    Json(app.faults.list())
}

pub(super) async fn clear(State(app): State<Arc<App>>) -> StatusCode {
    app.faults.clear();
    StatusCode::NO_CONTENT
}

/// Takes `{"at": …, "do": …}` for requests to come, or `{"sandbox": ID, "do": …}` for now.
pub(super) async fn add(State(app): State<Arc<App>>, body: Bytes) -> Result<StatusCode, ApiError> {
    let value: serde_json::Value = parse(&body)?;
    if value.get("sandbox").is_some() {
        let fault: SandboxFault = parse(&body)?;
        let sandbox = app.sandboxes.find(&fault.sandbox)?;
        match fault.blow {
            Blow::Expire => sandbox.end(End::TimedOut),
            Blow::Cut => sandbox.cut(),
        }
    } else {
        let fault: Fault = parse(&body)?;
        if let Some(problem) = fault.problem() {
            return Err(ApiError::new(Code::InvalidRequest, problem));
        }
        app.faults.add(fault);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a waiting failure happen to the request it waits for.
pub(super) async fn inject(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match app.faults.take(request.method(), request.uri().path()) {
        None => next.run(request).await,
        Some(Action::Delay { ms }) => {
            delay(ms).await;
            next.run(request).await
        }
        Some(Action::Refuse {
            status,
            retry_after,
        }) => refusal(status, retry_after),
        Some(Action::Cut) => cut(),
        Some(Action::CutAnswer) => {
            next.run(request).await;
            cut()
        }
    }
}

fn refusal(status: u16, retry_after: Option<u32>) -> Response {
    let error = ApiError::new(Code::FaultInjected, "a test asked for this refusal");
    let mut response = error.into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(Code::FaultInjected.status());
    if let Some(seconds) = retry_after {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// Ends the task of this one connection, and with it the connection, without printing anything.
fn cut() -> Response {
    resume_unwind(Box::new("a test asked for this cut"))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(
            Code::InvalidRequest,
            format!("the body describes no fault: {error}"),
        )
    })
}
