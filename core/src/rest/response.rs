//! What an answer means: a record, or an error whatever its body looks like.

use super::http::HttpResponse;
use super::retry::is_transient;
use crate::error::{self, Error, ErrorCode, Result};
use crate::json::{self, FromJson};

/// The longest part of the service's own words that goes into a message, in bytes.
const MESSAGE_LIMIT: usize = 500;

/// Reads the record a successful answer carries.
pub(crate) fn record<T: FromJson>(response: &HttpResponse) -> Result<T> {
    read(response, json::read)
}

/// Reads what a successful answer carries.
pub(crate) fn read<T>(
    response: &HttpResponse,
    read: impl FnOnce(&[u8]) -> json::Result<T>,
) -> Result<T> {
    if !is_success(response) {
        return Err(error_of(response));
    }
    read(&response.body).map_err(|error| {
        let message = match body_kind(response) {
            BodyKind::Json => format!("the service's answer has an unexpected shape: {error}"),
            other => format!("the service answered with {}", other.describe(response)),
        };
        violation(response, message)
    })
}

/// Reads the record, or `None` where the service says that there is no such thing.
pub(crate) fn record_if_found<T: FromJson>(response: &HttpResponse) -> Result<Option<T>> {
    if response.status == 404 {
        Ok(None)
    } else {
        record(response).map(Some)
    }
}

/// Checks that an answer whose body does not matter is a success.
pub(crate) fn done(response: &HttpResponse) -> Result<()> {
    if is_success(response) {
        Ok(())
    } else {
        Err(error_of(response))
    }
}

/// The error an answer other than the hoped-for one stands for.
pub(crate) fn error_of(response: &HttpResponse) -> Error {
    let (service_code, words) = match body_kind(response) {
        BodyKind::Json => words_of(&response.body),
        _ => (None, None),
    };
    let code = match (service_code.as_deref(), response.status) {
        (Some("INVALID_TOKEN"), _) | (_, 401) => ErrorCode::InvalidToken,
        (_, 403) => ErrorCode::Forbidden,
        (_, 404 | 410) => ErrorCode::NotFound,
        (_, 409) => ErrorCode::Conflict,
        (_, 429) => ErrorCode::RateLimited,
        (_, 408 | 425 | 500..) => ErrorCode::Unavailable,
        (_, 400..) => ErrorCode::Rejected,
        _ => ErrorCode::ProtocolViolation,
    };
    let message = words.map_or_else(|| describe(response), |words| one_line(&words));
    let error = Error::new(code, message)
        .with_status(response.status)
        .with_trace_id(trace_id(response))
        .with_retryable(is_transient(response.status));
    match service_code {
        Some(service_code) => error.with_service_code(one_line(&service_code)),
        None => error,
    }
}

/// An answer outside the protocol, with what is known of it.
pub(crate) fn violation(response: &HttpResponse, message: impl Into<String>) -> Error {
    Error::new(ErrorCode::ProtocolViolation, message)
        .with_status(response.status)
        .with_trace_id(trace_id(response))
}

fn is_success(response: &HttpResponse) -> bool {
    (200..300).contains(&response.status)
}

fn trace_id(response: &HttpResponse) -> Option<String> {
    response
        .header("x-deno-trace-id")
        .map(one_line)
        .filter(|id| !id.is_empty())
}

enum BodyKind {
    Empty,
    Json,
    Html,
    Other,
}

impl BodyKind {
    fn describe(&self, response: &HttpResponse) -> String {
        let content_type = response.header("content-type").map(one_line);
        match self {
            Self::Empty => "an empty body".to_owned(),
            Self::Json => "JSON of an unknown shape".to_owned(),
            Self::Html => "an HTML page instead of JSON; something between here and the service, \
                           like a proxy, may have answered in its place"
                .to_owned(),
            Self::Other => match content_type.filter(|kind| !kind.is_empty()) {
                Some(kind) => format!("a body of type \"{kind}\" that is not JSON"),
                None => "a body that is not JSON".to_owned(),
            },
        }
    }
}

fn body_kind(response: &HttpResponse) -> BodyKind {
    let body = response.body.trim_ascii();
    let starts_with = |prefix: &[u8]| {
        body.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if body.is_empty() {
        return BodyKind::Empty;
    }
    if json::is_json(body) {
        return BodyKind::Json;
    }
    let says_html = response
        .header("content-type")
        .is_some_and(|kind| kind.trim_start().starts_with("text/html"));
    if says_html || starts_with(b"<!doctype html") || starts_with(b"<html") {
        BodyKind::Html
    } else {
        BodyKind::Other
    }
}

/// A message for an answer that says nothing itself.
fn describe(response: &HttpResponse) -> String {
    match (response.status, response.header("location")) {
        (300..400, Some(location)) => format!(
            "the service answered with a redirect to \"{}\", which is not followed; set the \
             endpoint to the final address",
            one_line(location)
        ),
        (200..300, _) => "the service answered as if all was well where that makes no sense".into(),
        _ => format!(
            "the service answered with {}",
            body_kind(response).describe(response)
        ),
    }
}

/// The service's own code and sentence: `{code, message}`, or the shapes gateways are known for:
/// `{message}`, `{error: "…"}` and `{error: {code, message}}`.
fn words_of(body: &[u8]) -> (Option<String>, Option<String>) {
    let text = |value: Option<&[u8]>| {
        let text = String::from_json(value?).ok()?;
        Some(text).filter(|text| !text.trim().is_empty())
    };
    let names = ["code", "message", "error"];
    let [code, message, error] = json::pick(body, names).unwrap_or_default();
    let inner = error.and_then(|error| json::pick(error, names).ok());
    let [code, message, _] = inner.unwrap_or([code, message, None]);
    (text(code), text(message).or_else(|| text(error)))
}

fn one_line(text: &str) -> String {
    error::one_line(text, MESSAGE_LIMIT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Volume;

    fn body() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            any::<Vec<u8>>(),
            // Near the shapes that are looked into.
            "[ \t]{0,2}[{\\[]{0,2}\"?(code|message|error|id)?\"?:?[{\"]?\\PC{0,20}[\"}\\]]{0,4}"
                .prop_map(String::into_bytes),
            (any::<String>(), any::<String>()).prop_map(|(code, message)| {
                serde_json::json!({ "code": code, "message": message })
                    .to_string()
                    .into_bytes()
            }),
        ]
    }

    proptest! {
        /// Whatever a peer answers, there is an error of one short line without control characters.
        #[test]
        fn any_answer_becomes_one_line(
            status in any::<u16>(),
            header in any::<String>(),
            body in body(),
        ) {
            let headers = ["content-type", "location", "x-deno-trace-id"];
            let answer = HttpResponse {
                status,
                headers: headers.map(|name| (name.to_owned(), header.clone())).into(),
                body: body.into(),
            };
            let errors = [Some(error_of(&answer)), record::<Volume>(&answer).err()];
            for line in errors.into_iter().flatten().map(|error| error.to_string()) {
                prop_assert!(!line.chars().any(char::is_control), "{line:?}");
                prop_assert!(line.len() < 4 * MESSAGE_LIMIT, "{} bytes", line.len());
            }
        }
    }
}
