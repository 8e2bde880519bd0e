use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Env, Field, Invalid};
use crate::json::write_object;

/// The access token of an organization (`ddo_…`) or of a person (`ddp_…`).
///
/// `Debug` prints `Token(…)`; there is no `Display`, and no error repeats it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the token names its organization itself; any other needs one beside it.
    pub fn names_organization(&self) -> bool {
        self.0.starts_with("ddo_")
    }
}

impl FromStr for Token {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let rule = if text.is_empty() {
            "must not be empty"
        } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
            "must be printable ASCII without spaces or line breaks"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Invalid::new(Field::Token, "", rule)
            .with_hint("copy it again from the Deno Deploy console"))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A secret the sandbox can use but never see: the service puts `value` into requests to `hosts`.
///
/// `Debug` shows the hosts only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    hosts: Vec<String>,
    value: String,
}

impl Secret {
    /// A secret for the variable `name`, sent to the hosts given and to no others.
    ///
    /// # Errors
    /// When the name is no variable name, there is no host, a host is empty or the value is empty.
    pub fn new<H: Into<String>>(
        name: &str,
        hosts: impl IntoIterator<Item = H>,
        value: impl Into<String>,
    ) -> Result<Self, Invalid> {
        Env::check_name(name)?;
        let secret = Self {
            hosts: hosts.into_iter().map(Into::into).collect(),
            value: value.into(),
        };
        let rule = if secret.hosts.is_empty() {
            "must list at least one host it may be sent to"
        } else if secret.hosts.iter().any(|host| host.trim().is_empty()) {
            "hosts must not be empty"
        } else if secret.value.is_empty() {
            "must not be empty"
        } else {
            return Ok(secret);
        };
        Err(Invalid::new(Field::Secrets, name, rule))
    }

    /// The hosts the secret may be sent to.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }
}

write_object!(Secret {
    hosts = "hosts",
    value = "value",
});

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
