//! Failures as plain objects, which the face makes errors of.

use std::error::Error as StdError;

use deno_sandbox::{Error, ErrorClass};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::convert::to_js;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejection<'a> {
    code: &'a str,
    class: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
}

/// What a call rejects with.
pub(crate) fn rejection(error: &Error) -> JsValue {
    rejection_with(error, None)
}

/// What a failed command rejects with.
pub(crate) fn rejection_with(error: &Error, exit_code: Option<i32>) -> JsValue {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    to_js(&Rejection {
        code: error.code().as_str(),
        class: class_name(error.code().class()),
        message: error.to_string(),
        operation: error.operation(),
        status: error.status(),
        service_code: error.service_code(),
        class_name: error.class_name(),
        close_code: error.close_code(),
        close_reason: error.close_reason(),
        trace_id: error.trace_id(),
        retryable: error.is_retryable(),
        exit_code,
        causes,
    })
}

/// Whose doing an error is, as the face names it.
fn class_name(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Usage => "usage",
        ErrorClass::Service => "service",
        ErrorClass::Connection => "connection",
        ErrorClass::Sandbox => "sandbox",
        _ => "local",
    }
}
