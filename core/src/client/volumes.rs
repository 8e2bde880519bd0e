use super::{Client, ItemStream, Page};
use crate::error::{Error, Result};
use crate::model::{Capacity, Invalid, Reference, Region, Slug, Snapshot, Volume};
use crate::rest::page::ListOptions;
use crate::rest::response;
use crate::rest::volumes::{self, NewVolume};

/// Volumes of the account: regional block storage that outlives the sandboxes it is mounted into.
///
/// ```no_run
/// # async fn example() -> deno_sandbox::Result<()> {
/// use deno_sandbox::{Client, VolumeOptions};
///
/// let client = Client::from_env()?;
/// let options = VolumeOptions::new("training-cache", "ord", "2GB");
/// let volume = client.volumes().create(options).await?;
/// assert_eq!(volume.capacity, 2_000_000_000);
/// client.volumes().delete(&volume.slug).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Volumes(Client);

/// What a new volume is to be.
#[derive(Debug, Clone)]
pub struct VolumeOptions {
    /// For messages, also when it is malformed.
    name: String,
    volume: Result<NewVolume, Invalid>,
}

impl VolumeOptions {
    /// A volume with this slug, in this region, of this capacity: a [`Capacity`], a number of bytes,
    /// or text like `"2GB"`. The first malformed value is reported by
    /// [`create`](Volumes::create).
    pub fn new(
        slug: impl Into<String>,
        region: impl TryInto<Region, Error: Into<Invalid>>,
        capacity: impl TryInto<Capacity, Error: Into<Invalid>>,
    ) -> Self {
        let name = slug.into();
        let volume = name.parse::<Slug>().and_then(|slug| {
            let region = region.try_into().map_err(Into::into)?;
            let capacity = capacity.try_into().map_err(Into::into)?;
            Ok(NewVolume {
                slug,
                region,
                capacity,
                from: None,
            })
        });
        Self { name, volume }
    }

    /// Starts with the content of a snapshot of the same region, given by slug or id, or of a base
    /// image like `"builtin:debian-13"`; a sandbox can boot from the volume then.
    #[must_use]
    pub fn from(mut self, snapshot: impl TryInto<Reference, Error: Into<Invalid>>) -> Self {
        self.volume = self.volume.and_then(|volume| {
            Ok(NewVolume {
                from: Some(snapshot.try_into().map_err(Into::into)?),
                ..volume
            })
        });
        self
    }
}

impl Volumes {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// Creates a volume.
    ///
    /// Sent once: it is repeated only where the service was not reached at all.
    ///
    /// # Errors
    /// Before anything is sent: [`InvalidSlug`](crate::ErrorCode::InvalidSlug),
    /// [`InvalidRegion`](crate::ErrorCode::InvalidRegion),
    /// [`InvalidCapacity`](crate::ErrorCode::InvalidCapacity),
    /// [`InvalidReference`](crate::ErrorCode::InvalidReference). From the service among others:
    /// [`Conflict`](crate::ErrorCode::Conflict) when the slug is in use.
    pub async fn create(&self, options: VolumeOptions) -> Result<Volume> {
        let create = async {
            let request = volumes::create(self.0.control(), &options.volume?);
            response::record(&self.0.send(request).await?)
        };
        create
            .await
            .map_err(|error: Error| error.during(format_args!("create volume {:?}", options.name)))
    }

    /// Finds a volume by slug or id; `None` when there is none.
    ///
    /// # Errors
    /// [`InvalidReference`](crate::ErrorCode::InvalidReference) before anything is sent.
    pub async fn get(&self, volume: impl AsRef<str>) -> Result<Option<Volume>> {
        let volume = volume.as_ref();
        let get = async {
            let request = volumes::get(self.0.control(), &volume.parse()?);
            response::record_if_found(&self.0.send(request).await?)
        };
        get.await
            .map_err(|error: Error| error.during(format_args!("get volume {volume:?}")))
    }

    /// Reads one page of the volumes.
    ///
    /// # Errors
    /// [`InvalidOption`](crate::ErrorCode::InvalidOption) before anything is sent.
    pub async fn list(&self, options: ListOptions) -> Result<Page<Volume>> {
        Page::read(&self.0, volumes::list(options), "volumes").await
    }

    /// Reads all volumes, page after page.
    pub fn list_all(&self, options: ListOptions) -> ItemStream<Volume> {
        ItemStream::new(&self.0, volumes::list(options), "volumes")
    }

    /// Deletes a volume given by slug or id. Its slug is free at once; the service keeps the data for
    /// a day.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorCode::NotFound), [`Conflict`](crate::ErrorCode::Conflict) while it is
    /// mounted.
    pub async fn delete(&self, volume: impl AsRef<str>) -> Result<()> {
        let volume = volume.as_ref();
        let delete = async {
            let request = volumes::delete(self.0.control(), &volume.parse()?);
            response::done(&self.0.send(request).await?)
        };
        delete
            .await
            .map_err(|error: Error| error.during(format_args!("delete volume {volume:?}")))
    }

    /// Takes a snapshot, named `slug`, of a volume given by slug or id that no sandbox has mounted.
    ///
    /// # Errors
    /// [`InvalidSlug`](crate::ErrorCode::InvalidSlug) before anything is sent;
    /// [`Conflict`](crate::ErrorCode::Conflict) while the volume is mounted or when the slug is in use.
    pub async fn snapshot(
        &self,
        volume: impl AsRef<str>,
        slug: impl AsRef<str>,
    ) -> Result<Snapshot> {
        let (volume, slug) = (volume.as_ref(), slug.as_ref());
        let snapshot = async {
            let request = volumes::snapshot(self.0.control(), &volume.parse()?, &slug.parse()?);
            response::record(&self.0.send(request).await?)
        };
        snapshot.await.map_err(|error: Error| {
            error.during(format_args!("take snapshot {slug:?} of volume {volume:?}"))
        })
    }
}
