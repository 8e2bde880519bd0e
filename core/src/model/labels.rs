use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid, Quoted};
use crate::json::{self, FromJson, ToJson};
use crate::sorted_map::SortedMap;

/// Labels of a sandbox, to find it by: at most 5, keys of 1 to 64 bytes, values of at most 128.
///
/// Keys and values are the user's own text and travel exactly as given. The limits are the
/// service's documented ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Labels(SortedMap<String, String>);

impl Labels {
    /// Checks a whole set of labels.
    ///
    /// # Errors
    /// When there are more than 5, or a key or value breaks its limit.
    pub fn new<K: Into<String>, V: Into<String>>(
        labels: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Invalid> {
        let mut all = Self::default();
        for (key, value) in labels {
            all.insert(key.into(), value.into())?;
        }
        Ok(all)
    }

    /// Adds a label, or gives it another value.
    pub(crate) fn insert(&mut self, key: String, value: String) -> Result<(), Invalid> {
        if !(1..=64).contains(&key.len()) {
            let rule = format!("keys must have 1 to 64 bytes, and this has {}", key.len());
            return Err(Invalid::new(Field::Labels, &key, &rule));
        }
        if value.len() > 128 {
            let rule = format!(
                "values must have at most 128 bytes, and that of {} has {}",
                Quoted(&key),
                value.len()
            );
            return Err(Invalid::new(Field::Labels, &value, &rule));
        }
        self.0.insert(key, value);
        if self.0.len() > 5 {
            return Err(Invalid::new(Field::Labels, "", "at most 5 are allowed"));
        }
        Ok(())
    }

    /// The labels in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The value of one label.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// As the service tells them, whatever its limits are by now.
impl FromJson for Labels {
    fn from_json(json: &[u8]) -> json::Result<Self> {
        SortedMap::from_json(json).map(Self)
    }
}

impl ToJson for Labels {
    fn to_json(&self, json: &mut String) {
        self.0.to_json(json);
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl TryFrom<BTreeMap<String, String>> for Labels {
    type Error = Invalid;

    fn try_from(map: BTreeMap<String, String>) -> Result<Self, Invalid> {
        Self::new(map)
    }
}

impl From<Labels> for BTreeMap<String, String> {
    fn from(mut map: Labels) -> Self {
        map.0.take().into_iter().collect()
    }
}
