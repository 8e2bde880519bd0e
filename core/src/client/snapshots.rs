use super::{Client, ItemStream, Page, Request};
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
    pub fn get(&self, snapshot: impl AsRef<str>) -> Request<Option<Snapshot>> {
        let (get, snapshot) = (&snapshots::GET, snapshot.as_ref());
        Request::about(&self.0, get, snapshot, response::record_if_found)
    }

    /// Reads one page of the snapshots.
    ///
    /// # Errors
    /// [`InvalidOption`](crate::ErrorCode::InvalidOption) before anything is sent.
    pub fn list(&self, options: ListOptions) -> Request<Page<Snapshot>> {
        Page::read(&self.0, &snapshots::LIST, options)
    }

    /// Reads all snapshots, page after page.
    pub fn list_all(&self, options: ListOptions) -> ItemStream<Snapshot> {
        ItemStream::new(&self.0, &snapshots::LIST, options)
    }

    /// Deletes a snapshot given by slug or id. Volumes created from it keep their content.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorCode::NotFound).
    pub fn delete(&self, snapshot: impl AsRef<str>) -> Request<()> {
        let (delete, snapshot) = (&snapshots::DELETE, snapshot.as_ref());
        Request::about(&self.0, delete, snapshot, response::done)
    }
}
