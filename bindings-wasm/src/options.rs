//! Reads the objects users give as options: shapes only, the core checks the values.

use deno_sandbox::{Error, ErrorCode, Result};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// An options object. What is read from it is what is known; [`finish`](Self::finish) complains of a key
/// that looks like a known one misspelt, and leaves any other alone, as programs rely on.
pub(crate) struct Options {
    /// `None` where no options were given.
    object: Option<Object>,
    known: Vec<&'static str>,
}

impl Options {
    /// Takes `undefined` and `null` for no options.
    pub(crate) fn new(value: &JsValue) -> Result<Self> {
        let object = if value.is_undefined() || value.is_null() {
            None
        } else if value.is_object() && !Array::is_array(value) {
            Some(value.clone().unchecked_into())
        } else {
            let message = format!("options must be an object, not {}", kind_of(value));
            return Err(Error::new(ErrorCode::InvalidOption, message));
        };
        Ok(Self {
            object,
            known: Vec::new(),
        })
    }

    /// The value of an option, where it is given.
    pub(crate) fn value(&mut self, key: &'static str) -> Option<JsValue> {
        self.known.push(key);
        let value = Reflect::get(self.object.as_ref()?, &key.into()).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    /// Text.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        self.read(key, |value| value.as_string(), "a string")
    }

    /// Text that must be given.
    pub(crate) fn required_text(&mut self, key: &'static str) -> Result<String> {
        self.text(key)?.ok_or_else(|| missing(key))
    }

    /// A truth value.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<Option<bool>> {
        self.read(key, |value| value.as_bool(), "true or false")
    }

    /// Any number.
    pub(crate) fn number(&mut self, key: &'static str) -> Result<Option<f64>> {
        self.read(key, |value| value.as_f64(), "a number")
    }

    /// A whole number, as `T` holds it.
    pub(crate) fn whole<T: TryFrom<u64>>(&mut self, key: &'static str) -> Result<Option<T>> {
        let read = |value: &JsValue| T::try_from(whole_number(value.as_f64()?)?).ok();
        self.read(key, read, "a whole number that is not negative")
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<String>>> {
        self.read(key, texts_of, "a list of strings")
    }

    /// Text, or a number as text.
    pub(crate) fn text_or_number(&mut self, key: &'static str) -> Result<Option<Scalar>> {
        self.read(key, Scalar::of, "a string or a number")
    }

    /// An object of the user's own keys, each with a text. A value is never shown, it may be secret.
    pub(crate) fn record(
        &mut self,
        key: &'static str,
        code: ErrorCode,
    ) -> Result<Vec<(String, String)>> {
        let mut record = Vec::new();
        for (name, value) in self.entries(key)? {
            let Some(text) = value.as_string() else {
                let message = format!(
                    "the value of {name:?} in `{key}` must be a string, not {}",
                    kind_of(&value)
                );
                return Err(Error::new(code, message));
            };
            record.push((name, text));
        }
        Ok(record)
    }

    /// An object of the user's own keys, with any values.
    pub(crate) fn entries(&mut self, key: &'static str) -> Result<Vec<(String, JsValue)>> {
        let Some(value) = self.value(key) else {
            return Ok(Vec::new());
        };
        if !value.is_object() || Array::is_array(&value) {
            return Err(wrong(key, "an object", &value));
        }
        let entries = Object::entries(value.unchecked_ref());
        Ok(entries
            .iter()
            .filter_map(|entry| {
                let entry: Array = entry.unchecked_into();
                Some((entry.get(0).as_string()?, entry.get(1)))
            })
            .collect())
    }

    /// Complains of what looks like a misspelling.
    pub(crate) fn finish(self) -> Result<()> {
        let Some(object) = &self.object else {
            return Ok(());
        };
        for key in Object::keys(object).iter() {
            let Some(key) = key.as_string() else { continue };
            if self.known.contains(&key.as_str()) {
                continue;
            }
            if let Some(nearest) = self.known.iter().find(|known| is_close(&key, known)) {
                let message = format!("unknown option {key:?}; did you mean \"{nearest}\"?");
                return Err(Error::new(ErrorCode::InvalidOption, message));
            }
        }
        Ok(())
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&JsValue) -> Option<T>,
        expected: &str,
    ) -> Result<Option<T>> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => match read(&value) {
                Some(read) => Ok(Some(read)),
                None => Err(wrong(key, expected, &value)),
            },
        }
    }
}

/// A value that the core takes as a number or as text.
pub(crate) enum Scalar {
    Number(u64),
    Text(String),
}

impl Scalar {
    /// A number that is not whole goes on as text, for the core to refuse in its own words.
    pub(crate) fn of(value: &JsValue) -> Option<Self> {
        match value.as_f64() {
            Some(number) => Some(match whole_number(number) {
                Some(whole) => Self::Number(whole),
                None => Self::Text(shown(number)),
            }),
            None => value.as_string().map(Self::Text),
        }
    }
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

/// The list's texts; `None` where it is no list of texts alone.
pub(crate) fn texts_of(value: &JsValue) -> Option<Vec<String>> {
    let list: &Array = value.dyn_ref()?;
    list.iter().map(|item| item.as_string()).collect()
}

fn missing(key: &str) -> Error {
    let message = format!("the option \"{key}\" is missing");
    Error::new(ErrorCode::InvalidOption, message)
}

fn wrong(key: &str, expected: &str, value: &JsValue) -> Error {
    let message = format!("\"{key}\" must be {expected}, not {}", kind_of(value));
    Error::new(ErrorCode::InvalidOption, message)
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

/// Whether one is the other misspelt: by case, by an underscore, or by a letter or two.
fn is_close(key: &str, known: &str) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    let (key, known) = (plain(key), plain(known));
    let allowed = if known.len() > 5 { 2 } else { 1 };
    key == known || known.len() > 3 && strsim::osa_distance(&key, &known) <= allowed
}
