//! JSON objects, read field by field.
//!
//! What `serde` derives for an object is compiled for each type anew: a loop over its fields, with every case of
//! each. Read as here a field costs one call, and the WebAssembly module is measured by its code.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Error, Result};

/// The most fields of an object, which take room whether or not they are read: a message could hold millions.
const MAX_FIELDS: usize = 1 << 16;

/// The fields of an object, told apart and not yet read.
#[derive(Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Tells an object's fields apart.
    pub(crate) fn parse(json: &'a [u8]) -> Result<Self> {
        serde_json::from_slice(json)
    }

    /// A field as it is, also where it is `null`; the last of its name.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let mut fields = self.0.iter().rev();
        fields.find(|(known, _)| known == name).map(|(_, raw)| *raw)
    }

    /// What all fields hold.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a RawValue> {
        self.0.iter().map(|(_, raw)| *raw)
    }

    /// A field that may be absent or `null`.
    pub(crate) fn optional<T: Deserialize<'a>>(&self, name: &str) -> Result<Option<T>> {
        let raw = self.raw(name).map(|raw| raw.get().as_bytes());
        match raw.filter(|raw| *raw != b"null") {
            Some(raw) => read(raw).map(Some).map_err(|_| of_another_kind(name)),
            None => Ok(None),
        }
    }

    /// A field that must be there.
    pub(crate) fn required<T: Deserialize<'a>>(&self, name: &str) -> Result<T> {
        self.optional(name)?.ok_or_else(|| missing(name))
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T> {
    serde_json::from_slice(json)
}

/// The value itself is not shown: it may be the user's own.
#[cold]
fn of_another_kind(name: &str) -> Error {
    Error::custom(format_args!("the field `{name}` is of another kind"))
}

#[cold]
pub(crate) fn missing(name: &str) -> Error {
    Error::custom(format_args!("missing field `{name}`"))
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, raw)) = map.next_entry::<Name<'de>, &RawValue>()? {
                    if fields.len() == MAX_FIELDS {
                        return Err(A::Error::custom("an object has too many fields"));
                    }
                    fields.push((name.0, raw));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A field's name, borrowed where it holds no escapes; `Cow` alone never borrows.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a value from the fields of an object, whatever it is read with.
pub(crate) fn from_object<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: fn(&Object<'_>) -> Result<T>,
) -> std::result::Result<T, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let object = Object::parse(raw.get().as_bytes());
    object
        .and_then(|object| read(&object))
        .map_err(D::Error::custom)
}

/// Has a type deserialised as an object: each field with `required` or `optional` and its name on the wire.
macro_rules! deserialize_object {
    ($type:ident { $($field:ident: $how:ident $name:literal,)+ }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> std::result::Result<Self, D::Error> {
                $crate::json::from_object(deserializer, |object| {
                    Ok(Self { $($field: object.$how($name)?,)+ })
                })
            }
        }
    };
}

pub(crate) use deserialize_object;

#[cfg(test)]
mod tests {
    #[derive(Debug, PartialEq)]
    struct Size {
        bytes: u64,
        unit: Option<String>,
    }

    deserialize_object!(Size {
        bytes: required "bytes",
        unit: optional "unit",
    });

    fn read(json: &str) -> std::result::Result<Size, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_needed_may_be_absent_or_null() {
        let size = Ok(Size {
            bytes: 7,
            unit: None,
        });
        assert_eq!(read(r#"{"bytes":7}"#), size);
        assert_eq!(
            read(r#" { "unit" : null , "more" : [{}] , "b\u0079tes" : 7 } "#),
            size
        );
    }

    #[test]
    fn an_error_names_the_field_and_never_its_value() {
        for (json, words) in [
            (r#"{"unit":"kB"}"#, "missing field `bytes`"),
            (r#"{"bytes":null}"#, "missing field `bytes`"),
            (
                r#"{"bytes":"secret"}"#,
                "the field `bytes` is of another kind",
            ),
            (
                r#"{"bytes":1,"unit":["secret"]}"#,
                "the field `unit` is of another kind",
            ),
        ] {
            let message = read(json).unwrap_err();
            assert!(message.starts_with(words), "{message}");
        }
    }

    #[test]
    fn an_object_takes_no_more_room_than_it_may() {
        let field = r#""a":1,"#;
        let most = format!(
            "{{{}{}",
            field.repeat(super::MAX_FIELDS - 1),
            r#""bytes":7}"#
        );
        assert_eq!(read(&most).map(|size| size.bytes), Ok(7));
        let message = read(&most.replacen('{', "{\"a\":1,", 1)).unwrap_err();
        assert!(message.contains("too many fields"), "{message}");
    }

    #[test]
    fn anything_else_is_no_object() {
        for json in [
            "[]",
            "7",
            "null",
            "\"bytes\"",
            "{\"bytes\":7",
            "{\"bytes\":7}}",
        ] {
            read(json).unwrap_err();
        }
    }
}
