use std::sync::Arc;

use deno_sandbox::{Snapshot, Volume, VolumeOptions};

use crate::call::{Cancellation, call};
use crate::client::Client;
use crate::failure::Failure;
use crate::list::{ListQuery, VolumeItems, VolumePage};

#[uniffi::export]
impl Client {
    /// Creates a volume.
    pub async fn create_volume(
        &self,
        slug: String,
        region: String,
        capacity: String,
        from: Option<String>,
        cancellation: Arc<Cancellation>,
    ) -> Result<Volume, Failure> {
        let mut options = VolumeOptions::new(slug, region.as_str(), capacity.as_str());
        if let Some(from) = from {
            options = options.from(from.as_str());
        }
        call(cancellation, self.0.volumes().create(options)).await
    }

    /// Finds a volume by slug or id.
    pub async fn get_volume(
        &self,
        volume: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Option<Volume>, Failure> {
        call(cancellation, self.0.volumes().get(volume)).await
    }

    /// Reads one page of the volumes.
    pub async fn list_volumes(
        &self,
        query: ListQuery,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<VolumePage>, Failure> {
        let page = call(cancellation, self.0.volumes().list(query.into())).await?;
        Ok(Arc::new(VolumePage(page)))
    }

    /// All volumes.
    pub fn list_all_volumes(&self, query: ListQuery) -> Arc<VolumeItems> {
        VolumeItems::new(self.0.volumes().list_all(query.into()))
    }

    /// Deletes a volume given by slug or id.
    pub async fn delete_volume(
        &self,
        volume: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.volumes().delete(volume)).await
    }

    /// Takes a snapshot of a volume given by slug or id.
    pub async fn snapshot_volume(
        &self,
        volume: String,
        slug: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Snapshot, Failure> {
        let volumes = self.0.volumes();
        call(cancellation, volumes.snapshot(volume, slug.as_str())).await
    }
}
