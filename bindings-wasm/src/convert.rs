//! Values of the core as JavaScript has them.

use bytes::Bytes;
use deno_sandbox::Date;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;

use crate::engine::to_js_bytes;

/// What a call gives, as JavaScript has it.
pub(crate) trait IntoJs {
    fn into_js(self) -> JsValue;
}

impl IntoJs for () {
    fn into_js(self) -> JsValue {
        JsValue::UNDEFINED
    }
}

impl IntoJs for JsValue {
    fn into_js(self) -> JsValue {
        self
    }
}

impl IntoJs for String {
    fn into_js(self) -> JsValue {
        self.into()
    }
}

impl IntoJs for Bytes {
    fn into_js(self) -> JsValue {
        to_js_bytes(&self)
    }
}

/// Sizes and positions, which a number of JavaScript's holds exactly up to 2^53.
impl IntoJs for u64 {
    fn into_js(self) -> JsValue {
        JsValue::from_f64(self as f64)
    }
}

/// Times as the wire has them.
impl IntoJs for OffsetDateTime {
    fn into_js(self) -> JsValue {
        to_js(&Date(self))
    }
}

/// Absence is `undefined`.
impl<T: IntoJs> IntoJs for Option<T> {
    fn into_js(self) -> JsValue {
        self.map_or(JsValue::UNDEFINED, IntoJs::into_js)
    }
}

/// A record as a plain object.
pub(crate) fn to_js(record: &impl Serialize) -> JsValue {
    // Maps are objects, absence is `null`, and sizes are numbers, which hold them exactly up to 2^53.
    let serializer = Serializer::json_compatible();
    record.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}
