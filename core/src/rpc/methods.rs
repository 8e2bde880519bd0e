//! The method table: each RPC declared once, with its name, its input and its output.
//!
//! The client encodes from it and the emulator decodes from it, so a method cannot drift between
//! them. Names and shapes are those of the published packages' wire.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::values::{Blob, Date, FileInfo, NoValue, Regex, Spawned};

/// One remote procedure.
pub trait Method: 'static {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it takes.
    type Params: Serialize + DeserializeOwned;
    /// What it gives.
    type Output: Serialize + DeserializeOwned;
}

macro_rules! methods {
    ($($(#[doc = $doc:literal])+ $name:ident = $wire:literal ($params:ty) -> $output:ty;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Method for $name {
                const NAME: &'static str = $wire;
                type Params = $params;
                type Output = $output;
            }
        )+

        /// A decoded request, for the side that carries it out.
        #[derive(Debug, Serialize)]
        #[serde(untagged)]
        pub enum Request {
            $($(#[doc = $doc])+ $name($params),)+
        }

        impl Request {
            /// Every method's name.
            pub const NAMES: &'static [&'static str] = &[$($wire,)+];

            /// Decodes a request; `None` for a method that is not in the table.
            pub fn decode(method: &str, params: &RawValue) -> Option<serde_json::Result<Self>> {
                Some(match method {
                    $($wire => serde_json::from_str(params.get()).map(Self::$name),)+
                    _ => return None,
                })
            }

            /// Decodes a result and encodes it again, to compare the two.
            #[cfg(test)]
            pub(super) fn round_trip_output(
                method: &str,
                output: serde_json::Value,
            ) -> serde_json::Result<serde_json::Value> {
                match method {
                    $($wire => serde_json::from_value::<$output>(output).and_then(serde_json::to_value),)+
                    _ => Ok(output),
                }
            }
        }
    };
}

methods! {
    /// Asks for a running call to be given up; unknown and finished ones are accepted.
    Abort = "abort"(AbortParams) -> NoValue;

    /// Reads a whole file.
    ReadFile = "readFile"(ReadParams) -> Blob;
    /// Reads a whole file as UTF-8 text.
    ReadTextFile = "readTextFile"(ReadParams) -> String;
    /// Writes a whole file, from the parameters or from a stream.
    WriteFile = "writeFile"(WriteFileParams) -> NoValue;
    /// Writes a whole file of text.
    WriteTextFile = "writeTextFile"(WriteTextFileParams) -> NoValue;
    /// Lists a folder.
    ReadDir = "readDir"(PathParams) -> Vec<DirEntry>;
    /// Removes a file, or a folder and all in it.
    Remove = "remove"(RemoveParams) -> NoValue;
    /// Makes a folder.
    Mkdir = "mkdir"(MkdirParams) -> NoValue;
    /// Renames or moves.
    Rename = "rename"(RenameParams) -> NoValue;
    /// Describes a file, following links.
    Stat = "stat"(PathParams) -> FileInfo;
    /// Describes a file or the link itself.
    Lstat = "lstat"(PathParams) -> FileInfo;
    /// Changes permissions.
    Chmod = "chmod"(ChmodParams) -> NoValue;
    /// Changes the owner.
    Chown = "chown"(ChownParams) -> NoValue;
    /// Copies a file.
    CopyFile = "copyFile"(CopyFileParams) -> NoValue;
    /// Makes a hard link at `path` to `target`.
    Link = "link"(LinkParams) -> NoValue;
    /// Makes a symbolic link at `path` to `target`.
    Symlink = "symlink"(SymlinkParams) -> NoValue;
    /// Reads where a symbolic link points.
    ReadLink = "readLink"(PathParams) -> String;
    /// Resolves every link of a path.
    RealPath = "realPath"(PathParams) -> String;
    /// Makes a new folder for temporary use.
    MakeTempDir = "makeTempDir"(MakeTempParams) -> String;
    /// Makes a new file for temporary use.
    MakeTempFile = "makeTempFile"(MakeTempParams) -> String;
    /// Cuts or extends a file.
    Truncate = "truncate"(TruncateParams) -> NoValue;
    /// Sets the mask of permissions for new files; gives the previous one.
    Umask = "umask"(UmaskParams) -> u32;
    /// Sets a file's times.
    Utime = "utime"(UtimeParams) -> NoValue;
    /// Lists a tree, one entry in each chunk of a stream.
    Walk = "walk"(WalkParams) -> StreamRef;
    /// Lists what matches a glob, one entry in each chunk of a stream.
    ExpandGlob = "expandGlob"(ExpandGlobParams) -> StreamRef;

    /// Opens a file.
    Open = "open"(OpenParams) -> FileHandle;
    /// Creates or empties a file and opens it for reading and writing.
    Create = "create"(PathParams) -> FileHandle;
    /// Closes an open file.
    FileClose = "fileClose"(FileHandle) -> NoValue;
    /// Writes an open file's data and metadata to storage.
    FileSync = "fileSync"(FileHandle) -> NoValue;
    /// Writes an open file's data to storage.
    FileSyncData = "fileSyncData"(FileHandle) -> NoValue;
    /// Locks an open file, waiting until that is possible.
    FileLock = "fileLock"(FileLockParams) -> NoValue;
    /// Unlocks an open file.
    FileUnlock = "fileUnlock"(FileHandle) -> NoValue;
    /// Reads from an open file.
    FileRead = "fileRead"(FileReadParams) -> FileReadOutput;
    /// Writes to an open file.
    FileWrite = "fileWrite"(FileWriteParams) -> FileWriteOutput;
    /// Moves an open file's position.
    FileSeek = "fileSeek"(FileSeekParams) -> FileSeekOutput;
    /// Describes an open file.
    FileStat = "fileStat"(FileHandle) -> FileInfo;
    /// Cuts or extends an open file.
    FileTruncate = "fileTruncate"(FileTruncateParams) -> NoValue;
    /// Sets an open file's times.
    FileUtime = "fileUtime"(FileUtimeParams) -> NoValue;

    /// Starts a process.
    Spawn = "spawn"(SpawnParams) -> Spawned;
    /// Waits for a process to end; answers also for one that has.
    ProcessWait = "processWait"(ProcessWaitParams) -> ProcessStatus;
    /// Sends a process a signal.
    ProcessKill = "processKill"(ProcessKillParams) -> NoValue;

    /// Reads an environment variable of the sandbox.
    EnvGet = "envGet"(EnvKeyParams) -> Option<String>;
    /// Sets an environment variable for processes started from now on.
    EnvSet = "envSet"(EnvSetParams) -> NoValue;
    /// Reads all environment variables.
    EnvToObject = "envToObject"(NoParams) -> BTreeMap<String, String>;
    /// Removes an environment variable.
    EnvDelete = "envDelete"(EnvKeyParams) -> NoValue;
}

/// No parameters: an empty object.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NoParams {}

/// Which call to give up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AbortParams {
    /// The id that call carried.
    pub abort_id: u64,
}

