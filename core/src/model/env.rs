use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid};
use crate::sorted_map::SortedMap;

/// Environment variables: names are not empty and hold no `=` or NUL, values hold no NUL.
///
/// Names and values travel exactly as given. `Debug` shows names only, since values are often
/// secret.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Env(SortedMap<String, String>);

impl Env {
    /// Checks a whole set of variables.
    ///
    /// # Errors
    /// When a name or value breaks the rule.
    pub fn new<K: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Invalid> {
        let mut all = Self::default();
        for (name, value) in variables {
            all.insert(name.into(), value.into())?;
        }
        Ok(all)
    }

    /// Adds a variable, or gives it another value.
    pub(crate) fn insert(&mut self, name: String, value: String) -> Result<(), Invalid> {
        Self::check(&name, &value)?;
        self.0.insert(name, value);
        Ok(())
    }

    /// Checks one name.
    ///
    /// # Errors
    /// When it is empty or holds `=` or NUL.
    pub fn check_name(name: &str) -> Result<(), Invalid> {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(Invalid::new(
                Field::Env,
                name,
                "names must not be empty and hold no \"=\" or NUL",
            ));
        }
        Ok(())
    }

    /// Checks one variable.
    ///
    /// # Errors
    /// When its name or value breaks the rule.
    pub fn check(name: &str, value: &str) -> Result<(), Invalid> {
        Self::check_name(name)?;
        Self::check_value_of(name, value)
    }

    /// Checks one value, which is not shown.
    ///
    /// # Errors
    /// When it holds NUL.
    pub fn check_value(value: &str) -> Result<(), Invalid> {
        Self::check_value_of("", value)
    }

    fn check_value_of(name: &str, value: &str) -> Result<(), Invalid> {
        match value.as_bytes().contains(&0) {
            true => {
                let rule = "values must not contain a NUL character";
                Err(Invalid::new(Field::Env, name, rule))
            }
            false => Ok(()),
        }
    }

    /// The variables in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn into_map(self) -> SortedMap<String, String> {
        self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl TryFrom<BTreeMap<String, String>> for Env {
    type Error = Invalid;

    fn try_from(map: BTreeMap<String, String>) -> Result<Self, Invalid> {
        Self::new(map)
    }
}

impl From<Env> for BTreeMap<String, String> {
    fn from(mut map: Env) -> Self {
        map.0.take().into_iter().collect()
    }
}
