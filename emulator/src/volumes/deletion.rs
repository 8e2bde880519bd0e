//! Deletion in two steps: out of sight at once, off the disk after the grace period.

use std::time::Duration;

use deno_sandbox::model::Reference;

use super::Volumes;
use super::claims::Purpose;
use super::rules::blocking;
use crate::api_error::ApiError;
use crate::sandboxes;
use crate::store::Kind;

impl Volumes {
    /// Takes a volume out of every list and frees its slug.
    ///
    /// # Errors
    /// When there is no such volume, or it is attached.
    pub(crate) async fn delete(&self, volume: &Reference) -> Result<(), ApiError> {
        let item = self.find(Kind::Volume, volume).await?;
        let claim = self.claim(&item, "a deletion", Purpose::Operation).await?;
        let volumes = self.clone();
        blocking(move || {
            let _claim = claim;
            Ok(volumes.store().mark_deleted(&item.id, now_ms()).map(drop)?)
        })
        .await
    }

    /// Takes a snapshot out of every list and frees its slug.
    ///
    /// # Errors
    /// When there is no such snapshot.
    pub(crate) async fn delete_snapshot(&self, snapshot: &Reference) -> Result<(), ApiError> {
        let item = self.find(Kind::Snapshot, snapshot).await?;
        let volumes = self.clone();
        blocking(move || Ok(volumes.store().mark_deleted(&item.id, now_ms()).map(drop)?)).await
    }

    /// Removes the storage of everything deleted longer ago than `grace`; returns how many.
    ///
    /// # Errors
    /// When the machine fails; what is left goes the next time.
    pub(crate) async fn reap(&self, grace: Duration) -> Result<usize, ApiError> {
        let volumes = self.clone();
        blocking(move || {
            let grace = i64::try_from(grace.as_millis()).unwrap_or(i64::MAX);
            let deadline = now_ms().saturating_sub(grace);
            let ids = volumes.store().deleted_before(deadline)?;
            for id in &ids {
                // In this order: a row without storage is harmless, storage without a row is lost.
                volumes.storage().remove(id)?;
                volumes.store().forget(id)?;
            }
            Ok(ids.len())
        })
        .await
    }

    /// Removes storage no record speaks of: what a crash left half made. Only at start.
    ///
    /// # Errors
    /// When the machine fails.
    pub(crate) fn sweep(&self) -> Result<usize, ApiError> {
        let ids = self.store().all_ids()?.into_iter().collect();
        Ok(self.storage().sweep(&ids)?)
    }
}

/// The clock of this machine as SQLite keeps it.
fn now_ms() -> i64 {
    i64::try_from(sandboxes::now_ms()).unwrap_or(i64::MAX)
}
