use serde::Serialize;
use time::OffsetDateTime;

use super::Labels;
use super::moment::{self, rfc3339};
use crate::json::{self, Object, deserialize_object, read_object};

/// A volume: regional block storage that outlives the sandboxes it is mounted into.
///
/// Serialises to the eight keys the service sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// The service's own name for it; never used again.
    pub id: String,
    /// The user's name for it, free for another volume once this one is deleted.
    pub slug: String,
    /// Where it is stored.
    pub region: String,
    /// Its size in bytes.
    pub capacity: u64,
    /// Bytes in use: the service's own figure where it sends one, else
    /// [`estimated_flattened_size`](Self::estimated_flattened_size). May lag by minutes.
    #[serde(skip_serializing)]
    pub used: u64,
    /// An estimate of the bytes this volume alone takes up, without what it shares with a snapshot.
    pub estimated_allocated_size: u64,
    /// An estimate of the bytes it would take up on its own.
    pub estimated_flattened_size: u64,
    /// Whether a sandbox can boot from it.
    pub is_bootable: bool,
    /// The snapshot it was created from.
    pub base_snapshot: Option<VolumeRef>,
}

read_object!(Volume, |object| {
    let flattened = object
        .optional("estimated_flattened_size")?
        .unwrap_or_default();
    Ok(Self {
        id: object.required("id")?,
        slug: object.required("slug")?,
        region: object.required("region")?,
        capacity: object.required("capacity")?,
        used: object.optional("used")?.unwrap_or(flattened),
        estimated_allocated_size: object
            .optional("estimated_allocated_size")?
            .unwrap_or_default(),
        estimated_flattened_size: flattened,
        is_bootable: object.optional("is_bootable")?.unwrap_or_default(),
        base_snapshot: object.optional("base_snapshot")?,
    })
});

/// A snapshot: a read-only image of a volume, to boot from or to create volumes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// The service's own name for it; never used again.
    pub id: String,
    /// The user's name for it.
    pub slug: String,
    /// Where it is stored.
    pub region: String,
    /// Bytes it alone takes up.
    pub allocated_size: u64,
    /// Bytes it would take up on its own.
    pub flattened_size: u64,
    /// Whether a sandbox can boot from it.
    pub is_bootable: bool,
    /// The volume it was taken of.
    pub volume: VolumeRef,
}

read_object!(Snapshot, |object| {
    Ok(Self {
        id: object.required("id")?,
        slug: object.required("slug")?,
        region: object.required("region")?,
        allocated_size: object.optional("allocated_size")?.unwrap_or_default(),
        flattened_size: object.optional("flattened_size")?.unwrap_or_default(),
        is_bootable: object.optional("is_bootable")?.unwrap_or_default(),
        volume: object.required("volume")?,
    })
});

/// A volume or snapshot named inside another record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolumeRef {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
}

deserialize_object!(VolumeRef {
    id: required "id",
    slug: required "slug",
});

/// A sandbox as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxInfo {
    /// Its id.
    pub id: String,
    /// When it was created.
    #[serde(serialize_with = "rfc3339::serialize")]
    pub created_at: OffsetDateTime,
    /// When it stopped, once it has.
    #[serde(serialize_with = "rfc3339::option::serialize")]
    pub stopped_at: Option<OffsetDateTime>,
    /// Where it runs.
    pub region: String,
    /// Whether it runs.
    pub status: SandboxStatus,
    /// Its labels, as given at creation.
    pub labels: Labels,
}

read_object!(SandboxInfo, |object| {
    Ok(Self {
        id: object.required("id")?,
        created_at: moment_in(&object, "createdAt")?.ok_or(json::Error::Missing("createdAt"))?,
        stopped_at: moment_in(&object, "stoppedAt")?,
        region: object.required("region")?,
        status: match object.required::<String>("status")?.as_str() {
            "running" => SandboxStatus::Running,
            "stopped" => SandboxStatus::Stopped,
            _ => SandboxStatus::Unknown,
        },
        labels: object.optional("labels")?.unwrap_or_default(),
    })
});

fn moment_in(object: &Object<'_>, name: &'static str) -> json::Result<Option<OffsetDateTime>> {
    let text: Option<String> = object.optional(name)?;
    let read = |text: String| moment::parse(&text).ok_or(json::Error::Field(name));
    text.map(read).transpose()
}

/// Whether a sandbox runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SandboxStatus {
    /// It runs.
    Running,
    /// It has ended.
    Stopped,
    /// Something this version of the SDK does not know.
    Unknown,
}
