//! The `Link` header (RFC 8288), as far as paging needs it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A `Link` header from which the next page cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkError {
    /// Not a list of `<target>; parameter=value`.
    Malformed,
    /// A link says it leads to the next page and carries no cursor.
    NoCursor,
}

/// The cursor of the next page, from all `Link` headers of an answer; `None` on the last page.
///
/// The cursor is the target's query parameter `cursor`, the last one where there are several.
/// Whatever cannot be understood is an error: a list that just ended would be lost data.
pub(crate) fn next_cursor<'a>(
    headers: impl Iterator<Item = &'a str>,
) -> Result<Option<String>, LinkError> {
    for header in headers {
        let mut rest = header;
        while let Some(link) = next_link(&mut rest)? {
            if link.leads_to_next_page {
                return cursor_of(link.target).map(Some).ok_or(LinkError::NoCursor);
            }
        }
    }
    Ok(None)
}

struct Link<'a> {
    target: &'a str,
    leads_to_next_page: bool,
}

/// Takes one link off the front of a header, following RFC 8288, appendix B.2.
fn next_link<'a>(rest: &mut &'a str) -> Result<Option<Link<'a>>, LinkError> {
    // Empty list elements are allowed.
    let text = rest.trim_start_matches([' ', '\t', ',']);
    if text.is_empty() {
        return Ok(None);
    }
    let (target, mut text) = text
        .strip_prefix('<')
        .and_then(|t| t.split_once('>'))
        .ok_or(LinkError::Malformed)?;
    let mut relation = None;
    loop {
        text = skip_space(text);
        let Some(after) = text.strip_prefix(';') else {
            break;
        };
        let (name, value, after) = parameter(after)?;
        // Only the first `rel` counts.
        if name.eq_ignore_ascii_case("rel") && relation.is_none() {
            relation = Some(value);
        }
        text = after;
    }
    if !text.is_empty() && !text.starts_with(',') {
        return Err(LinkError::Malformed);
    }
    *rest = text;
    let leads_to_next_page = relation.is_some_and(|values| {
        values
            .split_ascii_whitespace()
            .any(|v| v.eq_ignore_ascii_case("next"))
    });
    Ok(Some(Link {
        target,
        leads_to_next_page,
    }))
}

/// One `name`, `name=token` or `name="quoted"`, and what follows it; a lone `;` gives empty texts.
fn parameter(text: &str) -> Result<(&str, String, &str), LinkError> {
    let (name, text) = split_before(skip_space(text), b"=;, \t");
    let after_name = skip_space(text);
    let Some(text) = after_name.strip_prefix('=') else {
        return Ok((name, String::new(), after_name));
    };
    let text = skip_space(text);
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, text) = split_before(text, b";, \t");
        return Ok((name, value.to_owned(), text));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((name, value, &quoted[at + 1..])),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    Err(LinkError::Malformed)
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// Splits before the first of these ASCII characters.
fn split_before<'a>(text: &'a str, ends: &[u8]) -> (&'a str, &'a str) {
    let end = text.bytes().position(|b| ends.contains(&b));
    text.split_at(end.unwrap_or(text.len()))
}

/// The last non-empty query parameter `cursor` of an absolute or relative target.
fn cursor_of(target: &str) -> Option<String> {
    let (target, _) = split_before(target, b"#");
    let (_, query) = target.split_once('?')?;
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8()
            .ok()
            .map(Cow::into_owned)
    };
    let mut cursor = "";
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decode(name).as_deref() == Some("cursor") {
            cursor = value;
        }
    }
    decode(cursor).filter(|cursor| !cursor.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rest::request::Query;

    proptest! {
        #[test]
        fn never_panics(headers in prop::collection::vec(any::<String>(), 0..3)) {
            let _ = next_cursor(headers.iter().map(String::as_str));
        }

        /// Text made of the grammar's own characters reaches deeper than random text.
        #[test]
        fn never_panics_near_the_grammar(header in "[<>;,=\"\\\\ \ta-c?&%+#ü]{0,40}(rel=\"?next)?[\"<>;]{0,3}") {
            let _ = next_cursor(std::iter::once(&*header));
        }

        /// Any cursor, in any link of several, comes back as it went in.
        #[test]
        fn built_headers_are_read_back(
            cursor in "\\PC{1,40}",
            title in "[a-z ;,<>]{0,10}",
            before in 0usize..3,
            quoted in any::<bool>(),
            absolute in any::<bool>(),
        ) {
            let mut query = String::from("limit=5");
            let mut encoded = Query::default();
            encoded.push("cursor", &cursor);
            query.push_str(&format!("&{}", encoded.as_text()));
            let base = if absolute { "https://x.example/a,b;c" } else { "/a,b;c" };
            let rel = if quoted { "\"prev next\"" } else { "next" };
            let mut links: Vec<String> =
                (0..before).map(|n| format!("</p{n}?cursor=no>; rel=\"first\"")).collect();
            links.push(format!("<{base}?{query}>; title=\"{title}\"; rel={rel}"));
            prop_assert_eq!(next_cursor(std::iter::once(&*links.join(", "))), Ok(Some(cursor.clone())));
            prop_assert_eq!(next_cursor(links.iter().map(String::as_str)), Ok(Some(cursor)));
        }
    }
}
