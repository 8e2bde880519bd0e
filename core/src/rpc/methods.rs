//! The method table: each RPC declared once, with its name, its input and its output.
//!
//! The client encodes from it and the emulator decodes from it, so a method cannot drift between
//! them. Names and shapes are those of the published packages' wire.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub use super::params::*;
use super::values::{Blob, FileInfo, NoValue, Spawned};

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
