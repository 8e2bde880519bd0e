//! Reading JSON, value by value: an object's fields are told apart, and each is read as what it must be.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use hifijson::SliceLexer;
use hifijson::num::Lex as _;
use hifijson::str::LexAlloc as _;
use hifijson::token::{Expect, Lex as _};
use memchr::memchr;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use crate::sorted_map::SortedMap;

/// How deep values may lie in one another: each level takes room on the stack.
const MAX_DEPTH: u8 = 128;

/// The most entries of a sorted list: each is put in its place, and the more there are the longer that takes.
const MAX_SORTED: usize = 1 << 10;

/// Why text cannot be read. Never shows a value: it may be the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// It is not JSON.
    Malformed,
    /// It is JSON, and means something else than it must.
    OfAnotherKind,
    /// A field that must be there is not.
    Missing(&'static str),
    /// A field holds something else than it must.
    Field(&'static str),
}

/// What reading gives.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("malformed JSON"),
            Self::OfAnotherKind => f.write_str("a value of another kind"),
            Self::Missing(name) => write!(f, "missing field `{name}`"),
            Self::Field(name) => write!(f, "the field `{name}` is of another kind"),
        }
    }
}

impl From<Expect> for Error {
    fn from(_: Expect) -> Self {
        Self::Malformed
    }
}

impl From<hifijson::str::Error> for Error {
    fn from(_: hifijson::str::Error) -> Self {
        Self::Malformed
    }
}

/// What can be read from JSON. Public, as it bounds public types' parameters, and out of reach: only this
/// crate's types are read.
pub trait FromJson: Sized {
    /// Reads the one value that `json` is, without space around it.
    fn from_json(json: &[u8]) -> Result<Self>;
}

/// Reads the one value that `json` is.
pub(crate) fn read<T: FromJson>(json: &[u8]) -> Result<T> {
    T::from_json(json.trim_ascii())
}

/// Whether `json` is one value, whichever.
pub(crate) fn is_json(json: &[u8]) -> bool {
    let mut lexer = SliceLexer::new(json);
    lexer
        .exactly_one(SliceLexer::ws_peek, |next, lexer| skip(next, lexer, 0))
        .is_ok()
}

/// The first of several values, and how far it reaches; `None` where there is none, or not all of it yet.
pub(crate) fn first(json: &[u8]) -> Result<Option<(&[u8], usize)>> {
    // A word that is cut short is all that an error can leave unread of what is not malformed.
    const LONGEST_REST: usize = "alse".len();
    let mut lexer = SliceLexer::new(json);
    let Some(next) = lexer.ws_peek() else {
        return Ok(None);
    };
    match value(next, &mut lexer, 0) {
        Ok(value) => Ok(Some((value, json.len() - lexer.as_slice().len()))),
        Err(_) if lexer.as_slice().len() <= LONGEST_REST => Ok(None),
        Err(error) => Err(error),
    }
}

/// The items of a list.
pub(crate) fn items(json: &[u8]) -> Result<Vec<&[u8]>> {
    let mut items = Vec::new();
    let mut lexer = SliceLexer::new(json);
    lexer.exactly_one(SliceLexer::ws_peek, |next, lexer| match next {
        b'[' => lexer
            .discarded()
            .seq(b']', SliceLexer::ws_peek, |next, lexer| {
                items.push(value(next, lexer, 1)?);
                Ok(())
            }),
        _ => skip(next, lexer, 0).and(Err(Error::OfAnotherKind)),
    })?;
    Ok(items)
}

/// Goes through the fields of an object: `each` is given a field's name, which is a text, and what it holds.
pub(crate) fn fields<'a>(
    json: &'a [u8],
    each: &mut dyn FnMut(&'a [u8], &'a [u8]) -> Result<()>,
) -> Result<()> {
    let mut lexer = SliceLexer::new(json);
    lexer.exactly_one(SliceLexer::ws_peek, |next, lexer| match next {
        b'{' => lexer
            .discarded()
            .seq(b'}', SliceLexer::ws_peek, |next, lexer| {
                let (name, next) = field_name(next, lexer)?;
                each(name, value(next, lexer, 1)?)
            }),
        _ => skip(next, lexer, 0).and(Err(Error::OfAnotherKind)),
    })
}

/// Finds fields of an object in one go, each as it is, also where it is `null`; the last of its name.
pub(crate) fn pick<'a, const N: usize>(
    json: &'a [u8],
    names: [&str; N],
) -> Result<[Option<&'a [u8]>; N]> {
    let mut found = [None; N];
    pick_into(json, &names, &mut found).map(|()| found)
}

/// As [`pick`], of as many names as there are places.
pub(crate) fn pick_into<'a>(
    json: &'a [u8],
    names: &[&str],
    found: &mut [Option<&'a [u8]>],
) -> Result<()> {
    fields(json, &mut |given, value| {
        let unescaped;
        let given = match text(given)? {
            plain if memchr(b'\\', plain).is_none() => plain,
            // A name that is no text is none of these.
            _ => {
                unescaped = String::from_json(given).unwrap_or_default();
                unescaped.as_bytes()
            }
        };
        if let Some(at) = names.iter().position(|name| name.as_bytes() == given) {
            found[at] = Some(value);
        }
        Ok(())
    })
}

