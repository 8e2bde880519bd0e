use std::path::{Path, PathBuf};

use deno_sandbox::model::{Reference, Region, SandboxId};

use super::Volumes;
use super::claims::{Claim, Parting, Purpose};
use super::rules::{blocking, measured, not_found};
use crate::api_error::{ApiError, Code};
use crate::storage::Mounted;
use crate::store::{Item, Kind};

/// A volume mounted for one sandbox.
///
/// [`detach`](Self::detach) it once no process of the sandbox is left. Dropping it does the same
/// without telling when it is done.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Where its files are on this machine.
    pub(crate) host_dir: PathBuf,
    /// The bytes it may grow to, where nothing else keeps it from growing.
    pub(crate) limit: Option<u64>,
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    volumes: Volumes,
    mounted: Mounted,
    kind: HeldKind,
}

#[derive(Debug)]
enum HeldKind {
    /// A volume, which nobody else has meanwhile.
    Volume { item: Item, claim: Claim },
    /// A private copy of a snapshot, which goes when it is detached.
    Copy { id: String },
}

impl Volumes {
    /// Mounts a volume for a sandbox, which has it alone until the attachment is detached.
    ///
    /// Waits a few seconds for a volume whose sandbox is just ending. `region` is the sandbox's.
    ///
    /// # Errors
    /// When there is no such volume, it is in another region, or attached elsewhere.
    pub(crate) async fn attach(
        &self,
        volume: &Reference,
        region: Option<&Region>,
        sandbox: &SandboxId,
    ) -> Result<Attachment, ApiError> {
        let item = self.find(Kind::Volume, volume).await?;
        self.attach_item(item, region, sandbox).await
    }

    /// Mounts a bootable volume, or a private copy of a bootable snapshot, to be a sandbox's root.
    ///
    /// # Errors
    /// As [`attach`](Self::attach), and when it is not bootable.
    pub(crate) async fn attach_root(
        &self,
        root: &Reference,
        region: Option<&Region>,
        sandbox: &SandboxId,
    ) -> Result<Attachment, ApiError> {
        if root.as_str().starts_with("builtin:") {
            return Err(ApiError::new(
                Code::BaseImageUnavailable,
                format!(
                    "no sandbox boots from \"{root}\" here; create a volume from it and boot from that"
                ),
            ));
        }
        let found = match self.find(Kind::Volume, root).await {
            Err(error) if error.code == Code::VolumeNotFound => {
                self.find(Kind::Snapshot, root).await.map_err(|error| {
                    if error.code == Code::SnapshotNotFound {
                        not_found(Kind::Volume, root)
                    } else {
                        error
                    }
                })
            }
            found => found,
        };
        let item = found?;
        if !item.is_bootable {
            return Err(ApiError::new(
                Code::NotBootable,
                format!(
                    "{} \"{}\" is not bootable; only what was created from \"builtin:debian-13\" is",
                    noun(item.kind),
                    item.slug
                ),
            ));
        }
        match item.kind {
            Kind::Volume => self.attach_item(item, region, sandbox).await,
            Kind::Snapshot => self.attach_copy(item, region, sandbox).await,
        }
    }

    async fn attach_item(
        &self,
        item: Item,
        region: Option<&Region>,
        sandbox: &SandboxId,
    ) -> Result<Attachment, ApiError> {
        check_region(&item, region)?;
        let claim = self.claim(&item, sandbox.as_str(), Purpose::Attach).await?;
        let volumes = self.clone();
        blocking(move || {
            // Its last user may have deleted or changed it while this waited.
            let reference = Reference::try_from(item.id.as_str())?;
            let mut item = volumes.find_now(Kind::Volume, &reference)?;
            let mounted = volumes.storage().mount(&item.id)?;
            if item.usage.empty.is_none() {
                // Recorded before anything can be written, so a crash cannot spoil it.
                item.usage.empty = Some(mounted.used()?);
                volumes.store().set_usage(&item.id, item.usage)?;
            }
            claim.set_meter(Some(mounted.meter()));
            let capacity = item.capacity;
            let kind = HeldKind::Volume { item, claim };
            Ok(Attachment::new(volumes, mounted, capacity, kind))
        })
        .await
    }

    async fn attach_copy(
        &self,
        item: Item,
        region: Option<&Region>,
        sandbox: &SandboxId,
    ) -> Result<Attachment, ApiError> {
        check_region(&item, region)?;
        let (volumes, id) = (self.clone(), format!("root_{sandbox}"));
        blocking(move || {
            let storage = volumes.storage();
            storage.copy(&item.id, &id, item.capacity)?;
            let mounted = match storage.mount(&id) {
                Ok(mounted) => mounted,
                Err(error) => {
                    let _ = storage.remove(&id);
                    return Err(error.into());
                }
            };
            let kind = HeldKind::Copy { id };
            Ok(Attachment::new(
                volumes.clone(),
                mounted,
                item.capacity,
                kind,
            ))
        })
        .await
    }
}

impl Attachment {
    fn new(volumes: Volumes, mounted: Mounted, capacity: u64, kind: HeldKind) -> Self {
        Self {
            host_dir: Path::to_owned(mounted.dir()),
            limit: mounted.is_unlimited().then_some(capacity),
            held: Some(Held {
                volumes,
                mounted,
                kind,
            }),
        }
    }

    /// The way to say that the sandbox is ending, so that who asks for the volume next waits for it.
    pub(crate) fn parting(&self) -> Option<Parting> {
        match &self.held {
            Some(Held {
                kind: HeldKind::Volume { claim, .. },
                ..
            }) => Some(claim.parting()),
            _ => None,
        }
    }

    fn begin_detach(&self) {
        if let Some(parting) = self.parting() {
            parting.begin();
        }
    }

    /// Measures, writes back and unmounts the volume; it is free afterwards.
    ///
    /// # Errors
    /// When the machine fails at one of these; the volume is free all the same.
    pub(crate) async fn detach(mut self) -> Result<(), ApiError> {
        self.begin_detach();
        match self.held.take() {
            Some(held) => blocking(move || held.release()).await,
            None => Ok(()),
        }
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.begin_detach();
        if let Some(held) = self.held.take() {
            // Unmounting may wait, and a drop must not.
            std::thread::spawn(move || {
                if let Err(error) = held.release() {
                    eprintln!("deno-sandbox-emulator: {error}");
                }
            });
        }
    }
}

impl Held {
    fn release(self) -> Result<(), ApiError> {
        let Self {
            volumes,
            mounted,
            kind,
        } = self;
        match kind {
            HeldKind::Volume { item, claim } => {
                let used = mounted.used();
                claim.set_meter(None);
                mounted.unmount()?;
                volumes
                    .store()
                    .set_usage(&item.id, measured(item.usage, used?))?;
                drop(claim);
                Ok(())
            }
            HeldKind::Copy { id } => {
                let unmounted = mounted.unmount();
                volumes.storage().remove(&id)?;
                Ok(unmounted?)
            }
        }
    }
}

fn check_region(item: &Item, region: Option<&Region>) -> Result<(), ApiError> {
    match region {
        Some(region) if *region != item.region => Err(ApiError::new(
            Code::RegionMismatch,
            format!(
                "{} \"{}\" is in region \"{}\" and the sandbox in \"{region}\"; create the sandbox with region \"{}\"",
                noun(item.kind),
                item.slug,
                item.region,
                item.region
            ),
        )),
        _ => Ok(()),
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Volume => "volume",
        Kind::Snapshot => "snapshot",
    }
}
