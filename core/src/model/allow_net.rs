use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::authority::is_authority;
use super::{Field, Invalid};

/// A host a sandbox may reach: `host`, `*.host`, an IPv4 address or `[IPv6]`, each with or without
/// `:port`.
///
/// The grammar is the service's documented one. Schemes and paths are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetPattern(String);

impl NetPattern {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NetPattern {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if is_authority(text, is_host) {
            return Ok(Self(text.to_owned()));
        }
        let error = Invalid::new(
            Field::AllowNet,
            text,
            "must be a host, \"*.host\", an IPv4 address or \"[IPv6]\", with or without \":port\"",
        );
        let rest = text.split_once(':').map_or("", |(_, rest)| rest);
        Err(match rest.strip_prefix("//") {
            Some(rest) => {
                let host = rest.split('/').next().unwrap_or_default();
                error.with_hint(&format!("leave the scheme and the path out: \"{host}\""))
            }
            None if text.parse::<Ipv6Addr>().is_ok() => {
                error.with_hint(&format!("write an IPv6 address in brackets: \"[{text}]\""))
            }
            None => error,
        })
    }
}

text_conversions!(NetPattern);

/// A DNS name, with or without a leading `*.`, or an IPv4 address.
fn is_host(host: &str) -> bool {
    let name = host.strip_prefix("*.").unwrap_or(host);
    // Digits and dots only is an address or nothing.
    if name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return host == name && name.parse::<Ipv4Addr>().is_ok();
    }
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}
