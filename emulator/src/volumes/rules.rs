use std::path::PathBuf;
use std::sync::Arc;

use deno_sandbox::model::{Capacity, Reference, Region, Slug, VolumeRef};
use deno_sandbox::{Snapshot, Volume};

use super::claims::{Claim, Claims, Purpose};
use crate::api_error::{ApiError, Code};
use crate::ids;
use crate::storage::{Storage, StorageError};
use crate::store::{Filter, Item, Kind, Store, StoreError, Usage};

/// The one image a volume can be created from without a snapshot.
const BASE_IMAGE: &str = "builtin:debian-13";

/// Every volume and snapshot of this emulator. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct Volumes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    storage: Storage,
    claims: Arc<Claims>,
    regions: Vec<Region>,
    base_image: Option<PathBuf>,
}

/// What a new volume is to be.
#[derive(Debug)]
pub(crate) struct NewVolume {
    pub(crate) slug: Slug,
    pub(crate) region: Region,
    pub(crate) capacity: Capacity,
    /// A snapshot, or `builtin:debian-13`.
    pub(crate) from: Option<Reference>,
}

impl Volumes {
    pub(crate) fn new(
        store: Store,
        storage: Storage,
        regions: Vec<Region>,
        base_image: Option<PathBuf>,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            storage,
            claims: Arc::default(),
            regions,
            base_image,
        }))
    }

    /// Creates a volume; its storage is on disk before it is known.
    ///
    /// # Errors
    /// When the slug is taken, the region not served, or the source cannot be used.
    pub(crate) async fn create(&self, new: NewVolume) -> Result<Volume, ApiError> {
        let volumes = self.clone();
        blocking(move || volumes.create_now(new)).await
    }

    /// The volume of this slug or id, as it is now.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn get(&self, volume: &Reference) -> Result<Volume, ApiError> {
        let item = self.find(Kind::Volume, volume).await?;
        let volumes = self.clone();
        blocking(move || Ok(volumes.volume(item))).await
    }

    /// Volumes, newest first, and the number to go on from when there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn list(
        &self,
        filter: Filter,
    ) -> Result<(Vec<Volume>, Option<i64>), ApiError> {
        let volumes = self.clone();
        blocking(move || {
            let (items, next) = volumes.page(Kind::Volume, &filter)?;
            let items = items.into_iter().map(|item| volumes.volume(item));
            Ok((items.collect(), next))
        })
        .await
    }

    /// Copies a volume into a new snapshot.
    ///
    /// # Errors
    /// When there is no such volume, it is attached, or the slug is taken.
    pub(crate) async fn snapshot(
        &self,
        volume: &Reference,
        slug: Slug,
    ) -> Result<Snapshot, ApiError> {
        let item = self.find(Kind::Volume, volume).await?;
        let claim = self.claim(&item, "a snapshot", Purpose::Operation).await?;
        let volumes = self.clone();
        blocking(move || {
            let _claim = claim;
            // Its last user may have deleted or changed it while this waited.
            let item = volumes.find_now(Kind::Volume, &item.id.as_str().try_into()?)?;
            volumes.snapshot_now(item, slug)
        })
        .await
    }

    /// The snapshot of this slug or id.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn get_snapshot(&self, snapshot: &Reference) -> Result<Snapshot, ApiError> {
        Ok(as_snapshot(self.find(Kind::Snapshot, snapshot).await?))
    }

    /// Snapshots, newest first, and the number to go on from when there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn list_snapshots(
        &self,
        filter: Filter,
    ) -> Result<(Vec<Snapshot>, Option<i64>), ApiError> {
        let volumes = self.clone();
        blocking(move || {
            let (items, next) = volumes.page(Kind::Snapshot, &filter)?;
            Ok((items.into_iter().map(as_snapshot).collect(), next))
        })
        .await
    }

    /// Where a volume or snapshot is stored.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(crate) fn region_of(&self, name: &Reference) -> Result<Region, ApiError> {
        let found = self.find_now(Kind::Volume, name);
        let found = found.or_else(|error| match self.store().find(Kind::Snapshot, name)? {
            Some(snapshot) => Ok(snapshot),
            None => Err(error),
        });
        found.map(|item| item.region)
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn storage(&self) -> &Storage {
        &self.0.storage
    }

    pub(super) async fn find(&self, kind: Kind, reference: &Reference) -> Result<Item, ApiError> {
        let (volumes, reference) = (self.clone(), reference.clone());
        blocking(move || volumes.find_now(kind, &reference)).await
    }

    pub(super) fn find_now(&self, kind: Kind, reference: &Reference) -> Result<Item, ApiError> {
        self.store()
            .find(kind, reference)?
            .ok_or_else(|| not_found(kind, reference))
    }

    /// Takes a volume for `by`, or says who has it.
    pub(super) async fn claim(
        &self,
        item: &Item,
        by: &str,
        purpose: Purpose,
    ) -> Result<Claim, ApiError> {
        let taken = self.0.claims.take(&item.id, by, purpose).await;
        taken.map_err(|holder| {
            let message = if holder.starts_with("sbx_") {
                format!(
                    "volume \"{}\" is attached to sandbox \"{holder}\"; end that sandbox first",
                    item.slug
                )
            } else {
                format!("volume \"{}\" is in use by {holder}; try again", item.slug)
            };
            ApiError::new(Code::VolumeInUse, message)
        })
    }

    fn create_now(&self, new: NewVolume) -> Result<Volume, ApiError> {
        self.check_served(&new.region)?;
        self.check_slug_free(&new.slug)?;
        let mut item = Item {
            kind: Kind::Volume,
            id: ids::volume(&new.region),
            slug: new.slug,
            region: new.region,
            capacity: new.capacity.bytes(),
            usage: Usage::default(),
            is_bootable: false,
            origin: None,
        };
        match &new.from {
            None => self.storage().create(&item.id, item.capacity)?,
            Some(from) if from.as_str().starts_with("builtin:") => {
                let content = self.base_image(from)?;
                self.storage()
                    .create_filled(&item.id, item.capacity, content)?;
                item.is_bootable = true;
            }
            Some(from) => {
                let snapshot = self.find_now(Kind::Snapshot, from)?;
                check_source(&snapshot, &item)?;
                self.storage().copy(&snapshot.id, &item.id, item.capacity)?;
                item.is_bootable = snapshot.is_bootable;
                item.usage = Usage {
                    allocated: 0,
                    ..snapshot.usage
                };
                item.origin = Some(reference_to(&snapshot));
            }
        }
        self.record(&item)?;
        Ok(self.volume(item))
    }

    fn snapshot_now(&self, volume: Item, slug: Slug) -> Result<Snapshot, ApiError> {
        self.check_slug_free(&slug)?;
        let snapshot = Item {
            kind: Kind::Snapshot,
            id: ids::snapshot(&volume.region),
            slug,
            usage: Usage {
                allocated: volume.usage.flattened,
                ..volume.usage
            },
            origin: Some(reference_to(&volume)),
            ..volume.clone()
        };
        self.storage()
            .copy(&volume.id, &snapshot.id, snapshot.capacity)?;
        self.record(&snapshot)?;
        Ok(as_snapshot(snapshot))
    }

    /// Makes an item known whose storage is there, or removes the storage.
    fn record(&self, item: &Item) -> Result<(), ApiError> {
        self.store().insert(item).map_err(|error| {
            // What stays behind is swept at the next start.
            let _ = self.storage().remove(&item.id);
            match error {
                StoreError::SlugInUse => slug_in_use(&item.slug),
                other => other.into(),
            }
        })
    }

    fn page(&self, kind: Kind, filter: &Filter) -> Result<(Vec<Item>, Option<i64>), ApiError> {
        let (items, more) = self.store().list(kind, filter)?;
        let next = items.last().filter(|_| more).map(|(number, _)| *number);
        Ok((items.into_iter().map(|(_, item)| item).collect(), next))
    }

    /// The record of a volume, measured now when it is mounted.
    fn volume(&self, item: Item) -> Volume {
        let live = self.0.claims.meter(&item.id).map(|meter| meter.used());
        let usage = match live {
            Some(Ok(used)) => measured(item.usage, used),
            // Not mounted, or unmounted this moment.
            Some(Err(_)) | None => item.usage,
        };
        Volume {
            id: item.id,
            slug: item.slug.to_string(),
            region: item.region.to_string(),
            capacity: item.capacity,
            used: usage.flattened,
            estimated_allocated_size: usage.allocated,
            estimated_flattened_size: usage.flattened,
            is_bootable: item.is_bootable,
            base_snapshot: item.origin,
        }
    }

    fn check_served(&self, region: &Region) -> Result<(), ApiError> {
        let regions = &self.0.regions;
        if regions.contains(region) {
            return Ok(());
        }
        let served: Vec<String> = regions.iter().map(|r| format!("\"{r}\"")).collect();
        Err(ApiError::new(
            Code::InvalidRegion,
            format!(
                "region \"{region}\" is not served; this emulator serves {}",
                served.join(", ")
            ),
        ))
    }

    fn check_slug_free(&self, slug: &Slug) -> Result<(), ApiError> {
        if self.store().slug_in_use(slug)? {
            return Err(slug_in_use(slug));
        }
        Ok(())
    }

    fn base_image(&self, from: &Reference) -> Result<&PathBuf, ApiError> {
        if from.as_str() != BASE_IMAGE {
            let message = format!("there is no base image \"{from}\", only \"{BASE_IMAGE}\"");
            return Err(ApiError::new(Code::BaseImageUnavailable, message));
        }
        self.0.base_image.as_ref().ok_or_else(|| {
            ApiError::new(
                Code::BaseImageUnavailable,
                format!(
                    "this emulator has no \"{BASE_IMAGE}\"; start it with --base-image DIR, a folder that holds a Debian root file system"
                ),
            )
        })
    }
}

