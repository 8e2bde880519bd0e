//! The service's records as the face has them: its own names, in JavaScript's case.

use deno_sandbox::{ProcessStatus, WalkEntry};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::convert::{IntoJs, to_js};

#[derive(Serialize)]
struct StatusRecord<'a> {
    success: bool,
    code: i32,
    signal: &'a Option<String>,
    oom: bool,
}

impl IntoJs for ProcessStatus {
    fn into_js(self) -> JsValue {
        to_js(&StatusRecord {
            success: self.success,
            code: self.code,
            signal: &self.signal,
            oom: self.oom.is_some(),
        })
    }
}

impl IntoJs for Vec<WalkEntry> {
    fn into_js(self) -> JsValue {
        to_js(&self)
    }
}
