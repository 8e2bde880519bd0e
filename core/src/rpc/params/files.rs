//! What calls about files and folders take and give.

use serde::{Deserialize, Serialize};

use crate::json::{self, ToJson, write_object};
use crate::rpc::shape::{shape, shaped_object};
use crate::rpc::values::{Blob, Date};

/// A path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PathParams {
    /// The path.
    pub path: String,
}

shape!(PathParams {
    path = "path" as Path,
});

/// What to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadParams {
    /// The path.
    pub path: String,
    /// The id to abort the call by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_id: Option<u64>,
}

write_object!(ReadParams {
    path = "path",
    abort_id = "abortId",
});

/// How to write a whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteOptions {
    /// Add to the end instead of replacing; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub append: Option<bool>,
    /// Create the file if absent; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<bool>,
    /// Fail if the file exists; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_new: Option<bool>,
    /// Permissions of a file that is created, before the mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

write_object!(WriteOptions {
    append = "append",
    create = "create",
    create_new = "createNew",
    mode = "mode",
});

/// What bytes to write, in place or as a stream.
pub type WriteFileParams = WriteParams<Blob>;

/// What text to write, in place or as a stream.
pub type WriteTextFileParams = WriteParams<String>;

/// What to write where.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteParams<Content> {
    /// The path.
    pub path: String,
    /// The id to abort the call by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_id: Option<u64>,
    /// How to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<WriteOptions>,
    /// The content itself.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// The stream that carries the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_stream_id: Option<u64>,
}

impl<Content: ToJson> ToJson for WriteParams<Content> {
    fn to_json(&self, json: &mut String) {
        let fields: [(&str, &dyn ToJson); _] = [
            ("path", &self.path),
            ("abortId", &self.abort_id),
            ("options", &self.options),
            ("content", &self.content),
            ("contentStreamId", &self.content_stream_id),
        ];
        json::object(json, &fields);
    }
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirEntry {
    /// The name without its folder.
    pub name: String,
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a folder.
    pub is_directory: bool,
    /// Whether it is a symbolic link.
    pub is_symlink: bool,
}

shaped_object!(DirEntry {
    name: required "name",
    is_file: required "isFile",
    is_directory: required "isDirectory",
    is_symlink: required "isSymlink",
});

/// What to remove.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveParams {
    /// The path.
    pub path: String,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<RemoveOptions>,
}

shape!(RemoveParams {
    path = "path" as Path,
    options = "options",
});

/// How to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveOptions {
    /// A folder with all in it; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recursive: Option<bool>,
}

shape!(RemoveOptions {
    recursive = "recursive",
});

/// What folder to make.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MkdirParams {
    /// The path.
    pub path: String,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<MkdirOptions>,
}

shape!(MkdirParams {
    path = "path" as Path,
    options = "options",
});

/// How to make a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MkdirOptions {
    /// Its parents too, and no error if it exists; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recursive: Option<bool>,
    /// Permissions, before the mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

shape!(MkdirOptions {
    recursive = "recursive",
    mode = "mode",
});

/// What to rename to what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenameParams {
    /// The present path.
    pub old_path: String,
    /// The path it gets; what is there is replaced.
    pub new_path: String,
}

shape!(RenameParams {
    old_path = "oldPath" as Path,
    new_path = "newPath" as Path,
});

/// Which permissions to set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChmodParams {
    /// The path.
    pub path: String,
    /// The permission bits.
    pub mode: u32,
}

shape!(ChmodParams {
    path = "path" as Path,
    mode = "mode",
});

/// Which owner to set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChownParams {
    /// The path.
    pub path: String,
    /// The user, or as it is.
    pub uid: Option<u32>,
    /// The group, or as it is.
    pub gid: Option<u32>,
}

shape!(ChownParams {
    path = "path" as Path,
    uid = "uid",
    gid = "gid",
});

/// What to copy where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyFileParams {
    /// The source.
    pub from_path: String,
    /// The copy; what is there is replaced.
    pub to_path: String,
}

shape!(CopyFileParams {
    from_path = "fromPath" as Path,
    to_path = "toPath" as Path,
});

/// What to link where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkParams {
    /// What the link points at.
    pub target: String,
    /// Where the link is made.
    pub path: String,
}

shape!(LinkParams {
    target = "target" as Path,
    path = "path" as Path,
});

/// What to link where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SymlinkParams {
    /// What the link holds, unresolved.
    pub target: String,
    /// Where the link is made.
    pub path: String,
    /// A kind only Windows knows; accepted and ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<SymlinkOptions>,
}

shape!(SymlinkParams {
    target = "target" as Path,
    path = "path" as Path,
    options = "options",
});

/// A kind of link only Windows knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymlinkOptions {
    /// `file`, `dir` or `junction`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

shape!(SymlinkOptions {
    kind = "type",
});

/// What temporary thing to make.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MakeTempParams {
    /// Where and how to name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<MakeTempOptions>,
}

shape!(MakeTempParams {
    options = "options",
});

/// Where to make a temporary thing, and how to name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeTempOptions {
    /// The folder; default `/tmp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// The start of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The end of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

shape!(MakeTempOptions {
    dir = "dir",
    prefix = "prefix",
    suffix = "suffix",
});

/// What to cut or extend.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TruncateParams {
    /// The path.
    pub name: String,
    /// The new size in bytes; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
}

shape!(TruncateParams {
    name = "name" as Path,
    length = "length",
});

/// Which mask to set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UmaskParams {
    /// The new mask, or as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<u32>,
}

shape!(UmaskParams {
    mask = "mask",
});

/// Which times to set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UtimeParams {
    /// The path.
    pub path: String,
    /// The time of last access.
    pub atime: Date,
    /// The time of last change.
    pub mtime: Date,
}

shape!(UtimeParams {
    path = "path" as Path,
    atime = "atime",
    mtime = "mtime",
});