/// How full an item is, now that `used` bytes of its storage are.
pub(super) fn measured(before: Usage, used: u64) -> Usage {
    let flattened = used.saturating_sub(before.empty.unwrap_or(used));
    Usage {
        allocated: (before.allocated + flattened).saturating_sub(before.flattened),
        flattened,
        ..before
    }
}

pub(super) fn not_found(kind: Kind, reference: &Reference) -> ApiError {
    match kind {
        Kind::Volume => ApiError::new(
            Code::VolumeNotFound,
            format!("no volume has the slug or id \"{reference}\""),
        ),
        Kind::Snapshot => ApiError::new(
            Code::SnapshotNotFound,
            format!("no snapshot has the slug or id \"{reference}\""),
        ),
    }
}

/// Runs what waits for the disk where it holds nothing else up.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(ApiError::internal)?
}

fn check_source(snapshot: &Item, volume: &Item) -> Result<(), ApiError> {
    if snapshot.region != volume.region {
        return Err(ApiError::new(
            Code::RegionMismatch,
            format!(
                "snapshot \"{}\" is in region \"{}\" and cannot become a volume in \"{}\"",
                snapshot.slug, snapshot.region, volume.region
            ),
        ));
    }
    if snapshot.capacity > volume.capacity {
        return Err(ApiError::new(
            Code::InvalidCapacity,
            format!(
                "a volume from snapshot \"{}\" needs a capacity of at least {} bytes",
                snapshot.slug, snapshot.capacity
            ),
        ));
    }
    Ok(())
}

fn slug_in_use(slug: &Slug) -> ApiError {
    ApiError::new(
        Code::SlugInUse,
        format!("the slug \"{slug}\" is in use; volumes and snapshots share one set of slugs"),
    )
}

fn as_snapshot(item: Item) -> Snapshot {
    Snapshot {
        id: item.id,
        slug: item.slug.to_string(),
        region: item.region.to_string(),
        allocated_size: item.usage.allocated,
        flattened_size: item.usage.flattened,
        is_bootable: item.is_bootable,
        // Every snapshot is recorded with its volume.
        volume: item.origin.unwrap_or(VolumeRef {
            id: String::new(),
            slug: String::new(),
        }),
    }
}

fn reference_to(item: &Item) -> VolumeRef {
    VolumeRef {
        id: item.id.clone(),
        slug: item.slug.to_string(),
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::SlugInUse => Self::new(Code::SlugInUse, "the slug is in use"),
            StoreError::Sqlite(error) => Self::internal(format!("the store failed: {error}")),
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::new(Code::StorageFailed, error.to_string())
    }
}
