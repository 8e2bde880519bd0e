//! What calls about open files take and give.

use serde::{Deserialize, Serialize};

use crate::json::{self, FromJson, Object, ToJson, deserialize_by_this_reader, write_object};
use crate::rpc::shape::{Kind, Shaped, shape, shaped_object};
use crate::rpc::values::{Blob, Date};

/// What to open, and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OpenParams {
    /// The path.
    pub path: String,
    /// How; default for reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<OpenOptions>,
}

shape!(OpenParams {
    path = "path" as Path,
    options = "options",
});

/// How to open a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenOptions {
    /// For reading; default yes if no option is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// For writing; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<bool>,
    /// For writing at the end; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub append: Option<bool>,
    /// Empty it first; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<bool>,
    /// Create it if absent; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<bool>,
    /// Fail if it exists; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_new: Option<bool>,
    /// Permissions of a file that is created, before the mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

shape!(OpenOptions {
    read = "read",
    write = "write",
    append = "append",
    truncate = "truncate",
    create = "create",
    create_new = "createNew",
    mode = "mode",
});

/// An open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileHandle {
    /// Its id, on this connection only.
    pub file_handle_id: u64,
}

shaped_object!(FileHandle {
    file_handle_id: required "fileHandleId",
});

/// What to lock.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileLockParams {
    /// The open file.
    pub file_handle_id: u64,
    /// Against readers too; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive: Option<bool>,
}

shape!(FileLockParams {
    file_handle_id = "fileHandleId",
    exclusive = "exclusive",
});

/// How much to read.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReadParams {
    /// The open file.
    pub file_handle_id: u64,
    /// At most this many bytes.
    pub length: u64,
}

write_object!(FileReadParams {
    file_handle_id = "fileHandleId",
    length = "length",
});

/// What was read.
#[derive(Debug, Clone, Serialize)]
pub struct FileReadOutput {
    /// The bytes, or nothing at the file's end.
    pub data: Option<Blob>,
}

impl FromJson for FileReadOutput {
    fn from_json(json: &[u8]) -> json::Result<Self> {
        let as_the_service_writes = json.strip_prefix(br#"{"data":"#);
        // A part of a megabyte is not read twice, to find its end and then what it holds.
        if let Some(data) = as_the_service_writes.and_then(|rest| rest.strip_suffix(b"}"))
            && let Ok(data) = Blob::from_json(data)
        {
            return Ok(Self { data: Some(data) });
        }
        let data = Object::parse(json)?.optional("data")?;
        Ok(Self { data })
    }
}

deserialize_by_this_reader!(FileReadOutput);

/// What to write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileWriteParams {
    /// The open file.
    pub file_handle_id: u64,
    /// The bytes.
    pub data: Blob,
}

write_object!(FileWriteParams {
    file_handle_id = "fileHandleId",
    data = "data",
});

/// How much was written.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileWriteOutput {
    /// The number of bytes; may be fewer than given.
    pub bytes_written: u64,
}

shaped_object!(FileWriteOutput {
    bytes_written: required "bytesWritten",
});

/// Where to move the position.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSeekParams {
    /// The open file.
    pub file_handle_id: u64,
    /// How far, which may be back.
    #[serde(with = "crate::rpc::values::big_integer")]
    pub offset: i64,
    /// From where.
    pub whence: Whence,
}

shape!(FileSeekParams {
    file_handle_id = "fileHandleId",
    offset = "offset",
    whence = "whence",
});

/// What an offset counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Whence {
    /// The start of the file.
    Start,
    /// The present position.
    Current,
    /// The end of the file.
    End,
}

impl Shaped for Whence {
    const KIND: Kind = Kind::Whole(2);
}

impl ToJson for Whence {
    fn to_json(&self, json: &mut String) {
        (*self as u32).to_json(json);
    }
}

impl TryFrom<u8> for Whence {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::Start),
            1 => Ok(Self::Current),
            2 => Ok(Self::End),
            _ => Err("whence must be 0 (start), 1 (current) or 2 (end)"),
        }
    }
}

impl From<Whence> for u8 {
    fn from(whence: Whence) -> Self {
        whence as Self
    }
}

/// Where the position is now.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FileSeekOutput {
    /// Bytes from the start.
    pub position: u64,
}

shaped_object!(FileSeekOutput {
    position: required "position",
});

/// What open file to cut or extend.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileTruncateParams {
    /// The open file.
    pub file_handle_id: u64,
    /// The new size in bytes; default 0. The published Python package calls it `size`.
    #[serde(default, alias = "size", skip_serializing_if = "Option::is_none")]
    pub len: Option<u64>,
}

shape!(FileTruncateParams {
    file_handle_id = "fileHandleId",
    len = "len",
});

/// Which times to set on an open file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileUtimeParams {
    /// The open file.
    pub file_handle_id: u64,
    /// The time of last access.
    pub atime: Date,
    /// The time of last change.
    pub mtime: Date,
}

shape!(FileUtimeParams {
    file_handle_id = "fileHandleId",
    atime = "atime",
    mtime = "mtime",
});
