//! Options of languages without types, read one after the other.

use super::dynamic::{Dynamic, is_in, refuse_misspelt, rule, unlike};
use super::shape::Kind;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Invalid, Quoted};

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

    /// The truth value it is.
    pub(crate) fn flag(&self) -> Result<bool> {
        self.value
            .flag()
            .ok_or_else(|| self.unlike("true or false"))
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

    /// Has `read` told what the object it is has under names of the user's own.
    pub(crate) fn each(&self, read: &mut dyn FnMut(&str, &V) -> Result<()>) -> Result<()> {
        let names = self.value.names().ok_or_else(|| self.unlike("an object"))?;
        names
            .iter()
            .try_for_each(|name| read(name, &self.value.get(name)))
    }

    /// As [`each`](Self::each), where all must be texts. None is shown, it may be secret.
    pub(crate) fn each_text(
        &self,
        code: ErrorCode,
        read: &mut dyn FnMut(String, String) -> Result<(), Invalid>,
    ) -> Result<()> {
        self.each(&mut |name, value| {
            let text = value.text().ok_or_else(|| {
                let (name, key, kind) = (Quoted(name), self.name, value.describe());
                let message =
                    format!("the value of {name} in \"{key}\" must be a string, not {kind}");
                Error::new(code, message)
            })?;
            Ok(read(name.to_owned(), text)?)
        })
    }

    fn unlike(&self, expected: &str) -> Error {
        unlike(self.name, expected, self.value)
    }
}
