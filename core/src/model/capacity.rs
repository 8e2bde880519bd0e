use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::byte_size::{self, SizeError};
use super::{Field, Invalid, format_bytes};
use crate::json::ToJson;

/// The size of a volume: a whole number of bytes from 300 MB to 20 GB, both ends included.
///
/// As text it is a number of bytes (`"2000000000"`), or a decimal number directly followed by a
/// unit: `kB`/`KB`, `MB`, `GB` are powers of 1000; `KiB`, `MiB`, `GiB` powers of 1024. Arithmetic is
/// exact, and a fraction of a byte is an error. The range is the service's documented one.
///
/// ```
/// use deno_sandbox::Capacity;
/// let capacity: Capacity = "2GB".parse()?;
/// assert_eq!(capacity.bytes(), 2_000_000_000);
/// assert_eq!(Capacity::from_bytes(1 << 30)?.to_string(), "1GiB");
///
/// let error = "2gb".parse::<Capacity>().unwrap_err();
/// assert!(error.to_string().contains("did you mean \"2GB\" or \"2GiB\"?"));
/// # Ok::<(), deno_sandbox::model::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capacity(u64);

impl Capacity {
    /// The smallest volume: 300 MB.
    pub const MIN: Self = Self(300_000_000);
    /// The largest volume: 20 GB.
    pub const MAX: Self = Self(20_000_000_000);

    /// A capacity from a number of bytes.
    ///
    /// # Errors
    /// When it lies outside [`MIN`](Self::MIN)..=[`MAX`](Self::MAX).
    pub fn from_bytes(bytes: u64) -> Result<Self, Invalid> {
        Self::in_range(bytes, &bytes.to_string())
    }

    /// A capacity in gigabytes of 1000³ bytes: `Capacity::gigabytes(2)` is `"2GB"`.
    ///
    /// # Errors
    /// When it lies outside the range.
    pub fn gigabytes(count: u64) -> Result<Self, Invalid> {
        Self::of_units(count, 1_000_000_000, "GB")
    }

    /// A capacity in megabytes of 1000² bytes: `Capacity::megabytes(500)` is `"500MB"`.
    ///
    /// # Errors
    /// When it lies outside the range.
    pub fn megabytes(count: u64) -> Result<Self, Invalid> {
        Self::of_units(count, 1_000_000, "MB")
    }

    /// A capacity in gibibytes of 1024³ bytes: `Capacity::gibibytes(2)` is `"2GiB"`.
    ///
    /// # Errors
    /// When it lies outside the range.
    pub fn gibibytes(count: u64) -> Result<Self, Invalid> {
        Self::of_units(count, 1 << 30, "GiB")
    }

    /// A capacity in mebibytes of 1024² bytes: `Capacity::mebibytes(512)` is `"512MiB"`.
    ///
    /// # Errors
    /// When it lies outside the range.
    pub fn mebibytes(count: u64) -> Result<Self, Invalid> {
        Self::of_units(count, 1 << 20, "MiB")
    }

    /// The number of bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    fn of_units(count: u64, factor: u64, unit: &str) -> Result<Self, Invalid> {
        Self::in_range(count.saturating_mul(factor), &format!("{count}{unit}"))
    }

    fn in_range(bytes: u64, given: &str) -> Result<Self, Invalid> {
        if (Self::MIN.0..=Self::MAX.0).contains(&bytes) {
            return Ok(Self(bytes));
        }
        let error = Invalid::new(
            Field::Capacity,
            given,
            "must be from 300 MB to 20 GB (300000000 to 20000000000 bytes)",
        );
        Err(match given.parse::<u64>() {
            // A bare small number is nearly always a forgotten unit.
            Ok(count @ 1..=20) => error.with_hint(&format!(
                "a number without a unit counts bytes; did you mean \"{count}GB\"?"
            )),
            Ok(count @ 300..=20_000) => error.with_hint(&format!(
                "a number without a unit counts bytes; did you mean \"{count}MB\"?"
            )),
            _ if bytes < Self::MIN.0 => error.with_hint(&format!(
                "that is {}; the smallest is \"300MB\"",
                format_bytes(bytes)
            )),
            _ => error.with_hint("the largest is \"20GB\""),
        })
    }
}

impl FromStr for Capacity {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const FORM: &str = "must be a number of bytes, or a decimal number and one of kB, MB, GB, \
                            KiB, MiB, GiB, like \"2GB\"";
        match byte_size::parse_whole(text) {
            Ok(bytes) => Self::in_range(bytes, text),
            Err(SizeError::Malformed(hint)) => {
                let error = Invalid::new(Field::Capacity, text, FORM);
                Err(match hint {
                    Some(hint) => error.with_hint(&hint),
                    None if text.trim().starts_with('-') => {
                        error.with_hint("it cannot be negative")
                    }
                    None => error,
                })
            }
            Err(SizeError::FractionOfByte) => Err(Invalid::new(
                Field::Capacity,
                text,
                "must come to a whole number of bytes",
            )
            .with_hint("use fewer decimals or a smaller unit")),
            Err(SizeError::TooLarge) => {
                Err(
                    Invalid::new(Field::Capacity, text, "must be from 300 MB to 20 GB")
                        .with_hint("the largest is \"20GB\""),
                )
            }
        }
    }
}

/// The shortest exact spelling: `2GB`, `1GiB`, `1500MB`, else the number of bytes.
impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&byte_size::exact_spelling(self.0))
    }
}

impl TryFrom<u64> for Capacity {
    type Error = Invalid;

    fn try_from(bytes: u64) -> Result<Self, Invalid> {
        Self::from_bytes(bytes)
    }
}

impl TryFrom<&str> for Capacity {
    type Error = Invalid;

    fn try_from(text: &str) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl TryFrom<String> for Capacity {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

/// Always the number of bytes, so that no reader can take a unit differently.
impl ToJson for Capacity {
    fn to_json(&self, json: &mut String) {
        self.0.to_json(json);
    }
}

impl Serialize for Capacity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// From a number of bytes or from text, as the service accepts both.
impl<'de> Deserialize<'de> for Capacity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Capacity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes or a size like \"2GB\"")
            }

            fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<Capacity, E> {
                Capacity::from_bytes(bytes).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<Capacity, E> {
                bytes.to_string().parse().map_err(E::custom)
            }

            fn visit_f64<E: de::Error>(self, bytes: f64) -> Result<Capacity, E> {
                // JSON has one number type: 2e9 is a whole number written another way.
                if bytes.fract() == 0.0 && (0.0..=1e15).contains(&bytes) {
                    return self.visit_u64(bytes as u64);
                }
                bytes.to_string().parse().map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Capacity, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
