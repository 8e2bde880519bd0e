use deno_sandbox::transport::{BoxFuture, HttpClient, HttpRequest, HttpResponse, TransportFailure};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

use super::{Host, failure, headers_from_js, headers_to_js, milliseconds};
use crate::engine;
use crate::operations::{JsAnswer, Operation, answer};

impl HttpClient for Host {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportFailure>> {
        Box::pin(async move {
            let operation = Operation::new();
            let body = (!request.body.is_empty())
                .then(|| JsString::from(String::from_utf8_lossy(&request.body).as_ref()));
            engine::with(|engine| {
                engine.fetch(
                    &self.0,
                    operation.id(),
                    request.method.as_str(),
                    &request.url,
                    headers_to_js(&request.headers),
                    body,
                    milliseconds(request.connect_timeout),
                );
            });
            match operation.await {
                JsAnswer::Response(response) => Ok(response),
                JsAnswer::Failed(failure) => Err(failure),
                _ => Err(unexpected()),
            }
        })
    }
}

pub(super) fn unexpected() -> TransportFailure {
    failure("broken", "the host gave no answer".to_owned())
}

/// A request was answered.
#[wasm_bindgen]
pub fn fetched(operation: u32, status: u16, headers: Vec<String>, body: Vec<u8>) {
    let headers = headers_from_js(headers);
    let body = body.into();
    let response = HttpResponse {
        status,
        headers,
        body,
    };
    answer(operation, JsAnswer::Response(response));
}

/// A request or a handshake failed.
#[wasm_bindgen(js_name = operationFailed)]
pub fn operation_failed(operation: u32, kind: &str, message: String) {
    answer(operation, JsAnswer::Failed(failure(kind, message)));
}