/// An object, whose fields are looked for when they are asked for: nothing of it takes room.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a>(&'a [u8]);

impl<'a> Object<'a> {
    /// Sees that it is one.
    pub(crate) fn parse(json: &'a [u8]) -> Result<Self> {
        fields(json, &mut |_, _| Ok(()))?;
        Ok(Self(json))
    }

    /// A field that may be absent or `null`.
    pub(crate) fn optional<T: FromJson>(&self, name: &'static str) -> Result<Option<T>> {
        match self.present(name) {
            Some(raw) => T::from_json(raw).map(Some).map_err(|_| Error::Field(name)),
            None => Ok(None),
        }
    }

    /// A field that must be there.
    pub(crate) fn required<T: FromJson>(&self, name: &'static str) -> Result<T> {
        self.optional(name)?.ok_or(Error::Missing(name))
    }

    /// A field that is there and not `null`.
    pub(crate) fn present(&self, name: &str) -> Option<&'a [u8]> {
        let [found] = pick(self.0, [name]).ok()?;
        present(found)
    }
}

/// A field that was found and is not `null`.
pub(crate) fn present(found: Option<&[u8]>) -> Option<&[u8]> {
    found.filter(|value| *value != b"null")
}

/// Goes past a value, which it gives.
fn value<'a>(next: u8, lexer: &mut SliceLexer<'a>, depth: u8) -> Result<&'a [u8]> {
    let start = lexer.as_slice();
    skip(next, lexer, depth)?;
    Ok(&start[..start.len() - lexer.as_slice().len()])
}

fn skip(next: u8, lexer: &mut SliceLexer<'_>, depth: u8) -> Result<()> {
    match next {
        b'"' => skip_text(lexer.discarded()),
        b'[' | b'{' if depth == MAX_DEPTH => Err(Error::Malformed),
        b'[' => lexer
            .discarded()
            .seq(b']', SliceLexer::ws_peek, |next, lexer| {
                skip(next, lexer, depth + 1)
            }),
        b'{' => lexer
            .discarded()
            .seq(b'}', SliceLexer::ws_peek, |next, lexer| {
                let (_, next) = field_name(next, lexer)?;
                skip(next, lexer, depth + 1)
            }),
        b'a'..=b'z' => lexer.null_or_bool().map(|_| ()).ok_or(Error::Malformed),
        _ => match lexer.num_ignore().validate() {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Malformed),
        },
    }
}

/// Goes past the rest of a text, which may be as long as a file: at memory speed. Whoever reads it checks it.
fn skip_text(lexer: &mut SliceLexer<'_>) -> Result<()> {
    let text = lexer.as_slice();
    let mut from = 0;
    while let Some(quote) = memchr(b'"', &text[from..]) {
        let before = &text[..from + quote];
        let escapes = before.iter().rev().take_while(|byte| **byte == b'\\');
        from = before.len() + 1;
        if escapes.count() % 2 == 0 {
            *lexer = SliceLexer::new(&text[from..]);
            return Ok(());
        }
    }
    *lexer = SliceLexer::new(b"");
    Err(Error::Malformed)
}

/// A field's name, up to where what it holds begins.
fn field_name<'a>(next: u8, lexer: &mut SliceLexer<'a>) -> Result<(&'a [u8], u8)> {
    if next != b'"' {
        return Err(Error::Malformed);
    }
    let name = value(next, lexer, MAX_DEPTH)?;
    lexer
        .expect(SliceLexer::ws_peek, b':')
        .ok_or(Expect::Colon)?;
    Ok((name, lexer.ws_peek().ok_or(Expect::Value)?))
}

impl FromJson for String {
    fn from_json(json: &[u8]) -> Result<Self> {
        let text = text(json)?;
        // Most texts are as long as a file, or hold nothing to replace, or both.
        if memchr(b'\\', text).is_none() {
            let text = std::str::from_utf8(text).map_err(|_| Error::Malformed)?;
            return Ok(text.to_owned());
        }
        let mut lexer = SliceLexer::new(&json[1..]);
        let text = lexer.str_string()?;
        match lexer.as_slice() {
            [] => Ok(text.into_owned()),
            _ => Err(Error::Malformed),
        }
    }
}

/// What is between the quotes of a text.
pub(crate) fn text(json: &[u8]) -> Result<&[u8]> {
    let text = json
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    text.ok_or(Error::OfAnotherKind)
}

impl FromJson for bool {
    fn from_json(json: &[u8]) -> Result<Self> {
        match json {
            b"true" => Ok(true),
            b"false" => Ok(false),
            _ => Err(Error::OfAnotherKind),
        }
    }
}

