//! Small functions of the core that stand alone.

use deno_sandbox::model::SandboxId;
use deno_sandbox::{Error, ErrorCode, Region};
use wasm_bindgen::prelude::*;

use crate::error::rejection;
use crate::values::{kind_of, whole_argument};

#[wasm_bindgen(js_name = regionOf)]
pub fn region_of(sandbox_id: &str) -> Result<String, JsValue> {
    let id: Result<SandboxId, _> = sandbox_id.parse();
    id.map(|id| id.region().into())
        .map_err(|invalid| rejection(&invalid.into()))
}

#[wasm_bindgen(js_name = regionOrDefault)]
pub fn region_or_default(region: &JsValue) -> Result<String, JsValue> {
    if region.is_undefined() || region.is_null() {
        return Ok(Region::default().into());
    }
    let Some(text) = region.as_string() else {
        let message = format!("\"region\" must be a string, not {}", kind_of(region));
        return Err(rejection(&Error::new(ErrorCode::InvalidRegion, message)));
    };
    let region: Result<Region, _> = text.parse();
    region
        .map(Into::into)
        .map_err(|invalid| rejection(&invalid.into()))
}

#[wasm_bindgen(js_name = formatBytes)]
pub fn format_bytes(bytes: f64) -> Result<String, JsValue> {
    whole_argument(bytes, "number of bytes")
        .map(deno_sandbox::format_bytes)
        .map_err(|error| rejection(&error))
}

#[wasm_bindgen(js_name = isPlainName)]
pub fn is_plain_name(name: &str, windows: bool) -> bool {
    deno_sandbox::model::is_plain_name(name, windows)
}

#[wasm_bindgen(js_name = linkStaysInside)]
pub fn link_stays_inside(depth: u32, target: &str, windows: bool) -> bool {
    deno_sandbox::model::link_stays_inside(depth as usize, target, windows)
}

#[wasm_bindgen]
pub fn quote(text: &str) -> String {
    deno_sandbox::quote(text)
}
