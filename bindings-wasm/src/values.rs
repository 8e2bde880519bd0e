//! What JavaScript's values are, as arguments and in messages.

use deno_sandbox::{Error, ErrorCode, Result};
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};

/// Text, or a number as JavaScript shows it.
pub(crate) fn scalar(value: &JsValue) -> Option<String> {
    value.as_f64().map(shown).or_else(|| value.as_string())
}

/// The number as a whole one, where it is exactly that.
fn whole_number(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && (0.0..=EXACT).contains(&number)).then_some(number as u64)
}

/// A whole number given as an argument.
pub(crate) fn whole_argument<T: TryFrom<u64>>(number: f64, name: &str) -> Result<T> {
    whole_number(number)
        .and_then(|whole| T::try_from(whole).ok())
        .ok_or_else(|| {
            let message = format!(
                "{} cannot be the {name}: it must be a whole number in range",
                shown(number)
            );
            Error::new(ErrorCode::InvalidOption, message)
        })
}

/// A number as JavaScript shows it: it has the code for that already.
fn shown(number: f64) -> String {
    let number: &Object = &JsValue::from_f64(number).unchecked_into();
    number.to_string().into()
}

/// What a value is, without its content.
pub(crate) fn kind_of(value: &JsValue) -> String {
    if value.is_null() {
        return "null".into();
    }
    if Array::is_array(value) {
        return "a list".into();
    }
    if let Some(number) = value.as_f64() {
        return shown(number);
    }
    let kind = value.js_typeof().as_string().unwrap_or_default();
    match kind.as_str() {
        "object" => "an object".into(),
        "string" | "boolean" | "function" | "symbol" | "bigint" => format!("a {kind}"),
        _ => kind,
    }
}
