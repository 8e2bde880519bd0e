use std::collections::BTreeMap;

use super::Action;
use super::action::Name;
use super::connection::Rpc;
use crate::error::Result;
use crate::model;
use crate::rpc::methods::{
    EnvDelete, EnvGet, EnvKeyParams, EnvSet, EnvSetParams, EnvToObject, Method, NoParams,
};

/// Environment variables of a sandbox, as processes started from now on see them. Names and values
/// travel exactly as given.
#[derive(Debug, Clone)]
pub struct Env(Rpc);

impl Env {
    pub(super) fn new(rpc: Rpc) -> Self {
        Self(rpc)
    }

    /// Reads a variable; `None` when it is not set.
    ///
    /// # Errors
    /// [`InvalidEnv`](crate::ErrorCode::InvalidEnv) for a malformed name, before anything is sent.
    pub fn get(&self, name: impl AsRef<str>) -> Action<Option<String>> {
        let key = name.as_ref();
        self.act::<EnvGet, _>(key, || {
            model::Env::check_name(key)?;
            let key = key.to_owned();
            Ok(EnvKeyParams { key })
        })
    }

    /// Sets a variable.
    ///
    /// # Errors
    /// [`InvalidEnv`](crate::ErrorCode::InvalidEnv) for a malformed name or value, before anything is
    /// sent.
    pub fn set(&self, name: impl AsRef<str>, value: impl AsRef<str>) -> Action<()> {
        let (key, value) = (name.as_ref(), value.as_ref());
        self.act::<EnvSet, _>(key, || {
            model::Env::check(key, value)?;
            let (key, value) = (key.to_owned(), value.to_owned());
            Ok(EnvSetParams { key, value })
        })
    }

    /// Sets variables that were checked before, all at once.
    pub(super) async fn set_all(&self, variables: &model::Env) -> Result<()> {
        let set = |(key, value): (&str, &str)| {
            let (key, value) = (key.to_owned(), value.to_owned());
            let call = self.0.call::<EnvSet>(&EnvSetParams {
                key: key.clone(),
                value,
            });
            (key, call)
        };
        let calls: Vec<_> = variables.iter().map(set).collect();
        for (key, call) in calls {
            call.await
                .map_err(|error| error.during(Name::of(EnvSet::VERB, &key)))?;
        }
        Ok(())
    }

    /// Reads all variables.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub fn to_map(&self) -> Action<BTreeMap<String, String>> {
        let name = Name::plain(EnvToObject::VERB);
        Action::new::<EnvToObject>(&self.0, name, Ok(NoParams {}))
    }

    /// Removes a variable; one that is not set is fine.
    ///
    /// # Errors
    /// [`InvalidEnv`](crate::ErrorCode::InvalidEnv) for a malformed name, before anything is sent.
    pub fn delete(&self, name: impl AsRef<str>) -> Action<()> {
        let key = name.as_ref();
        self.act::<EnvDelete, _>(key, || {
            model::Env::check_name(key)?;
            let key = key.to_owned();
            Ok(EnvKeyParams { key })
        })
    }

    fn act<M: Method<Output: Into<T>>, T>(
        &self,
        key: &str,
        params: impl FnOnce() -> Result<M::Params>,
    ) -> Action<T> {
        Action::new::<M>(&self.0, Name::of(M::VERB, key), params())
    }
}
