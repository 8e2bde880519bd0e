//! What methods take and give, as data: for faces of languages without types, so that a method costs them a line
//! and the WebAssembly module a few bytes.

use std::collections::BTreeMap;

use super::values::{Date, NoValue};
use crate::json::{self, FromJson};
use crate::model::{Capacity, Reference, Region, Slug, moment};
use crate::sorted_map::SortedMap;

/// A kind of value.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// None; anything is read as it.
    Nothing,
    /// Text.
    Text,
    /// A path in the sandbox.
    Path,
    /// The name of an environment variable.
    EnvName,
    /// The value of an environment variable.
    EnvValue,
    /// The name of a volume or snapshot.
    Slug,
    /// A volume or snapshot, by slug or id.
    Reference,
    /// Where something is stored.
    Region,
    /// The size of a volume: a number of bytes on the wire, else also text like `"2GB"`.
    Capacity,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0 to this.
    Whole(u64),
    /// A whole number of any sign that a float holds exactly.
    Signed,
    /// A limit: a number from 0, of which the whole part counts. An infinite one is none.
    Limit,
    /// A moment: ISO 8601 on the wire, milliseconds since 1970 where it is given.
    Moment,
    /// Any number of the same kind.
    List(&'static Kind),
    /// Texts by names of the user's own.
    Texts,
    /// Fields by names of the wire's.
    Object(&'static [Field]),
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// The largest whole number that JavaScript's numbers, which are floats, hold exactly with all before it.
pub(crate) const EXACT: u64 = 1 << 53;

/// A type whose kind is known.
pub trait Shaped {
    /// What it holds.
    const KIND: Kind;
    /// Whether there is no value for its absence.
    const REQUIRED: bool = true;
}

macro_rules! kinds {
    ($($type:ty: $kind:expr;)+) => {
        $(impl Shaped for $type {
            const KIND: Kind = $kind;
        })+
    };
}

kinds! {
    NoValue: Kind::Nothing;
    String: Kind::Text;
    bool: Kind::Flag;
    u32: Kind::Whole(u32::MAX as u64);
    u64: Kind::Whole(EXACT);
    i32: Kind::Signed;
    i64: Kind::Signed;
    f64: Kind::Limit;
    Date: Kind::Moment;
    Slug: Kind::Slug;
    Reference: Kind::Reference;
    Region: Kind::Region;
    Capacity: Kind::Capacity;
    BTreeMap<String, String>: Kind::Texts;
    SortedMap<String, String>: Kind::Texts;
}

impl<T: Shaped> Shaped for Option<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;
}

impl<T: Shaped> Shaped for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}

impl Field {
    /// The field that `_get` reads, whose type tells the rest.
    pub(crate) const fn of<T, F: Shaped>(name: &'static str, _get: fn(&T) -> &F) -> Self {
        Self {
            name,
            kind: F::KIND,
            required: F::REQUIRED,
        }
    }

    /// A field that must be there.
    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            required: true,
        }
    }

    /// A field that may be absent.
    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            required: false,
        }
    }

    /// Narrows what it holds.
    pub(crate) const fn only(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
}

/// Says what an object's fields are called on the wire, and which texts are more than that; has it written so.
macro_rules! shape {
    ($type:ident { $($($field:ident).+ = $name:literal $(as $kind:ident)?,)* }) => {
        $crate::json::write_object!($type { $($($field).+ = $name,)* });

        impl $crate::rpc::shape::Shaped for $type {
            const KIND: $crate::rpc::shape::Kind = $crate::rpc::shape::Kind::Object(&[
                $($crate::rpc::shape::Field::of($name, |it: &$type| &it.$($field).+)
                    $(.only($crate::rpc::shape::Kind::$kind))?,)*
            ]);
        }
    };
}

pub(crate) use shape;

/// Has a type deserialised as an object, and says its shape.
macro_rules! shaped_object {
    ($type:ident { $($field:ident: $how:ident $name:literal,)+ }) => {
        $crate::json::deserialize_object!($type { $($field: $how $name,)+ });
        $crate::rpc::shape::shape!($type { $($field = $name,)+ });
    };
}

pub(crate) use shaped_object;

/// The JSON text that bytes are, if it is of the kind it must be.
pub(crate) fn checked(kind: Kind, json: &[u8]) -> json::Result<String> {
    let json = json.trim_ascii();
    check(kind, json)?;
    let text = std::str::from_utf8(json).map(str::to_owned);
    text.map_err(|_| json::Error::Malformed)
}

/// Checks that a JSON value is of the kind it must be.
pub(crate) fn check(kind: Kind, json: &[u8]) -> json::Result<()> {
    let first = json.first().copied().unwrap_or_default();
    let fits = match kind {
        Kind::Nothing => true,
        Kind::Text
        | Kind::Path
        | Kind::EnvName
        | Kind::EnvValue
        | Kind::Slug
        | Kind::Reference
        | Kind::Region => first == b'"',
        Kind::Flag => matches!(first, b't' | b'f'),
        Kind::Whole(_) | Kind::Capacity => u64::from_json(json).is_ok(),
        Kind::Signed => i64::from_json(json).is_ok(),
        Kind::Limit => first.is_ascii_digit(),
        Kind::Moment => moment::parse(&String::from_json(json)?).is_some(),
        Kind::List(of) => {
            let items = json::items(json)?;
            items.into_iter().try_for_each(|item| check(*of, item))?;
            true
        }
        Kind::Texts => {
            let mut all = true;
            json::fields(json, &mut |_, value| {
                all &= value.starts_with(b"\"");
                Ok(())
            })?;
            all
        }
        Kind::Object(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            let mut found = vec![None; names.len()];
            json::pick_into(json, &names, &mut found)?;
            for (field, found) in fields.iter().zip(found) {
                match json::present(found) {
                    Some(raw) => check(field.kind, raw)?,
                    None if field.required => return Err(json::Error::Missing(field.name)),
                    None => {}
                }
            }
            true
        }
    };
    match fits {
        true => Ok(()),
        false => Err(json::Error::OfAnotherKind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::values::FileInfo;

    #[test]
    fn a_result_of_another_shape_is_seen() {
        let list = Kind::List(&Kind::Text);
        check(list, br#"["a", "b"]"#).unwrap();
        for (kind, json) in [
            (list, r#"["a", 7]"#),
            (Kind::Whole(7), "-1"),
            (Kind::Whole(7), "1.5"),
            (Kind::Text, "null"),
            (Kind::Moment, "\"yesterday\""),
            (FileInfo::KIND, r#"{"isFile":true}"#),
            (Kind::Texts, r#"{"KEY":7}"#),
        ] {
            check(kind, json.as_bytes()).unwrap_err();
        }
    }
}
