//! The method table: each RPC declared once, with its name, its input and its output.
//!
//! The client encodes from it and the emulator decodes from it, so a method cannot drift between
//! them. Names and shapes are those of the published packages' wire.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use super::params::*;
use super::values::{Blob, FileInfo, NoValue, Spawned};
use crate::json::{FromJson, ToJson};

/// One remote procedure.
pub trait Method: 'static {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it does, for messages: `read` in "could not read …".
    const VERB: &'static str;
    /// Whether its answer may take as long as it takes.
    const LASTS: bool;
    /// What it takes.
    type Params: ToJson + Serialize + DeserializeOwned;
    /// What it gives.
    type Output: Serialize + DeserializeOwned + FromJson;
}

macro_rules! lasts {
    () => {
        false
    };
    (lasts) => {
        true
    };
}

macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $wire:literal ($params:ty) -> $output:ty: $verb:literal $(, $lasts:ident)?;
    )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Method for $name {
                const NAME: &'static str = $wire;
                const VERB: &'static str = $verb;
                const LASTS: bool = lasts!($($lasts)?);
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

            /// Decodes a request from the JSON of its parameters; `None` for a method that is not in the table.
            pub fn decode(method: &str, params: &str) -> Option<serde_json::Result<Self>> {
                Some(match method {
                    $($wire => serde_json::from_str(params).map(Self::$name),)+
                    _ => return None,
                })
            }

            /// The parameters as they are sent.
            #[cfg(test)]
            pub(crate) fn params(&self) -> String {
                match self {
                    $(Self::$name(params) => crate::json::written(params),)+
                }
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
    Abort = "abort"(AbortParams) -> NoValue: "give up";

    /// Reads a whole file.
    ReadFile = "readFile"(ReadParams) -> Blob: "read", lasts;
    /// Reads a whole file as UTF-8 text.
    ReadTextFile = "readTextFile"(ReadParams) -> String: "read", lasts;
    /// Writes a whole file, from the parameters or from a stream.
    WriteFile = "writeFile"(WriteFileParams) -> NoValue: "write", lasts;
    /// Writes a whole file of text.
    WriteTextFile = "writeTextFile"(WriteTextFileParams) -> NoValue: "write", lasts;
    /// Lists a folder.
    ReadDir = "readDir"(PathParams) -> Vec<DirEntry>: "list";
    /// Removes a file, or a folder and all in it.
    Remove = "remove"(RemoveParams) -> NoValue: "remove", lasts;
    /// Makes a folder.
    Mkdir = "mkdir"(MkdirParams) -> NoValue: "make folder";
    /// Renames or moves.
    Rename = "rename"(RenameParams) -> NoValue: "rename";
    /// Describes a file, following links.
    Stat = "stat"(PathParams) -> FileInfo: "describe";
    /// Describes a file or the link itself.
    Lstat = "lstat"(PathParams) -> FileInfo: "describe";
    /// Changes permissions.
    Chmod = "chmod"(ChmodParams) -> NoValue: "change the permissions of";
    /// Changes the owner.
    Chown = "chown"(ChownParams) -> NoValue: "change the owner of";
    /// Copies a file.
    CopyFile = "copyFile"(CopyFileParams) -> NoValue: "copy", lasts;
    /// Makes a hard link at `path` to `target`.
    Link = "link"(LinkParams) -> NoValue: "link";
    /// Makes a symbolic link at `path` to `target`.
    Symlink = "symlink"(SymlinkParams) -> NoValue: "link";
    /// Reads where a symbolic link points.
    ReadLink = "readLink"(PathParams) -> String: "read link";
    /// Resolves every link of a path.
    RealPath = "realPath"(PathParams) -> String: "resolve";
    /// Makes a new folder for temporary use.
    MakeTempDir = "makeTempDir"(MakeTempParams) -> String: "make a temporary folder";
    /// Makes a new file for temporary use.
    MakeTempFile = "makeTempFile"(MakeTempParams) -> String: "make a temporary file";
    /// Cuts or extends a file.
    Truncate = "truncate"(TruncateParams) -> NoValue: "truncate";
    /// Sets the mask of permissions for new files; gives the previous one.
    Umask = "umask"(UmaskParams) -> u32: "set the umask";
    /// Sets a file's times.
    Utime = "utime"(UtimeParams) -> NoValue: "set the times of";
    /// Lists a tree, one entry in each chunk of a stream.
    Walk = "walk"(WalkParams) -> StreamRef: "list";
    /// Lists what matches a glob, one entry in each chunk of a stream.
    ExpandGlob = "expandGlob"(ExpandGlobParams) -> StreamRef: "expand";

    /// Opens a file.
    Open = "open"(OpenParams) -> FileHandle: "open";
    /// Creates or empties a file and opens it for reading and writing.
    Create = "create"(PathParams) -> FileHandle: "create";
    /// Closes an open file.
    FileClose = "fileClose"(FileHandle) -> NoValue: "close";
    /// Writes an open file's data and metadata to storage.
    FileSync = "fileSync"(FileHandle) -> NoValue: "sync";
    /// Writes an open file's data to storage.
    FileSyncData = "fileSyncData"(FileHandle) -> NoValue: "sync";
    /// Locks an open file, waiting until that is possible.
    FileLock = "fileLock"(FileLockParams) -> NoValue: "lock", lasts;
    /// Unlocks an open file.
    FileUnlock = "fileUnlock"(FileHandle) -> NoValue: "unlock";
    /// Reads from an open file.
    FileRead = "fileRead"(FileReadParams) -> FileReadOutput: "read";
    /// Writes to an open file.
    FileWrite = "fileWrite"(FileWriteParams) -> FileWriteOutput: "write";
    /// Moves an open file's position.
    FileSeek = "fileSeek"(FileSeekParams) -> FileSeekOutput: "seek in";
    /// Describes an open file.
    FileStat = "fileStat"(FileHandle) -> FileInfo: "describe";
    /// Cuts or extends an open file.
    FileTruncate = "fileTruncate"(FileTruncateParams) -> NoValue: "truncate";
    /// Sets an open file's times.
    FileUtime = "fileUtime"(FileUtimeParams) -> NoValue: "set the times of";

    /// Starts a process.
    Spawn = "spawn"(SpawnParams) -> Spawned: "start";
    /// Waits for a process to end; answers also for one that has.
    ProcessWait = "processWait"(ProcessWaitParams) -> ProcessStatus: "wait for", lasts;
    /// Sends a process a signal.
    ProcessKill = "processKill"(ProcessKillParams) -> NoValue: "send a signal to";

    /// Reads an environment variable of the sandbox.
    EnvGet = "envGet"(EnvKeyParams) -> Option<String>: "read environment variable";
    /// Sets an environment variable for processes started from now on.
    EnvSet = "envSet"(EnvSetParams) -> NoValue: "set environment variable";
    /// Reads all environment variables.
    EnvToObject = "envToObject"(NoParams) -> BTreeMap<String, String>: "read the environment variables";
    /// Removes an environment variable.
    EnvDelete = "envDelete"(EnvKeyParams) -> NoValue: "remove environment variable";
}
