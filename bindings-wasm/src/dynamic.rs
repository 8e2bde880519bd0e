//! JavaScript's values as the core looks at those of a language without types.

use deno_sandbox::Answer;
use deno_sandbox::rpc::dynamic::Dynamic;
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::executor::call;
use crate::file::NativeFile;
use crate::sandbox::NativeSandbox;
use crate::values::kind_of;

/// A value of JavaScript's.
pub(crate) struct Js(pub(crate) JsValue);

impl Js {
    /// Whether it has names: a list is another kind of value.
    pub(crate) fn is_object(&self) -> bool {
        self.0.is_object() && !Array::is_array(&self.0)
    }
}

impl Dynamic for Js {
    fn is_absent(&self) -> bool {
        self.0.is_undefined() || self.0.is_null()
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        let list: &Array = self.0.dyn_ref()?;
        Some(list.iter().map(Self).collect())
    }

    fn names(&self) -> Option<Vec<String>> {
        if !self.is_object() {
            return None;
        }
        let keys = Object::keys(self.0.unchecked_ref::<Object>());
        Some(keys.iter().filter_map(|key| key.as_string()).collect())
    }

    fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED))
    }

    fn describe(&self) -> String {
        kind_of(&self.0)
    }
}

/// What JSON text stands for.
pub(crate) fn parsed(json: &str) -> JsValue {
    // The core has checked it.
    JSON::parse(json).unwrap_or(JsValue::UNDEFINED)
}

impl IntoJs for Answer {
    fn into_js(self) -> JsValue {
        match self {
            Self::Json(json) => parsed(&json),
            Self::File(file) => file.into_js(),
            Self::Entries(entries) => entries.into_js(),
            Self::Process(process) => (*process).into_js(),
        }
    }
}

#[wasm_bindgen]
impl NativeSandbox {
    pub fn call(&self, method: &str, params: JsValue, signal: &JsValue) -> JsValue {
        call(signal, self.0.call(method, &Js(params)))
    }
}

#[wasm_bindgen]
impl NativeFile {
    pub fn call(&self, method: &str, params: JsValue, signal: &JsValue) -> JsValue {
        call(signal, self.0.call(method, &Js(params)))
    }
}
