//! A map by ids that are given out in ascending order: a sorted list, which costs far less code than any
//! other map, and the module for JavaScript is measured by its code.

/// A map from ids to values.
#[derive(Debug)]
pub(crate) struct IdMap<V>(Vec<(u64, V)>);

impl<V> Default for IdMap<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> IdMap<V> {
    fn find(&self, id: u64) -> Result<usize, usize> {
        // Most ids come after all others.
        match self.0.last() {
            Some((last, _)) if *last >= id => self.0.binary_search_by_key(&id, |(id, _)| *id),
            _ => Err(self.0.len()),
        }
    }

    pub(crate) fn contains(&self, id: u64) -> bool {
        self.find(id).is_ok()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&V> {
        let at = self.find(id).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut V> {
        let at = self.find(id).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// Puts a value in place of the one there may be, which is returned.
    pub(crate) fn insert(&mut self, id: u64, value: V) -> Option<V> {
        match self.find(id) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (id, value));
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<V> {
        let at = self.find(id).ok()?;
        Some(self.0.remove(at).1)
    }

    /// In ascending order of ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }

    /// Takes all, in ascending order of ids.
    pub(crate) fn take(&mut self) -> Vec<(u64, V)> {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_does_what_any_map_does(steps: Vec<(bool, u8)>) {
            let (mut ours, mut theirs) = (IdMap::default(), BTreeMap::new());
            for (at, (insert, id)) in steps.into_iter().enumerate() {
                let id = u64::from(id % 32);
                if insert {
                    prop_assert_eq!(ours.insert(id, at), theirs.insert(id, at));
                } else {
                    prop_assert_eq!(ours.remove(id), theirs.remove(&id));
                }
                prop_assert_eq!(ours.get(id).copied(), theirs.get(&id).copied());
                prop_assert_eq!(ours.get_mut(id).is_some(), ours.contains(id));
                prop_assert!(ours.iter().map(|(id, v)| (id, *v)).eq(theirs.iter().map(|(id, v)| (*id, *v))));
            }
            let all: Vec<_> = theirs.into_iter().collect();
            prop_assert_eq!(ours.take(), all);
            ours.clear();
            prop_assert_eq!(ours.iter().count(), 0);
        }
    }
}
