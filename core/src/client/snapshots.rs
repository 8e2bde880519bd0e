use super::{Client, ItemStream, Page};
use crate::error::{Error, Result};
use crate::model::Snapshot;
use crate::rest::page::ListOptions;
use crate::rest::{response, snapshots};

/// Snapshots of the account: read-only images of volumes, to boot from or to create volumes from.
///
/// [`Volumes::snapshot`](crate::Volumes::snapshot) takes one.
#[derive(Debug, Clone)]
pub struct Snapshots(Client);

impl Snapshots {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// Finds a snapshot by slug or id; `None` when there is none.
    ///
    /// # Errors
    /// [`InvalidReference`](crate::ErrorCode::InvalidReference) before anything is sent.
    pub async fn get(&self, snapshot: impl AsRef<str>) -> Result<Option<Snapshot>> {
        let snapshot = snapshot.as_ref();
        let get = async {
            let request = snapshots::get(self.0.control(), &snapshot.parse()?);
            response::record_if_found(&self.0.send(request).await?)
        };
        get.await
            .map_err(|error: Error| error.during(format_args!("get snapshot {snapshot:?}")))
    }

    /// Reads one page of the snapshots.
    ///
    /// # Errors
    /// [`InvalidOption`](crate::ErrorCode::InvalidOption) before anything is sent.
    pub async fn list(&self, options: ListOptions) -> Result<Page<Snapshot>> {
        Page::read(&self.0, snapshots::list(options), "snapshots").await
    }

    /// Reads all snapshots, page after page.
    pub fn list_all(&self, options: ListOptions) -> ItemStream<Snapshot> {
        ItemStream::new(&self.0, snapshots::list(options), "snapshots")
    }

    /// Deletes a snapshot given by slug or id. Volumes created from it keep their content.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorCode::NotFound).
    pub async fn delete(&self, snapshot: impl AsRef<str>) -> Result<()> {
        let snapshot = snapshot.as_ref();
        let delete = async {
            let request = snapshots::delete(self.0.control(), &snapshot.parse()?);
            response::done(&self.0.send(request).await?)
        };
        delete
            .await
            .map_err(|error: Error| error.during(format_args!("delete snapshot {snapshot:?}")))
    }
}