/// A path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PathParams {
    /// The path.
    pub path: String,
}

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

/// What to write, as bytes or as a stream.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteFileParams {
    /// The path.
    pub path: String,
    /// The id to abort the call by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_id: Option<u64>,
    /// How to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<WriteOptions>,
    /// The content itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Blob>,
    /// The stream that carries the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_stream_id: Option<u64>,
}

/// What text to write, in place or as a stream.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteTextFileParams {
    /// The path.
    pub path: String,
    /// The id to abort the call by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_id: Option<u64>,
    /// How to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<WriteOptions>,
    /// The content itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The stream that carries the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_stream_id: Option<u64>,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// What a walk or a glob found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WalkEntry {
    /// The path, starting as the walk's root was given.
    pub path: String,
    /// The name without its folder.
    pub name: String,
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a folder.
    pub is_directory: bool,
    /// Whether it is a symbolic link.
    pub is_symlink: bool,
}

/// What to remove.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveParams {
    /// The path.
    pub path: String,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<RemoveOptions>,
}

/// How to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveOptions {
    /// A folder with all in it; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recursive: Option<bool>,
}

/// What folder to make.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MkdirParams {
    /// The path.
    pub path: String,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<MkdirOptions>,
}

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

/// What to rename to what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenameParams {
    /// The present path.
    pub old_path: String,
    /// The path it gets; what is there is replaced.
    pub new_path: String,
}

/// Which permissions to set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChmodParams {
    /// The path.
    pub path: String,
    /// The permission bits.
    pub mode: u32,
}

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

/// What to copy where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyFileParams {
    /// The source.
    pub from_path: String,
    /// The copy; what is there is replaced.
    pub to_path: String,
}

/// What to link where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkParams {
    /// What the link points at.
    pub target: String,
    /// Where the link is made.
    pub path: String,
}

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

/// A kind of link only Windows knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymlinkOptions {
    /// `file`, `dir` or `junction`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What temporary thing to make.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MakeTempParams {
    /// Where and how to name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<MakeTempOptions>,
}

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

/// What to cut or extend.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TruncateParams {
    /// The path.
    pub name: String,
    /// The new size in bytes; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
}

/// Which mask to set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UmaskParams {
    /// The new mask, or as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<u32>,
}

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

