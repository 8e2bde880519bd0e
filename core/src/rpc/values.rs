//! The wire's own forms of values: bytes as base64, times as ISO 8601, expressions as objects.

use std::fmt;

use base64_simd::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::OffsetDateTime;

use super::shape::{shape, shaped_object};
use crate::json::{self, FromJson, ToJson, deserialize_by_this_reader};
use crate::model::moment;

/// Bytes, which cross the wire as padded standard base64.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Bytes);

impl From<Blob> for Bytes {
    fn from(blob: Blob) -> Self {
        blob.0
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode_to_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64 text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Blob, E> {
                self.visit_bytes(text.as_bytes())
            }

            fn visit_bytes<E: de::Error>(self, text: &[u8]) -> Result<Blob, E> {
                let bytes = STANDARD.decode_to_vec(text);
                bytes
                    .map(|bytes| Blob(bytes.into()))
                    .map_err(|_| E::custom("malformed base64"))
            }
        }
        // Text, but base64 is checked more strictly than as UTF-8.
        deserializer.deserialize_bytes(Visitor)
    }
}

impl ToJson for Blob {
    fn to_json(&self, json: &mut String) {
        json.reserve(STANDARD.encoded_length(self.0.len()) + 2);
        json.push('"');
        STANDARD.encode_append(&self.0, json);
        json.push('"');
    }
}

impl FromJson for Blob {
    fn from_json(json: &[u8]) -> json::Result<Self> {
        // Base64 is checked more strictly than as text; there may be escapes in it all the same.
        let bytes = STANDARD.decode_to_vec(json::text(json)?).or_else(|_| {
            let text = String::from_json(json)?;
            STANDARD
                .decode_to_vec(text)
                .map_err(|_| json::Error::OfAnotherKind)
        });
        bytes.map(|bytes| Self(bytes.into()))
    }
}

/// The absence of a result: sent as `null`, and anything is read as it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoValue;

impl From<NoValue> for () {
    fn from(_: NoValue) {}
}

impl Serialize for NoValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl FromJson for NoValue {
    fn from_json(_: &[u8]) -> json::Result<Self> {
        Ok(Self)
    }
}

/// A moment, which crosses the wire as ISO 8601 text.
///
/// A number is read as seconds since the Unix epoch: the published Python package sends the
/// caller's value as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub OffsetDateTime);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&moment::format(self.0))
    }
}

impl ToJson for Date {
    fn to_json(&self, json: &mut String) {
        moment::format(self.0).to_json(json);
    }
}

impl FromJson for Date {
    fn from_json(json: &[u8]) -> json::Result<Self> {
        let moment = match String::from_json(json) {
            Ok(text) => moment::parse(&text),
            // Seconds since the Unix epoch.
            Err(_) => moment::from_microseconds(json::number::<f64>(json)? * 1e6),
        };
        moment.map(Self).ok_or(json::Error::OfAnotherKind)
    }
}

deserialize_by_this_reader!(NoValue, Date);

/// A regular expression in JavaScript's grammar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regex {
    /// The expression.
    pub source: String,
    /// Flags like `i`.
    #[serde(default)]
    pub flags: String,
}

shape!(Regex {
    source = "source",
    flags = "flags",
});

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(
    missing_docs,
    reason = "the names of stat(2), each its own explanation"
)]
pub struct FileInfo {
    pub is_file: bool,
    pub is_directory: bool,
    pub is_symlink: bool,
    pub size: u64,
    pub mtime: Date,
    pub atime: Date,
    pub birthtime: Date,
    pub ctime: Date,
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub rdev: u64,
    pub blksize: u64,
    pub blocks: u64,
    pub is_block_device: bool,
    pub is_char_device: bool,
    pub is_fifo: bool,
    pub is_socket: bool,
}

shaped_object!(FileInfo {
    is_file: required "isFile",
    is_directory: required "isDirectory",
    is_symlink: required "isSymlink",
    size: required "size",
    mtime: required "mtime",
    atime: required "atime",
    birthtime: required "birthtime",
    ctime: required "ctime",
    dev: required "dev",
    ino: required "ino",
    mode: required "mode",
    nlink: required "nlink",
    uid: required "uid",
    gid: required "gid",
    rdev: required "rdev",
    blksize: required "blksize",
    blocks: required "blocks",
    is_block_device: required "isBlockDevice",
    is_char_device: required "isCharDevice",
    is_fifo: required "isFifo",
    is_socket: required "isSocket",
});

/// A process that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spawned {
    /// Its number.
    pub pid: u32,
    /// The stream of its standard output, where that is piped.
    pub stdout_stream_id: Option<u64>,
    /// The stream of its standard error, where that is piped.
    pub stderr_stream_id: Option<u64>,
}

shaped_object!(Spawned {
    pid: required "pid",
    stdout_stream_id: optional "stdoutStreamId",
    stderr_stream_id: optional "stderrStreamId",
});

/// As [`big_integer`] does.
impl ToJson for i64 {
    fn to_json(&self, json: &mut String) {
        let number = self.to_string();
        match big_integer::EXACT.contains(self) {
            true => json.push_str(&number),
            false => number.to_json(json),
        }
    }
}

/// Whole numbers that may come as decimal text, as JavaScript sends those beyond 2^53.
pub(crate) mod big_integer {
    use super::*;

    /// What a number of JavaScript's holds exactly.
    pub(super) const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

    pub(crate) fn serialize<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        if EXACT.contains(number) {
            serializer.serialize_i64(*number)
        } else {
            serializer.collect_str(number)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(i64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Number(number) => Ok(number),
            Form::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beyond_all_time_is_refused() {
        for seconds in ["1e300", "-1e300", "18446744073709551615"] {
            serde_json::from_str::<Date>(seconds).unwrap_err();
        }
    }
}
