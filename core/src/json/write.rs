//! Writing JSON: an object is a list of its fields.

use std::fmt::Write as _;

/// What can be written as JSON. Public, as it bounds public types' parameters, and out of reach: only this
/// crate's types are written.
pub trait ToJson {
    /// Writes it behind what is there.
    fn to_json(&self, json: &mut String);

    /// Whether a field that holds it is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A value as JSON.
pub(crate) fn written(value: &dyn ToJson) -> String {
    let mut json = String::new();
    value.to_json(&mut json);
    json
}

/// Writes an object of those fields that are there.
pub(crate) fn object(json: &mut String, fields: &[(&str, &dyn ToJson)]) {
    let mut separator = '{';
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_absent()) {
        json.push(separator);
        separator = ',';
        name.to_json(json);
        json.push(':');
        value.to_json(json);
    }
    if separator == '{' {
        json.push('{');
    }
    json.push('}');
}

/// Writes a list.
pub(crate) fn list<'a>(json: &mut String, items: impl Iterator<Item = &'a dyn ToJson>) {
    json.push('[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            json.push(',');
        }
        item.to_json(json);
    }
    json.push(']');
}

impl ToJson for str {
    fn to_json(&self, json: &mut String) {
        // Most texts are names and paths, and need no memory of their own to be quoted.
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if self.bytes().all(is_plain) {
            json.push('"');
            json.push_str(self);
            json.push('"');
        } else {
            // Text always has a form.
            json.push_str(&serde_json::to_string(self).unwrap_or_default());
        }
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json(&self, json: &mut String) {
        (**self).to_json(json);
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl ToJson for String {
    fn to_json(&self, json: &mut String) {
        self.as_str().to_json(json);
    }
}

impl ToJson for bool {
    fn to_json(&self, json: &mut String) {
        json.push_str(if *self { "true" } else { "false" });
    }
}

macro_rules! numbers_to_json {
    ($($type:ty),+) => {
        $(impl ToJson for $type {
            fn to_json(&self, json: &mut String) {
                // Writing to a String does not fail.
                let _ = write!(json, "{self}");
            }
        })+
    };
}

numbers_to_json!(u32, u64, i32, f64);

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self, json: &mut String) {
        match self {
            Some(value) => value.to_json(json),
            None => json.push_str("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, json: &mut String) {
        list(json, self.iter().map(|item| item as &dyn ToJson));
    }
}

/// Has a type written as an object: each field with its name on the wire.
macro_rules! write_object {
    ($type:ty { $($($field:ident).+ = $name:literal,)* }) => {
        impl $crate::json::ToJson for $type {
            fn to_json(&self, json: &mut String) {
                $crate::json::object(json, &[$(($name, &self.$($field).+),)*]);
            }
        }
    };
}

pub(crate) use write_object;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sorted_map::SortedMap;

    struct Sample {
        text: String,
        list: Vec<u64>,
        none: Option<bool>,
        some: Option<bool>,
        names: SortedMap<String, String>,
    }

    write_object!(Sample {
        text = "text",
        list = "list",
        none = "none",
        some = "some",
        names = "names",
    });

    #[test]
    fn what_is_there_is_written() {
        let sample = Sample {
            text: "α\n\"\u{1f}".to_owned(),
            list: vec![1, u64::MAX],
            none: None,
            some: Some(true),
            names: SortedMap::from_iter([("a\"".to_owned(), "b".to_owned())]),
        };
        assert_eq!(
            written(&sample),
            r#"{"text":"α\n\"\u001f","list":[1,18446744073709551615],"some":true,"names":{"a\"":"b"}}"#
        );
        assert_eq!(written(&Vec::<u64>::new()), "[]");
        assert_eq!(written(&SortedMap::<String, u64>::default()), "{}");
    }
}
