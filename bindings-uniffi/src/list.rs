//! Pages and items of lists; the generator knows no generic types, so each exists for both records.

use std::sync::Arc;

use deno_sandbox::{ItemStream, ListOptions, Page, Snapshot, Volume};
use futures_util::TryStreamExt;
use tokio::sync::Mutex;

use crate::call::{Cancellation, call};
use crate::failure::Failure;

/// Which part of a list to read.
#[derive(Debug, uniffi::Record)]
pub struct ListQuery {
    /// The most items on a page.
    #[uniffi(default)]
    pub limit: Option<u32>,
    /// Where to begin.
    #[uniffi(default)]
    pub cursor: Option<String>,
    /// Only items whose slug holds this text.
    #[uniffi(default)]
    pub search: Option<String>,
}

impl From<ListQuery> for ListOptions {
    fn from(query: ListQuery) -> Self {
        let mut options = Self::default();
        if let Some(limit) = query.limit {
            options = options.limit(limit);
        }
        if let Some(cursor) = query.cursor {
            options = options.cursor(cursor);
        }
        if let Some(search) = query.search {
            options = options.search(search);
        }
        options
    }
}

macro_rules! list_of {
    ($record:ident, $page:ident, $items:ident) => {
        /// One page, and the way to the next.
        #[derive(Debug, uniffi::Object)]
        pub struct $page(pub(crate) Page<$record>);

        #[uniffi::export]
        impl $page {
            /// The items on this page.
            pub fn items(&self) -> Vec<$record> {
                self.0.items().to_vec()
            }

            /// The service's name for the next page.
            pub fn next_cursor(&self) -> Option<String> {
                self.0.next_cursor().map(str::to_owned)
            }

            /// Reads the next page.
            pub async fn next_page(
                &self,
                cancellation: Arc<Cancellation>,
            ) -> Result<Option<Arc<Self>>, Failure> {
                let next = call(cancellation, self.0.next_page()).await?;
                Ok(next.map(|page| Arc::new(Self(page))))
            }
        }

        /// All items, read page by page as they are asked for.
        #[derive(uniffi::Object)]
        pub struct $items(Mutex<ItemStream<$record>>);

        impl $items {
            pub(crate) fn new(items: ItemStream<$record>) -> Arc<Self> {
                Arc::new(Self(Mutex::new(items)))
            }
        }

        #[uniffi::export]
        impl $items {
            /// The next item; nothing after the last.
            pub async fn next(
                &self,
                cancellation: Arc<Cancellation>,
            ) -> Result<Option<$record>, Failure> {
                call(cancellation, async { self.0.lock().await.try_next().await }).await
            }
        }
    };
}

list_of!(Volume, VolumePage, VolumeItems);
list_of!(Snapshot, SnapshotPage, SnapshotItems);
