//! The service's records, as the immutable classes of the face.

use std::collections::BTreeMap;

use deno_sandbox::model::{SandboxInfo, SandboxStatus, VolumeRef};
use deno_sandbox::{
    Date, DirEntry, FileInfo, Output, ProcessStatus, Snapshot, TransferProgress, Volume, WalkEntry,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};
use time::OffsetDateTime;

use crate::results::IntoPython;

/// A record from its class and its fields, in the order of the published package.
macro_rules! record {
    ($py:ident, $class:literal, { $($key:literal: $value:expr),+ $(,)? }) => {{
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let fields = PyDict::new($py);
        $(fields.set_item(pyo3::intern!($py, $key), $value)?;)+
        CLASS.import($py, "deno_sandbox.records", $class)?.call1((fields,))
    }};
}

impl IntoPython for Volume {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let volume = record!(py, "Volume", {
            "id": self.id,
            "slug": self.slug,
            "region": self.region,
            "capacity": self.capacity,
            "estimated_allocated_size": self.estimated_allocated_size,
            "estimated_flattened_size": self.estimated_flattened_size,
            "is_bootable": self.is_bootable,
            "base_snapshot": reference(py, self.base_snapshot)?,
        })?;
        volume.setattr(pyo3::intern!(py, "_used"), self.used)?;
        Ok(volume)
    }
}

impl IntoPython for Snapshot {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record!(py, "Snapshot", {
            "id": self.id,
            "slug": self.slug,
            "region": self.region,
            "allocated_size": self.allocated_size,
            "flattened_size": self.flattened_size,
            "is_bootable": self.is_bootable,
            "volume": reference(py, Some(self.volume))?,
        })
    }
}

fn reference(py: Python<'_>, named: Option<VolumeRef>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let Some(VolumeRef { id, slug }) = named else {
        return Ok(None);
    };
    record!(py, "Reference", { "id": id, "slug": slug }).map(Some)
}

impl IntoPython for SandboxInfo {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let status = match self.status {
            SandboxStatus::Running => "running",
            SandboxStatus::Stopped => "stopped",
            _ => "unknown",
        };
        record!(py, "SandboxMeta", {
            "id": self.id,
            "created_at": iso(self.created_at),
            "region": self.region,
            "status": status,
            "stopped_at": self.stopped_at.map(iso),
            "labels": BTreeMap::from(self.labels),
        })
    }
}

impl IntoPython for FileInfo {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let time = |Date(moment)| iso(moment);
        record!(py, "FileInfo", {
            "is_file": self.is_file,
            "is_directory": self.is_directory,
            "is_symlink": self.is_symlink,
            "size": self.size,
            "mtime": time(self.mtime),
            "atime": time(self.atime),
            "birthtime": time(self.birthtime),
            "ctime": time(self.ctime),
            "dev": self.dev,
            "ino": self.ino,
            "mode": self.mode,
            "nlink": self.nlink,
            "uid": self.uid,
            "gid": self.gid,
            "rdev": self.rdev,
            "blksize": self.blksize,
            "blocks": self.blocks,
            "is_block_device": self.is_block_device,
            "is_char_device": self.is_char_device,
            "is_fifo": self.is_fifo,
            "is_socket": self.is_socket,
        })
    }
}

impl IntoPython for DirEntry {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record!(py, "DirEntry", {
            "name": self.name,
            "is_file": self.is_file,
            "is_directory": self.is_directory,
            "is_symlink": self.is_symlink,
        })
    }
}

impl IntoPython for WalkEntry {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record!(py, "WalkEntry", {
            "path": self.path,
            "name": self.name,
            "is_file": self.is_file,
            "is_directory": self.is_directory,
            "is_symlink": self.is_symlink,
        })
    }
}

impl IntoPython for ProcessStatus {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let out_of_memory = self.oom.is_some();
        let status = record!(py, "ChildProcessStatus", {
            "success": self.success,
            "code": self.code,
            "signal": self.signal,
        })?;
        status.setattr(pyo3::intern!(py, "_oom"), out_of_memory)?;
        Ok(status)
    }
}

impl IntoPython for Output {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record!(py, "Output", {
            "status": self.status.into_python(py)?,
            "stdout": PyBytes::new(py, &self.stdout),
            "stderr": PyBytes::new(py, &self.stderr),
        })
    }
}

impl IntoPython for TransferProgress {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record!(py, "TransferProgress", {
            "files_done": self.files_done,
            "bytes_done": self.bytes_done,
            "bytes_total": self.bytes_total,
            "path": self.path,
        })
    }
}

/// ISO 8601 with milliseconds, as JavaScript writes it and the service does.
fn iso(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
        moment.millisecond()
    )
}

impl IntoPython for OffsetDateTime {
    /// A `datetime` in UTC.
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static PARSE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        PARSE
            .import(py, "deno_sandbox.records", "parse_time")?
            .call1((iso(self),))
    }
}
