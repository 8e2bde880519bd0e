use std::fmt;
use std::str::FromStr;

use crate::model::{Field, Invalid, Region, is_authority};

/// The base URL of one of the service's two planes: `http` or `https`, a host, and maybe a port and
/// a path that every request path is appended to. Holds no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(String);

impl Endpoint {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |rule: &str| Invalid::new(Field::Endpoint, text, rule);
        let base = text.trim_end_matches('/');
        let rest = base
            .strip_prefix("https://")
            .or_else(|| base.strip_prefix("http://"));
        let Some(rest) = rest else {
            let error = invalid("must be an absolute URL that starts with https:// or http://");
            let host = text.trim().trim_start_matches('/');
            let close = format!("https://{host}");
            let is_bare_host = close.parse::<Self>().is_ok();
            return Err(error.did_you_mean(is_bare_host.then_some(&*close)));
        };
        let (authority, path) = rest
            .find('/')
            .map_or((rest, ""), |slash| rest.split_at(slash));
        if authority.as_bytes().contains(&b'@') {
            // Not repeated in the message: it may hold a password.
            return Err(Invalid::new(
                Field::Endpoint,
                "",
                "must not hold a user name or password",
            ));
        }
        if base.contains(['?', '#']) {
            return Err(invalid("must not have a query or a fragment"));
        }
        if !is_authority(authority, is_name) {
            return Err(invalid(
                "must name a host: ASCII letters, digits, dots and hyphens or an address, and \
                 maybe a port from 1 to 65535",
            ));
        }
        let is_plain = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b))
        };
        if !path.is_empty() && !path[1..].split('/').all(is_plain) {
            return Err(invalid(
                "must have a plain path, if any, like \"https://host/prefix\"",
            ));
        }
        Ok(Self(base.to_owned()))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where sandboxes are reached: one endpoint for all regions, or a host of each region's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SandboxEndpoints {
    /// For every region.
    One(Endpoint),
    /// `https://REGION.` before this name.
    PerRegion(BaseDomain),
}

impl SandboxEndpoints {
    pub(crate) fn of(&self, region: &Region) -> Endpoint {
        match self {
            Self::One(endpoint) => endpoint.clone(),
            Self::PerRegion(domain) => Endpoint(format!("https://{region}.{}", domain.0)),
        }
    }
}

/// A host name, maybe with a port, that regions are put before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseDomain(String);

impl FromStr for BaseDomain {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if is_authority(text, is_name) && !text.starts_with(['[', '.']) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            Field::Endpoint,
            if text.as_bytes().contains(&b'@') {
                ""
            } else {
                text
            },
            "must be a host name without scheme and path, like \"sandbox-api.deno.net\"",
        ))
    }
}

/// Labels of ASCII letters, digits, hyphens and underscores, or an IPv4 address.
fn is_name(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_hosts_ports_addresses_and_a_path_and_trims_slashes() {
        for (given, base) in [
            ("https://console.deno.com", "https://console.deno.com"),
            ("https://console.deno.com/", "https://console.deno.com"),
            ("http://127.0.0.1:8080//", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            (
                "https://gateway.example/deno/v1/",
                "https://gateway.example/deno/v1",
            ),
            ("http://my_service", "http://my_service"),
        ] {
            assert_eq!(given.parse::<Endpoint>().unwrap().as_str(), base);
        }
    }

    #[test]
    fn refuses_what_is_no_base_url() {
        for given in [
            "",
            "/",
            "https://",
            "http:///x",
            "ftp://host",
            "https://host:0",
            "https://host:",
            "https://host:99999",
            "https://ho st",
            "https://host?x=1",
            "https://host/#f",
            "https://host/a/../b",
            "https://host//a",
            "https://bücher.example",
            "https://[::g]",
            "https://host\r\nx: y",
            "https://host\\@other",
            "https://.host",
            "wss://host",
        ] {
            assert!(given.parse::<Endpoint>().is_err(), "{given:?}");
        }
        let error = "console.deno.com".parse::<Endpoint>().unwrap_err();
        assert_eq!(
            error.hint(),
            Some("did you mean \"https://console.deno.com\"?")
        );
    }

    #[test]
    fn never_repeats_a_password() {
        let error = "https://me:hunter2@host".parse::<Endpoint>().unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn regions_become_hosts() {
        let endpoints = SandboxEndpoints::PerRegion("sandbox-api.deno.net".parse().unwrap());
        assert_eq!(
            endpoints.of(&Region::ams()).as_str(),
            "https://ams.sandbox-api.deno.net"
        );
        for bad in ["", "https://x", "a/b", "a b", ".x", "[::1]", "u:p@x"] {
            assert!(bad.parse::<BaseDomain>().is_err(), "{bad:?}");
        }
    }
}
