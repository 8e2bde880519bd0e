//! The core's transports over what the host gives.

mod frames;
mod http;
mod socket;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deno_sandbox::transport::{FailureKind, Transport, TransportFailure};
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

use crate::runtime::EventLoop;

/// A program's host: an object as `js/src/host/host.ts` describes it.
#[derive(Clone)]
pub(crate) struct Host(JsValue);

impl Host {
    pub(crate) fn new(host: JsValue) -> Self {
        Self(host)
    }

    /// The core's view of it.
    pub(crate) fn transport(&self) -> Transport {
        let host = Arc::new(self.clone());
        Transport {
            http: host.clone(),
            websockets: host,
            runtime: Arc::new(EventLoop),
        }
    }

    /// Whether it can open sockets.
    pub(crate) fn opens_sockets(&self) -> bool {
        js_sys::Reflect::get(&self.0, &"openSocket".into()).is_ok_and(|open| open.is_function())
    }
}

/// Headers as they cross the border: names and values in turn.
fn headers_to_js(headers: &[(&'static str, String)]) -> Array {
    let list = Array::new();
    for (name, value) in headers {
        list.push(&JsString::from(*name));
        list.push(&JsString::from(value.as_str()));
    }
    list
}

fn headers_from_js(headers: Vec<String>) -> Vec<(String, String)> {
    let mut headers = headers.into_iter();
    std::iter::from_fn(|| Some((headers.next()?, headers.next()?))).collect()
}

fn milliseconds(limit: Option<Duration>) -> Option<f64> {
    limit.map(|limit| limit.as_secs_f64() * 1e3)
}

/// A failure as the host tells it.
fn failure(kind: &str, message: String) -> TransportFailure {
    let kind = match kind {
        "connect" => FailureKind::Connect,
        "connect-timeout" => FailureKind::ConnectTimeout,
        "protocol" => FailureKind::Protocol,
        _ => FailureKind::Broken,
    };
    TransportFailure::new(kind, Told(message))
}

/// What the host or this module says of a failure, in its own words.
struct Told(String);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}
