use std::sync::Arc;

use deno_sandbox::Snapshot;

use crate::call::{Cancellation, call};
use crate::client::Client;
use crate::failure::Failure;
use crate::list::{ListQuery, SnapshotItems, SnapshotPage};

#[uniffi::export]
impl Client {
    /// Finds a snapshot by slug or id.
    pub async fn get_snapshot(
        &self,
        snapshot: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Option<Snapshot>, Failure> {
        call(cancellation, self.0.snapshots().get(snapshot)).await
    }

    /// Reads one page of the snapshots.
    pub async fn list_snapshots(
        &self,
        query: ListQuery,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<SnapshotPage>, Failure> {
        let page = call(cancellation, self.0.snapshots().list(query.into())).await?;
        Ok(Arc::new(SnapshotPage(page)))
    }

    /// All snapshots.
    pub fn list_all_snapshots(&self, query: ListQuery) -> Arc<SnapshotItems> {
        SnapshotItems::new(self.0.snapshots().list_all(query.into()))
    }

    /// Deletes a snapshot given by slug or id.
    pub async fn delete_snapshot(
        &self,
        snapshot: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.snapshots().delete(snapshot)).await
    }
}
