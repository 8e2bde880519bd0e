//! What happens around every request: the token is checked, and the answer can be traced.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api_error::{ApiError, Code};
use crate::app::App;
use crate::ids;

const TRACE_ID: HeaderName = HeaderName::from_static("x-deno-trace-id");

/// Lets only those through who have the token.
pub(super) async fn authenticate(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let message = match given {
        Some(token) if app.config.token.is(token) => return next.run(request).await,
        Some(_) => "the access token is not the one this emulator printed at its start",
        None => "the header \"Authorization: Bearer TOKEN\" is missing",
    };
    let challenge = [(WWW_AUTHENTICATE, "Bearer")];
    (challenge, ApiError::new(Code::InvalidToken, message)).into_response()
}

/// Gives every answer an id of its own.
pub(super) async fn trace(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::try_from(ids::trace()) {
        response.headers_mut().entry(TRACE_ID).or_insert(id);
    }
    response
}
