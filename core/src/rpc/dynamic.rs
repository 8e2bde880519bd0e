//! Parameters of languages without types: checked by their shape, and written as JSON.

use super::given::Given;
use super::shape::{EXACT, Kind};
use crate::error::{Error, ErrorCode, Result};
use crate::json::ToJson;
use crate::model::{
    Capacity, Env, Invalid, Quoted, Reference, Region, SandboxPath, Slug, is_misspelt, moment,
};

/// Fields that are known already, as JSON.
pub(crate) type Known = Vec<(&'static str, String)>;

/// A value of a language without types.
pub trait Dynamic: Sized {
    /// Whether it stands for no value.
    fn is_absent(&self) -> bool;
    /// The text it is.
    fn text(&self) -> Option<String>;
    /// The number it is.
    fn number(&self) -> Option<f64>;
    /// The truth value it is.
    fn flag(&self) -> Option<bool>;
    /// The items of the list it is.
    fn items(&self) -> Option<Vec<Self>>;
    /// The names of the object it is.
    fn names(&self) -> Option<Vec<String>>;
    /// What an object has under a name; something absent where there is nothing.
    fn get(&self, name: &str) -> Self;
    /// What it is in words, like `a list`; never its content, unless that is a number.
    fn describe(&self) -> String;
}

/// Writes values as JSON, if they are of the kind they must be.
#[derive(Default)]
pub(crate) struct Encoder {
    pub(crate) json: String,
    /// What the call is about: the paths and names in it.
    pub(crate) about: Vec<String>,
    /// What is not to be looked for in the value.
    pub(crate) known: Known,
}

impl Encoder {
    /// Writes a value. `name` is what it is called in messages.
    pub(crate) fn write<V: Dynamic>(&mut self, name: &str, kind: Kind, value: &V) -> Result<()> {
        let unlike = |expected: &str| unlike(name, expected, value);
        match kind {
            Kind::Nothing => self.json.push_str("null"),
            Kind::Text => self.quote(&value.text().ok_or_else(|| unlike("a string"))?),
            Kind::Path
            | Kind::EnvName
            | Kind::EnvValue
            | Kind::Slug
            | Kind::Reference
            | Kind::Region => {
                let text = value.text().ok_or_else(|| unlike("a string"))?;
                self.checked(kind, text)?;
            }
            Kind::Capacity => {
                // A missing one is malformed like any other.
                let text = match value.is_absent() {
                    true => String::new(),
                    false => Given { name, value }.scalar()?,
                };
                let capacity: Capacity = text.parse()?;
                self.json.push_str(&capacity.bytes().to_string());
            }
            Kind::Flag => {
                let flag = value.flag().ok_or_else(|| unlike("true or false"))?;
                self.json.push_str(if flag { "true" } else { "false" });
            }
            Kind::Whole(_) | Kind::Signed | Kind::Limit => {
                let number = value.number().filter(|number| is_in(kind, *number));
                let number = number.ok_or_else(|| unlike(&rule(kind)))?;
                self.json.push_str(&(number as i64).to_string());
            }
            Kind::Moment => {
                let moment = value.number().and_then(moment::from_milliseconds);
                let moment = moment.ok_or_else(|| unlike("a time in milliseconds since 1970"))?;
                self.quote(&moment::format(moment));
            }
            Kind::List(of) => {
                let items = value.items().ok_or_else(|| unlike("a list"))?;
                self.sequence('[', ']', items.iter(), |this, item| {
                    this.write(name, *of, item)
                })?;
            }
            Kind::Texts => {
                let names = value.names().ok_or_else(|| unlike("an object"))?;
                self.sequence('{', '}', names.iter(), |this, name| {
                    this.quote(name);
                    this.json.push(':');
                    this.write(name, Kind::Text, &value.get(name))
                })?;
            }
            Kind::Object(fields) => {
                let names = value.names().ok_or_else(|| unlike("an object"))?;
                let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
                refuse_misspelt(&names, &known)?;
                let found = std::mem::take(&mut self.known);
                let given = fields.iter().filter_map(|field| {
                    if let Some((_, json)) = found.iter().find(|(name, _)| *name == field.name) {
                        return Some((field, Err(json)));
                    }
                    let value = value.get(field.name);
                    let unlimited =
                        matches!(field.kind, Kind::Limit) && value.number() == Some(f64::INFINITY);
                    let absent = !field.required && (value.is_absent() || unlimited);
                    (!absent).then_some((field, Ok(value)))
                });
                self.sequence('{', '}', given, |this, (field, value)| {
                    this.quote(field.name);
                    this.json.push(':');
                    match value {
                        Ok(value) => this.write(field.name, field.kind, &value)?,
                        Err(known) => this.json.push_str(known),
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// Writes text, if its kind allows that. What a call is about is known also where it is malformed.
    fn checked(&mut self, kind: Kind, text: String) -> Result<(), Invalid> {
        let checked = match kind {
            Kind::Path => text.parse::<SandboxPath>().map(drop),
            Kind::EnvName => Env::check_name(&text),
            Kind::EnvValue => Env::check_value(&text),
            Kind::Slug => text.parse::<Slug>().map(drop),
            Kind::Region => text.parse::<Region>().map(drop),
            _ => text.parse::<Reference>().map(drop),
        };
        self.quote(&text);
        if matches!(kind, Kind::Path | Kind::EnvName | Kind::Slug) {
            self.about.push(text);
        }
        checked
    }

    fn quote(&mut self, text: &str) {
        text.to_json(&mut self.json);
    }

    fn sequence<T>(
        &mut self,
        open: char,
        close: char,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        self.json.push(open);
        let start = self.json.len();
        for item in items {
            if self.json.len() > start {
                self.json.push(',');
            }
            write(self, item)?;
        }
        self.json.push(close);
        Ok(())
    }
}

pub(super) fn is_in(kind: Kind, number: f64) -> bool {
    let (is_whole, exact) = (number.fract() == 0.0, EXACT as f64);
    match kind {
        Kind::Whole(max) => is_whole && (0.0..=max as f64).contains(&number),
        Kind::Signed => is_whole && (-exact..=exact).contains(&number),
        _ => number >= 0.0,
    }
}

pub(super) fn rule(kind: Kind) -> String {
    match kind {
        Kind::Whole(max) => format!("a whole number from 0 to {max}"),
        Kind::Signed => "a whole number".to_owned(),
        _ => "a number that is not negative".to_owned(),
    }
}

pub(super) fn unlike<V: Dynamic>(name: &str, expected: &str, value: &V) -> Error {
    let what = if value.is_absent() {
        format!("\"{name}\" is missing: it must be {expected}")
    } else {
        format!("\"{name}\" must be {expected}, not {}", value.describe())
    };
    Error::new(ErrorCode::InvalidOption, what)
}

/// Refuses a name that looks like a known one misspelt. Any other is left alone, as programs rely on.
///
/// # Errors
/// [`InvalidOption`](ErrorCode::InvalidOption) with the known one.
pub fn refuse_misspelt(names: &[String], known: &[&str]) -> Result<()> {
    for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
        if let Some(nearest) = known.iter().find(|known| is_misspelt(name, known)) {
            let message = format!(
                "unknown option {}; did you mean \"{nearest}\"?",
                Quoted(name)
            );
            return Err(Error::new(ErrorCode::InvalidOption, message));
        }
    }
    Ok(())
}

/// For tests: the values of a language that are easy to write.
#[cfg(test)]
impl Dynamic for serde_json::Value {
    fn is_absent(&self) -> bool {
        self.is_null()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn names(&self) -> Option<Vec<String>> {
        Some(self.as_object()?.keys().cloned().collect())
    }

    fn get(&self, name: &str) -> Self {
        self[name].clone()
    }

    fn describe(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::String(_) => "a string".to_owned(),
            _ => "something else".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rpc::methods::{ChmodParams, EnvSetParams, UtimeParams, WalkParams};
    use crate::rpc::shape::Shaped;

    fn written<T: Shaped>(value: &Value) -> Result<String> {
        let mut encoder = Encoder::default();
        encoder.write("options", T::KIND, value)?;
        Ok(encoder.json)
    }

    #[test]
    fn values_travel_as_they_are() {
        let json = written::<EnvSetParams>(&json!({"key": "SNAKE_case", "value": "α\n\"\u{1f}"}));
        assert_eq!(
            json.unwrap(),
            r#"{"key":"SNAKE_case","value":"α\n\"\u001f"}"#
        );
        let walk = json!({"path": "/a", "maxDepth": 1.5, "match": [{"source": "x", "flags": ""}], "signal": {}});
        let json = written::<WalkParams>(&walk).unwrap();
        assert_eq!(
            json,
            r#"{"path":"/a","maxDepth":1,"match":[{"source":"x","flags":""}]}"#
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_by_its_name() {
        for (error, words) in [
            (
                written::<ChmodParams>(&json!({"mode": 1})),
                "\"path\" is missing: it must be a string",
            ),
            (
                written::<ChmodParams>(&json!({"path": "a", "mode": 1.5})),
                "\"mode\" must be a whole number from 0 to 4294967295, not 1.5",
            ),
            (
                written::<ChmodParams>(&json!({"path": "a", "mode": -1})),
                "\"mode\" must be a whole number from 0 to 4294967295, not -1",
            ),
            (
                written::<WalkParams>(&json!({"path": "a", "maxdepth": 3})),
                "unknown option \"maxdepth\"; did you mean \"maxDepth\"?",
            ),
            (
                written::<UtimeParams>(&json!({"path": "a", "atime": 1e300, "mtime": 0})),
                "\"atime\" must be a time in milliseconds since 1970, not 1e+300",
            ),
        ] {
            assert_eq!(error.unwrap_err().message(), words);
        }
        let error = written::<ChmodParams>(&json!({"path": "", "mode": 1})).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidPath);
        let secret = json!({"key": "A", "value": "se\u{0}cret"});
        let error = written::<EnvSetParams>(&secret).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidEnv);
        assert!(!error.to_string().contains("cret"), "{error}");
    }
}
