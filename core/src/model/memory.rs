use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::byte_size::{self, SizeError};
use super::{Field, Invalid};
use crate::json::ToJson;

/// The memory of a sandbox: 768 to 4096 MiB, 1280 MiB unless told.
///
/// As text it is a size like a [`Capacity`](super::Capacity), rounded down to whole MiB as the
/// published packages do: `"4GB"` is 3814 MiB. The range is the service's documented one.
///
/// ```
/// use deno_sandbox::model::Memory;
/// assert_eq!("2GiB".parse::<Memory>()?.mib(), 2048);
/// assert_eq!(Memory::default().mib(), 1280);
/// # Ok::<(), deno_sandbox::model::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Memory(u32);

impl Memory {
    /// The least a sandbox can have.
    pub const MIN: Self = Self(768);
    /// The most a sandbox can have.
    pub const MAX: Self = Self(4096);

    /// Memory from a number of MiB.
    ///
    /// # Errors
    /// When it lies outside 768 to 4096.
    pub fn from_mib(mib: u64) -> Result<Self, Invalid> {
        Self::in_range(mib, &format!("{mib}MiB"))
    }

    /// Memory from a number of bytes, rounded down to whole MiB.
    ///
    /// # Errors
    /// When it lies outside 768 to 4096 MiB.
    pub fn from_bytes(bytes: u64) -> Result<Self, Invalid> {
        Self::in_range(bytes >> 20, &bytes.to_string())
    }

    /// The number of MiB.
    pub fn mib(self) -> u32 {
        self.0
    }

    fn in_range(mib: u64, given: &str) -> Result<Self, Invalid> {
        match u32::try_from(mib) {
            Ok(mib) if (Self::MIN.0..=Self::MAX.0).contains(&mib) => Ok(Self(mib)),
            _ => {
                let error = Invalid::new(Field::Memory, given, "must be from 768MiB to 4096MiB");
                Err(match given.parse::<u64>() {
                    Ok(count @ 768..=4096) => error.with_hint(&format!(
                        "a number without a unit counts bytes; did you mean \"{count}MiB\"?"
                    )),
                    Ok(count @ 1..=4) => error.with_hint(&format!(
                        "a number without a unit counts bytes; did you mean \"{count}GiB\"?"
                    )),
                    _ => error,
                })
            }
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self(1280)
    }
}

impl FromStr for Memory {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match byte_size::parse(text) {
            Ok(size) => Self::in_range(size.bytes >> 20, text),
            Err(SizeError::Malformed(hint)) => {
                let error = Invalid::new(
                    Field::Memory,
                    text,
                    "must be a number of bytes, or a decimal number and one of kB, MB, GB, KiB, \
                     MiB, GiB, like \"2GiB\"",
                );
                Err(match hint {
                    Some(hint) => error.with_hint(&hint),
                    None => error,
                })
            }
            Err(SizeError::FractionOfByte | SizeError::TooLarge) => Err(Invalid::new(
                Field::Memory,
                text,
                "must be from 768MiB to 4096MiB",
            )),
        }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&byte_size::exact_spelling(u64::from(self.0) << 20))
    }
}

impl TryFrom<&str> for Memory {
    type Error = Invalid;

    fn try_from(text: &str) -> Result<Self, Invalid> {
        text.parse()
    }
}

/// The wire's form: a number of MiB.
impl TryFrom<u64> for Memory {
    type Error = Invalid;

    fn try_from(mib: u64) -> Result<Self, Invalid> {
        Self::from_mib(mib)
    }
}

impl From<Memory> for u64 {
    fn from(memory: Memory) -> Self {
        u64::from(memory.0)
    }
}

impl ToJson for Memory {
    fn to_json(&self, json: &mut String) {
        self.0.to_json(json);
    }
}
