use std::collections::BTreeMap;

use super::connection::Rpc;
use crate::error::{Error, Result};
use crate::model;
use crate::rpc::methods::{
    EnvDelete, EnvGet, EnvKeyParams, EnvSet, EnvSetParams, EnvToObject, NoParams,
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
    pub async fn get(&self, name: impl AsRef<str>) -> Result<Option<String>> {
        let name = name.as_ref();
        let get = async {
            model::Env::check_name(name)?;
            let key = name.to_owned();
            self.0.call::<EnvGet>(&EnvKeyParams { key }).await
        };
        get.await.map_err(|error: Error| {
            error.during(format_args!("read environment variable {name:?}"))
        })
    }

    /// Sets a variable.
    ///
    /// # Errors
    /// [`InvalidEnv`](crate::ErrorCode::InvalidEnv) for a malformed name or value, before anything is
    /// sent.
    pub async fn set(&self, name: impl AsRef<str>, value: impl AsRef<str>) -> Result<()> {
        let (name, value) = (name.as_ref(), value.as_ref());
        let set = async {
            model::Env::check(name, value)?;
            let (key, value) = (name.to_owned(), value.to_owned());
            self.0.call::<EnvSet>(&EnvSetParams { key, value }).await
        };
        set.await
            .map(drop)
            .map_err(|error: Error| error.during(format_args!("set environment variable {name:?}")))
    }

    /// Reads all variables.
    ///
    /// # Errors
    /// When the connection or the sandbox fails.
    pub async fn to_map(&self) -> Result<BTreeMap<String, String>> {
        self.0
            .call::<EnvToObject>(&NoParams {})
            .await
            .map_err(|error| error.during("read the environment variables"))
    }

    /// Removes a variable; one that is not set is fine.
    ///
    /// # Errors
    /// [`InvalidEnv`](crate::ErrorCode::InvalidEnv) for a malformed name, before anything is sent.
    pub async fn delete(&self, name: impl AsRef<str>) -> Result<()> {
        let name = name.as_ref();
        let delete = async {
            model::Env::check_name(name)?;
            let key = name.to_owned();
            self.0.call::<EnvDelete>(&EnvKeyParams { key }).await
        };
        delete.await.map(drop).map_err(|error: Error| {
            error.during(format_args!("remove environment variable {name:?}"))
        })
    }
}
