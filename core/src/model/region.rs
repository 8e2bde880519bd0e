use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid};

/// Where a sandbox runs or a volume is stored; a sandbox mounts only volumes of its own region.
///
/// `ord` (Chicago, the default) and `ams` (Amsterdam) are known. Any other name of 2 to 32 of
/// `a-z`, `0-9` and `-` that starts with a letter and can stand in a host name goes to the service,
/// which has the last word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// Chicago.
    pub fn ord() -> Self {
        Self("ord".to_owned())
    }

    /// Amsterdam.
    pub fn ams() -> Self {
        Self("ams".to_owned())
    }

    /// The region as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Region {
    fn default() -> Self {
        Self::ord()
    }
}

impl FromStr for Region {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_label = (2..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if is_label {
            return Ok(Self(text.to_owned()));
        }
        let error = Invalid::new(
            Field::Region,
            text,
            "must be 2 to 32 of a-z, 0-9 and hyphens, like \"ord\" or \"ams\"",
        );
        let close = match text.trim().to_ascii_lowercase().as_str() {
            "ord" | "chicago" => Some("ord"),
            "ams" | "amsterdam" => Some("ams"),
            _ => None,
        };
        Err(error.did_you_mean(close))
    }
}

text_conversions!(Region);
