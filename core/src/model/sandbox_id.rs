use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid, Region};

/// The name of a sandbox, which also tells its region: `sbx_ord_` and 20 characters.
///
/// The grammar is the published packages': `sbx_`, three letters of a region, `_`, and 20 of
/// `0-9`, `a-z` without `i`, `l` and `o`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SandboxId(String);

impl SandboxId {
    /// The characters of the unique part: no `i`, `l` or `o`, which read like digits.
    pub const ALPHABET: &str = "0123456789abcdefghjkmnpqrstuvwxyz";

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region the sandbox runs in.
    pub fn region(&self) -> Region {
        // Three lower-case letters are always a well-formed region.
        self.0[4..7].parse().unwrap_or_default()
    }
}

impl FromStr for SandboxId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let well_formed = text
            .strip_prefix("sbx_")
            .and_then(|rest| rest.split_once('_'))
            .is_some_and(|(region, unique)| {
                region.len() == 3
                    && region.bytes().all(|b| b.is_ascii_lowercase())
                    && unique.len() == 20
                    && unique
                        .bytes()
                        .all(|b| Self::ALPHABET.as_bytes().contains(&b))
            });
        if !well_formed {
            return Err(Invalid::new(
                Field::SandboxId,
                text,
                "must be \"sbx_\", a region of three letters, \"_\" and 20 characters, like \
                 \"sbx_ord_r8jzjxedd2z56h0vdbkq\"",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

text_conversions!(SandboxId);
