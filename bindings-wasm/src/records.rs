//! The service's records as the face has them: its own names, in JavaScript's case.

use deno_sandbox::model::{SandboxInfo, VolumeRef};
use deno_sandbox::{ProcessStatus, Snapshot, Volume, WalkEntry};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::convert::{IntoJs, to_js};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VolumeRecord<'a> {
    id: &'a str,
    slug: &'a str,
    region: &'a str,
    capacity: u64,
    used: u64,
    estimated_allocated_size: u64,
    estimated_flattened_size: u64,
    is_bootable: bool,
    base_snapshot: &'a Option<VolumeRef>,
}

impl IntoJs for Volume {
    fn into_js(self) -> JsValue {
        to_js(&VolumeRecord {
            id: &self.id,
            slug: &self.slug,
            region: &self.region,
            capacity: self.capacity,
            used: self.used,
            estimated_allocated_size: self.estimated_allocated_size,
            estimated_flattened_size: self.estimated_flattened_size,
            is_bootable: self.is_bootable,
            base_snapshot: &self.base_snapshot,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotRecord<'a> {
    id: &'a str,
    slug: &'a str,
    region: &'a str,
    allocated_size: u64,
    flattened_size: u64,
    is_bootable: bool,
    volume: &'a VolumeRef,
}

impl IntoJs for Snapshot {
    fn into_js(self) -> JsValue {
        to_js(&SnapshotRecord {
            id: &self.id,
            slug: &self.slug,
            region: &self.region,
            allocated_size: self.allocated_size,
            flattened_size: self.flattened_size,
            is_bootable: self.is_bootable,
            volume: &self.volume,
        })
    }
}

#[derive(Serialize)]
struct StatusRecord<'a> {
    success: bool,
    code: i32,
    signal: &'a Option<String>,
    oom: bool,
}

impl IntoJs for ProcessStatus {
    fn into_js(self) -> JsValue {
        to_js(&StatusRecord {
            success: self.success,
            code: self.code,
            signal: &self.signal,
            oom: self.oom.is_some(),
        })
    }
}

/// Records whose names are the face's already.
macro_rules! records_into_js {
    ($($record:ty),+ $(,)?) => {
        $(impl IntoJs for $record {
            fn into_js(self) -> JsValue {
                to_js(&self)
            }
        })+
    };
}

records_into_js!(Vec<SandboxInfo>, Vec<WalkEntry>);