/// What to walk. The published Python package nests all but the path under `options`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WalkParams {
    /// The root.
    pub path: String,
    /// What to visit.
    #[serde(flatten)]
    pub filter: WalkOptions,
    /// The same, nested; wins where present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<WalkOptions>,
}

/// What a walk visits and yields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WalkOptions {
    /// How deep to go; the root is 0; default no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_depth: Option<f64>,
    /// Yield files; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_files: Option<bool>,
    /// Yield folders; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_dirs: Option<bool>,
    /// Yield symbolic links; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_symlinks: Option<bool>,
    /// Go where links point; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_symlinks: Option<bool>,
    /// With `follow_symlinks`, yield the resolved path; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonicalize: Option<bool>,
    /// Yield only files whose name ends in one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exts: Option<Vec<String>>,
    /// Yield only paths that match one of these.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<Vec<Regex>>,
    /// Neither yield nor enter paths that match one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Vec<Regex>>,
}

/// What to match. The published Python package nests all but the glob under `options`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExpandGlobParams {
    /// The pattern.
    pub glob: String,
    /// How to match it.
    #[serde(flatten)]
    pub filter: ExpandGlobOptions,
    /// The same, nested; wins where present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<ExpandGlobOptions>,
}

/// How a glob is matched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpandGlobOptions {
    /// Accept `@(a|b)`, `+(…)`, `?(…)`, `*(…)` and `!(…)`; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<bool>,
    /// Let `**` stand for any number of folders; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub globstar: Option<bool>,
    /// Ignore case; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_insensitive: Option<bool>,
    /// The folder relative patterns start in; default the sandbox's home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Patterns of what to leave out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Vec<String>>,
    /// Yield folders; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_dirs: Option<bool>,
    /// Go where links point; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_symlinks: Option<bool>,
    /// With `follow_symlinks`, yield the resolved path; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonicalize: Option<bool>,
}

/// A stream the service will send.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamRef {
    /// The stream's id in the sender's own space.
    pub stream_id: u64,
}

/// What to open, and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OpenParams {
    /// The path.
    pub path: String,
    /// How; default for reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<OpenOptions>,
}

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

/// An open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileHandle {
    /// Its id, on this connection only.
    pub file_handle_id: u64,
}

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

/// How much to read.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReadParams {
    /// The open file.
    pub file_handle_id: u64,
    /// At most this many bytes.
    pub length: u64,
}

/// What was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileReadOutput {
    /// The bytes, or nothing at the file's end.
    pub data: Option<Blob>,
}

/// What to write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileWriteParams {
    /// The open file.
    pub file_handle_id: u64,
    /// The bytes.
    pub data: Blob,
}

/// How much was written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileWriteOutput {
    /// The number of bytes; may be fewer than given.
    pub bytes_written: u64,
}

/// Where to move the position.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSeekParams {
    /// The open file.
    pub file_handle_id: u64,
    /// How far, which may be back.
    #[serde(with = "super::values::big_integer")]
    pub offset: i64,
    /// From where.
    pub whence: Whence,
}

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
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct FileSeekOutput {
    /// Bytes from the start.
    pub position: u64,
}

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

/// What process to start.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpawnParams {
    /// The program, looked up in the sandbox's `PATH`.
    pub command: String,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<String>>,
    /// Variables added to the sandbox's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, String>>,
    /// Start without the sandbox's own variables; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_env: Option<bool>,
    /// The working folder; default the sandbox's home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// The stream that feeds its standard input; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin_stream_id: Option<u64>,
    /// What becomes of its standard output.
    #[serde(default)]
    pub stdout: OutputMode,
    /// What becomes of its standard error.
    #[serde(default)]
    pub stderr: OutputMode,
}

/// What becomes of a process's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputMode {
    /// It is sent as a stream. The published Python package can leak the word `inherit` here.
    #[default]
    #[serde(alias = "inherit")]
    Piped,
    /// It is dropped.
    Null,
}

/// Which process to wait for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ProcessWaitParams {
    /// Its number.
    pub pid: u32,
}

/// Which process to signal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProcessKillParams {
    /// Its number.
    pub pid: u32,
    /// The signal's name; default `SIGTERM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessStatus {
    /// Whether the code is 0 and no signal ended it.
    pub success: bool,
    /// The exit code; 128 and the signal's number where a signal ended it.
    pub code: i32,
    /// The signal that ended it, like `SIGTERM`.
    pub signal: Option<String>,
    /// How sure it is that memory ran out; `None` where it did not.
    #[serde(default)]
    pub oom: Option<String>,
}

/// Which variable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnvKeyParams {
    /// Its name.
    pub key: String,
}

/// Which variable to set to what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnvSetParams {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}
