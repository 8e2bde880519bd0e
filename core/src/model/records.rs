use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::moment::rfc3339;

/// A volume: regional block storage that outlives the sandboxes it is mounted into.
///
/// Serialises to the eight keys the service sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "VolumeOnWire")]
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

#[derive(Deserialize)]
struct VolumeOnWire {
    id: String,
    slug: String,
    region: String,
    capacity: u64,
    used: Option<u64>,
    #[serde(default)]
    estimated_allocated_size: u64,
    #[serde(default)]
    estimated_flattened_size: u64,
    #[serde(default)]
    is_bootable: bool,
    base_snapshot: Option<VolumeRef>,
}

impl From<VolumeOnWire> for Volume {
    fn from(wire: VolumeOnWire) -> Self {
        Self {
            id: wire.id,
            slug: wire.slug,
            region: wire.region,
            capacity: wire.capacity,
            used: wire.used.unwrap_or(wire.estimated_flattened_size),
            estimated_allocated_size: wire.estimated_allocated_size,
            estimated_flattened_size: wire.estimated_flattened_size,
            is_bootable: wire.is_bootable,
            base_snapshot: wire.base_snapshot,
        }
    }
}

/// A snapshot: a read-only image of a volume, to boot from or to create volumes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The service's own name for it; never used again.
    pub id: String,
    /// The user's name for it.
    pub slug: String,
    /// Where it is stored.
    pub region: String,
    /// Bytes it alone takes up.
    #[serde(default)]
    pub allocated_size: u64,
    /// Bytes it would take up on its own.
    #[serde(default)]
    pub flattened_size: u64,
    /// Whether a sandbox can boot from it.
    #[serde(default)]
    pub is_bootable: bool,
    /// The volume it was taken of.
    pub volume: VolumeRef,
}

/// A volume or snapshot named inside another record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeRef {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
}

/// A sandbox as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxInfo {
    /// Its id.
    pub id: String,
    /// When it was created.
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it stopped, once it has.
    #[serde(with = "rfc3339::option", default)]
    pub stopped_at: Option<OffsetDateTime>,
    /// Where it runs.
    pub region: String,
    /// Whether it runs.
    pub status: SandboxStatus,
    /// Its labels, as given at creation.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// Whether a sandbox runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SandboxStatus {
    /// It runs.
    Running,
    /// It has ended.
    Stopped,
    /// Something this version of the SDK does not know.
    #[serde(other)]
    Unknown,
}
