use super::action::Name;
use super::{Client, ItemStream, Page, Request};
use crate::error::Result;
use crate::json::written;
use crate::model::{Capacity, Invalid, Reference, Region, Slug, Snapshot, Volume};
use crate::rest::page::ListOptions;
use crate::rest::response;
use crate::rest::volumes::{self, NewSnapshot, NewVolume};

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
    pub fn create(&self, options: VolumeOptions) -> Request<Volume> {
        let name = Name::of(volumes::CREATE.verb, &options.name);
        let control = self.0.control();
        let create = |volume| volumes::CREATE.request(control, None, written(&volume));
        let request = options.volume.map(create).map_err(Into::into);
        Request::new(&self.0, name, request, response::record)
    }

    /// Finds a volume by slug or id; `None` when there is none.
    ///
    /// # Errors
    /// [`InvalidReference`](crate::ErrorCode::InvalidReference) before anything is sent.
    pub fn get(&self, volume: impl AsRef<str>) -> Request<Option<Volume>> {
        let (get, volume) = (&volumes::GET, volume.as_ref());
        Request::about(&self.0, get, volume, response::record_if_found)
    }

    /// Reads one page of the volumes.
    ///
    /// # Errors
    /// [`InvalidOption`](crate::ErrorCode::InvalidOption) before anything is sent.
    pub fn list(&self, options: ListOptions) -> Request<Page<Volume>> {
        Page::read(&self.0, &volumes::LIST, options)
    }

    /// Reads all volumes, page after page.
    pub fn list_all(&self, options: ListOptions) -> ItemStream<Volume> {
        ItemStream::new(&self.0, &volumes::LIST, options)
    }

    /// Deletes a volume given by slug or id. Its slug is free at once; the service keeps the data for
    /// a day.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorCode::NotFound), [`Conflict`](crate::ErrorCode::Conflict) while it is
    /// mounted.
    pub fn delete(&self, volume: impl AsRef<str>) -> Request<()> {
        let (delete, volume) = (&volumes::DELETE, volume.as_ref());
        Request::about(&self.0, delete, volume, response::done)
    }

    /// Takes a snapshot, named `slug`, of a volume given by slug or id that no sandbox has mounted.
    ///
    /// # Errors
    /// [`InvalidSlug`](crate::ErrorCode::InvalidSlug) before anything is sent;
    /// [`Conflict`](crate::ErrorCode::Conflict) while the volume is mounted or when the slug is in use.
    pub fn snapshot(&self, volume: impl AsRef<str>, slug: impl AsRef<str>) -> Request<Snapshot> {
        let (volume, slug) = (volume.as_ref(), slug.as_ref());
        let name = Name::of(volumes::SNAPSHOT.verb, volume).with("as", slug);
        let control = self.0.control();
        let request = || {
            let volume: Reference = volume.parse()?;
            let slug = slug.parse()?;
            let body = written(&NewSnapshot { slug });
            Ok(volumes::SNAPSHOT.request(control, Some(volume.as_str()), body))
        };
        Request::new(&self.0, name, request(), response::record)
    }
}
