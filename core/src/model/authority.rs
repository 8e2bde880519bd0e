use std::net::Ipv6Addr;

/// Whether a text is `name`, `name:port`, `[IPv6]` or `[IPv6]:port`, with such a name.
pub(crate) fn is_authority(text: &str, is_name: fn(&str) -> bool) -> bool {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_host, rest) = match bracketed {
        Some((address, rest)) => (address.parse::<Ipv6Addr>().is_ok(), rest),
        None => {
            let end = text.bytes().position(|b| b == b':');
            let (name, rest) = text.split_at(end.unwrap_or(text.len()));
            (is_name(name), rest)
        }
    };
    let is_port = |port: &str| {
        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    is_host && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
}
