//! Options of languages without types, read one after the other.

use super::dynamic::{Dynamic, is_in, refuse_misspelt, rule, unlike};
use super::shape::Kind;
use crate::error::{Error, ErrorCode, Result};
use crate::model::Quoted;

/// A value and what it is called in messages.
pub(crate) struct Given<'a, V> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a V,
}

/// Reads an object of options: `read` is told each of the known ones that is given.
pub(crate) fn read_options<V: Dynamic>(
    options: &V,
    known: &[&str],
    read: &mut dyn FnMut(Given<'_, V>) -> Result<()>,
) -> Result<()> {
    if options.is_absent() {
        return Ok(());
    }
    let Some(names) = options.names() else {
        let message = format!("options must be an object, not {}", options.describe());
        return Err(Error::new(ErrorCode::InvalidOption, message));
    };
    refuse_misspelt(&names, known)?;
    for name in known {
        let value = &options.get(name);
        if !value.is_absent() {
            read(Given { name, value })?;
        }
    }
    Ok(())
}

impl<V: Dynamic> Given<'_, V> {
    /// The text it is.
    pub(crate) fn text(&self) -> Result<String> {
        self.value.text().ok_or_else(|| self.unlike("a string"))
    }

    /// The text it is, or the number as the language shows it.
    pub(crate) fn scalar(&self) -> Result<String> {
        let shown = || self.value.number().map(|_| self.value.describe());
        let scalar = self.value.text().or_else(shown);
        scalar.ok_or_else(|| self.unlike("a string or a number"))
    }

    /// The whole number it is, up to `max`.
    pub(crate) fn whole(&self, max: u64) -> Result<u64> {
        let kind = Kind::Whole(max);
        let number = self.value.number().filter(|number| is_in(kind, *number));
        let number = number.ok_or_else(|| self.unlike(&rule(kind)))?;
        Ok(number as u64)
    }

    /// The texts of the list it is.
    pub(crate) fn list(&self) -> Result<Vec<String>> {
        let texts = |items: Vec<V>| items.iter().map(V::text).collect();
        let texts = self.value.items().and_then(texts);
        texts.ok_or_else(|| self.unlike("a list of strings"))
    }

    /// What the object it is has under names of the user's own.
    pub(crate) fn entries(&self) -> Result<Vec<(String, V)>> {
        let names = self.value.names().ok_or_else(|| self.unlike("an object"))?;
        let entry = |name: String| {
            let value = self.value.get(&name);
            (name, value)
        };
        Ok(names.into_iter().map(entry).collect())
    }

    /// The texts of the object it is by names of the user's own. None is shown, it may be secret.
    pub(crate) fn texts(&self, code: ErrorCode) -> Result<Vec<(String, String)>> {
        let text = |(name, value): (String, V)| match value.text() {
            Some(text) => Ok((name, text)),
            None => {
                let (name, key, kind) = (Quoted(&name), self.name, value.describe());
                let message =
                    format!("the value of {name} in \"{key}\" must be a string, not {kind}");
                Err(Error::new(code, message))
            }
        };
        self.entries()?.into_iter().map(text).collect()
    }

    fn unlike(&self, expected: &str) -> Error {
        unlike(self.name, expected, self.value)
    }
}
