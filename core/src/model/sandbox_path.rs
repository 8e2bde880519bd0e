use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid};

/// A path inside a sandbox: POSIX, absolute or relative to the sandbox's home folder.
///
/// Not empty, no NUL, at most 4096 bytes (Linux's `PATH_MAX`); forwarded as given otherwise, since
/// only the sandbox knows its links.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SandboxPath(String);

impl SandboxPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SandboxPath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let rule = match text {
            "" => "must not be empty",
            _ if text.as_bytes().contains(&0) => "must not contain a NUL character",
            _ if text.len() > 4096 => "must have at most 4096 bytes",
            _ => return Ok(Self(text.to_owned())),
        };
        Err(Invalid::new(Field::Path, text, rule))
    }
}

text_conversions!(SandboxPath);