/// A number, as Rust reads it.
pub(crate) fn number<T: FromStr>(json: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(json).ok();
    text.and_then(|text| text.parse().ok())
        .ok_or(Error::OfAnotherKind)
}

macro_rules! numbers_from_json {
    ($($type:ty),+) => {
        $(impl FromJson for $type {
            fn from_json(json: &[u8]) -> Result<Self> {
                number(json)
            }
        })+
    };
}

numbers_from_json!(u32, u64, i32, i64);

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &[u8]) -> Result<Self> {
        match json {
            b"null" => Ok(None),
            _ => T::from_json(json).map(Some),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &[u8]) -> Result<Self> {
        items(json)?.into_iter().map(T::from_json).collect()
    }
}

impl FromJson for BTreeMap<String, String> {
    fn from_json(json: &[u8]) -> Result<Self> {
        let mut all = Vec::new();
        fields(json, &mut |name, value| {
            all.push((String::from_json(name)?, String::from_json(value)?));
            Ok(())
        })?;
        Ok(all.into_iter().collect())
    }
}

/// For few entries, like any map of its kind.
impl FromJson for SortedMap<String, String> {
    fn from_json(json: &[u8]) -> Result<Self> {
        let mut all = Self::default();
        fields(json, &mut |name, value| {
            all.insert(String::from_json(name)?, String::from_json(value)?);
            match all.len() <= MAX_SORTED {
                true => Ok(()),
                false => Err(Error::OfAnotherKind),
            }
        })?;
        Ok(all)
    }
}

/// Deserialises with this reader, from whatever `serde` reads.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: FromJson>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    read(value.to_string().as_bytes()).map_err(D::Error::custom)
}

/// Has a type read as an object, by this reader and by `serde`: `|object| …` gives the value.
macro_rules! read_object {
    ($type:ident, |$object:ident| $read:expr) => {
        impl $crate::json::FromJson for $type {
            fn from_json(json: &[u8]) -> $crate::json::Result<Self> {
                let $object = $crate::json::Object::parse(json)?;
                $read
            }
        }

        $crate::json::deserialize_by_this_reader!($type);
    };
}

pub(crate) use read_object;

/// Has types deserialised by `serde` as this reader reads them.
macro_rules! deserialize_by_this_reader {
    ($($type:ty),+) => {
        $(impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> std::result::Result<Self, D::Error> {
                $crate::json::deserialize(deserializer)
            }
        })+
    };
}

pub(crate) use deserialize_by_this_reader;

/// As [`read_object!`], each field with `required` or `optional` and its name on the wire.
macro_rules! deserialize_object {
    ($type:ident { $($field:ident: $how:ident $name:literal,)+ }) => {
        $crate::json::read_object!($type, |object| Ok(Self { $($field: object.$how($name)?,)+ }));
    };
}

pub(crate) use deserialize_object;

#[cfg(test)]
mod tests {
    use super::{Error, first, is_json, pick};

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
        super::read(json.as_bytes()).map_err(|error| error.to_string())
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
    fn fields_are_found_whatever_their_names_look_like() {
        let json = br#"{"a":1,"\u0061":2,"b":null,"a\"":3,"\ud800":4}"#;
        let found = pick(json, ["a", "b", "c", "a\""]).unwrap();
        let expected: [Option<&[u8]>; 4] = [Some(b"2"), Some(b"null"), None, Some(b"3")];
        assert_eq!(found, expected);
        assert_eq!(pick(br#"{"a" 1}"#, ["a"]), Err(Error::Malformed));
        assert_eq!(pick(br#"{a:1}"#, ["a"]), Err(Error::Malformed));
        assert_eq!(pick(br#"{"a":1"#, ["a"]), Err(Error::Malformed));
        assert_eq!(pick(b"[]", ["a"]), Err(Error::OfAnotherKind));
    }

    #[test]
    fn texts_are_read_with_their_escapes() {
        let text = |json: &str| super::read::<String>(json.as_bytes());
        assert_eq!(
            text(r#" "α\u00e9\ud83d\ude00\n\/\"" "#).unwrap(),
            "αé😀\n/\""
        );
        for json in [
            r#""\ud83d""#,
            r#""\x""#,
            r#""a"#,
            "7",
            r#""a\""#,
            r#""a\n" 7"#,
        ] {
            text(json).unwrap_err();
        }
    }

    #[test]
    fn values_are_told_apart_as_they_arrive() {
        let stream = br#" {"a":[1,-2.5e+3,true,null,"]"]} {"b":7}"#;
        let (value, used) = first(stream).unwrap().unwrap();
        assert_eq!((value, used), (&stream[1..32], 32));
        for cut in 1..used {
            assert_eq!(first(&stream[..cut]), Ok(None), "{cut}");
        }
        assert_eq!(first(b" \n"), Ok(None));
        assert_eq!(first(b"{\"a\":nothing more}"), Err(Error::Malformed));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_json(nested(128).as_bytes()));
        assert!(!is_json(nested(129).as_bytes()));
        assert!(!is_json("[".repeat(1 << 20).as_bytes()));
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
