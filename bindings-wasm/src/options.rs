//! Reads the objects users give as options: shapes only, the core checks the values.

use deno_sandbox::rpc::dynamic::{Dynamic, refuse_misspelt};
use deno_sandbox::{Error, ErrorCode, Result};
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::dynamic::Js;

/// An options object. What is read from it is what is known; [`finish`](Self::finish) tells of the first value
/// of a wrong kind, and of a key that looks like a known one misspelt. Any other key is left alone, as
/// programs rely on.
pub(crate) struct Options {
    /// `None` where no options were given.
    object: Option<Js>,
    known: Vec<&'static str>,
    /// The first failure. What is read after one does not matter.
    failure: Option<Error>,
}

impl Options {
    /// Takes `undefined` and `null` for no options.
    pub(crate) fn new(value: &JsValue) -> Self {
        let mut options = Self {
            object: None,
            known: Vec::new(),
            failure: None,
        };
        let object = Js(value.clone());
        if object.is_object() {
            options.object = Some(object);
        } else if !object.is_absent() {
            let message = format!("options must be an object, not {}", kind_of(value));
            options.fail(ErrorCode::InvalidOption, message);
        }
        options
    }

    /// Keeps the first failure.
    pub(crate) fn fail(&mut self, code: ErrorCode, message: String) {
        self.failure
            .get_or_insert_with(|| Error::new(code, message));
    }

    /// The value of an option, where it is given.
    pub(crate) fn value(&mut self, key: &'static str) -> Option<JsValue> {
        self.known.push(key);
        let value = self.object.as_ref()?.get(key);
        (!value.is_absent()).then_some(value.0)
    }

    /// A truth value.
    pub(crate) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.as_bool();
        self.expect(flag.is_some(), key, "true or false", &value);
        flag
    }

    /// A whole number of 32 bits.
    pub(crate) fn whole_u32(&mut self, key: &'static str) -> Option<u32> {
        let value = self.value(key)?;
        let whole = value.as_f64().and_then(whole_number);
        let whole = whole.and_then(|whole| u32::try_from(whole).ok());
        let expected = "a whole number from 0 to 4294967295";
        self.expect(whole.is_some(), key, expected, &value);
        whole
    }

    /// Gives the options read, unless something is wrong with them.
    pub(crate) fn finish<T>(mut self, read: T) -> Result<T> {
        if let Some(object) = &self.object {
            let names = object.names().unwrap_or_default();
            if let Err(error) = refuse_misspelt(&names, &self.known) {
                self.failure.get_or_insert(error);
            }
        }
        match self.failure {
            Some(error) => Err(error),
            None => Ok(read),
        }
    }

    fn expect(&mut self, is_so: bool, key: &str, expected: &str, value: &JsValue) {
        if !is_so {
            let message = format!("\"{key}\" must be {expected}, not {}", kind_of(value));
            self.fail(ErrorCode::InvalidOption, message);
        }
    }
}

/// Text, or a number as JavaScript shows it.
pub(crate) fn scalar(value: &JsValue) -> Option<String> {
    value.as_f64().map(shown).or_else(|| value.as_string())
}

/// The number as a whole one, where it is exactly that.
pub(crate) fn whole_number(number: f64) -> Option<u64> {
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
pub(crate) fn shown(number: f64) -> String {
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
