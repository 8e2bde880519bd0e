//! The labels a list of sandboxes is filtered by, in both forms the published packages send.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use crate::api_error::{ApiError, Code};

/// The labels asked for: `labels[key]=value`, or `labels=` and a Python `dict` as it prints itself.
pub(super) fn wanted(query: &[(String, String)]) -> Result<BTreeMap<String, String>, ApiError> {
    let mut labels = BTreeMap::new();
    for (name, value) in query {
        if name == "labels" {
            labels.extend(python_dict(value).ok_or_else(|| {
                ApiError::new(
                    Code::InvalidRequest,
                    format!("labels {value:?} must look like {{'key': 'value'}}, or be sent as labels[key]=value"),
                )
            })?);
        } else if let Some(key) = name
            .strip_prefix("labels[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            labels.insert(key.to_owned(), value.clone());
        }
    }
    Ok(labels)
}

fn python_dict(text: &str) -> Option<BTreeMap<String, String>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut chars = inner.chars().peekable();
    let mut labels = BTreeMap::new();
    skip_spaces(&mut chars);
    while chars.peek().is_some() {
        let key = python_text(&mut chars)?;
        expect(&mut chars, ':')?;
        let value = python_text(&mut chars)?;
        labels.insert(key, value);
        if chars.peek().is_some() {
            expect(&mut chars, ',')?;
        }
    }
    Some(labels)
}

/// A quoted text, and the spaces after it.
fn python_text(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let quote = chars.next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut text = String::new();
    loop {
        match chars.next()? {
            c if c == quote => break,
            '\\' => text.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'x' => code_point(chars, 2)?,
                'u' => code_point(chars, 4)?,
                'U' => code_point(chars, 8)?,
                c @ ('\\' | '\'' | '"') => c,
                _ => return None,
            }),
            c => text.push(c),
        }
    }
    skip_spaces(chars);
    Some(text)
}

fn code_point(chars: &mut Peekable<Chars<'_>>, digits: usize) -> Option<char> {
    let digits: String = chars.take(digits).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

fn expect(chars: &mut Peekable<Chars<'_>>, wanted: char) -> Option<()> {
    let found = chars.next()?;
    skip_spaces(chars);
    (found == wanted).then_some(())
}

fn skip_spaces(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if_eq(&' ').is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(name: &str, value: &str) -> Option<Vec<(String, String)>> {
        let query = [(name.to_owned(), value.to_owned())];
        Some(wanted(&query).ok()?.into_iter().collect())
    }

    #[test]
    fn both_forms_mean_the_same() {
        let wanted = Some(vec![("job".to_owned(), "a,b".to_owned())]);
        assert_eq!(labels("labels[job]", "a,b"), wanted);
        assert_eq!(labels("labels", "{'job': 'a,b'}"), wanted);
    }

    #[test]
    fn python_quotes_and_escapes() {
        let found = labels("labels", r#"{"it's": 'say "x"', 'a\\\'': '\n\xe9\u20ac'}"#).unwrap();
        assert_eq!(
            found,
            [
                ("a\\'".to_owned(), "\né€".to_owned()),
                ("it's".to_owned(), "say \"x\"".to_owned()),
            ]
        );
        assert_eq!(labels("labels", "{}"), Some(vec![]));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "{",
            "{'a'}",
            "{'a': 1}",
            "{'a': 'b' 'c': 'd'}",
            "{'a': 'b",
            r"{'a': '\x'}",
        ] {
            assert_eq!(labels("labels", text), None, "{text}");
        }
    }
}
