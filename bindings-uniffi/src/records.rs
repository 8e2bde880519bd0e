//! The core's records. Where the core's own type is exported, its fields are named again for the
//! generator only: one that is missing or differs does not compile.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use deno_sandbox::model;
use deno_sandbox::{
    Date, DirEntry, ExpandGlobOptions, FileInfo, MakeTempOptions, MkdirOptions, OpenOptions,
    ProcessStatus, Regex, RemoveOptions, Snapshot, Volume, WalkEntry, WalkOptions, Whence,
    WriteOptions,
};
use model::VolumeRef;

/// Under another name: `Date` is Swift's own.
type FileTime = Date;

uniffi::custom_type!(FileTime, SystemTime, {
    remote,
    lower: |time| time.0.into(),
    try_lift: |time| Ok(Date(time.into())),
});

/// A sandbox as lists show it.
#[derive(Debug, uniffi::Record)]
pub struct SandboxInfo {
    /// Its id.
    pub id: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// When it stopped, once it has.
    pub stopped_at: Option<SystemTime>,
    /// Where it runs.
    pub region: String,
    /// Whether it runs.
    pub status: SandboxStatus,
    /// Its labels, as given at creation.
    pub labels: HashMap<String, String>,
}

/// Whether a sandbox runs.
#[derive(Debug, uniffi::Enum)]
pub enum SandboxStatus {
    /// It runs.
    Running,
    /// It has ended.
    Stopped,
    /// Something this version of the SDK does not know.
    Unknown,
}

impl From<model::SandboxInfo> for SandboxInfo {
    fn from(info: model::SandboxInfo) -> Self {
        let model::SandboxInfo {
            id,
            created_at,
            stopped_at,
            region,
            status,
            labels,
        } = info;
        Self {
            id,
            created_at: created_at.into(),
            stopped_at: stopped_at.map(SystemTime::from),
            region,
            status: match status {
                model::SandboxStatus::Running => SandboxStatus::Running,
                model::SandboxStatus::Stopped => SandboxStatus::Stopped,
                _ => SandboxStatus::Unknown,
            },
            labels: BTreeMap::from(labels).into_iter().collect(),
        }
    }
}

/// A volume: regional block storage that outlives the sandboxes it is mounted into.
#[uniffi::remote(Record)]
pub struct Volume {
    /// The service's own name for it; never used again.
    pub id: String,
    /// The user's name for it, free for another volume once this one is deleted.
    pub slug: String,
    /// Where it is stored.
    pub region: String,
    /// Its size in bytes.
    pub capacity: u64,
    /// Bytes in use: the service's own figure where it sends one, else the flattened estimate. May lag
    /// by minutes.
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

/// A snapshot: a read-only image of a volume, to boot from or to create volumes from.
#[uniffi::remote(Record)]
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

/// A volume or snapshot named inside another record.
#[uniffi::remote(Record)]
pub struct VolumeRef {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
}

/// What is known of a file.
#[uniffi::remote(Record)]
pub struct FileInfo {
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a folder.
    pub is_directory: bool,
    /// Whether it is a symbolic link.
    pub is_symlink: bool,
    /// Its size in bytes.
    pub size: u64,
    /// When its content changed last.
    pub mtime: FileTime,
    /// When it was read last.
    pub atime: FileTime,
    /// When it was made.
    pub birthtime: FileTime,
    /// When anything of it changed last.
    pub ctime: FileTime,
    /// The number of its device.
    pub dev: u64,
    /// Its number on the device.
    pub ino: u64,
    /// Its kind and permissions.
    pub mode: u32,
    /// How many names it has.
    pub nlink: u64,
    /// The number of its owner.
    pub uid: u32,
    /// The number of its group.
    pub gid: u32,
    /// The device it stands for.
    pub rdev: u64,
    /// The best size of a read or write, in bytes.
    pub blksize: u64,
    /// The 512-byte blocks it takes up.
    pub blocks: u64,
    /// Whether it is a block device.
    pub is_block_device: bool,
    /// Whether it is a character device.
    pub is_char_device: bool,
    /// Whether it is a named pipe.
    pub is_fifo: bool,
    /// Whether it is a socket.
    pub is_socket: bool,
}

/// What is in a folder.
#[uniffi::remote(Record)]
pub struct DirEntry {
    /// Its name.
    pub name: String,
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a folder.
    pub is_directory: bool,
    /// Whether it is a symbolic link.
    pub is_symlink: bool,
}

/// What a walk or a glob found.
#[uniffi::remote(Record)]
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

/// How a process ended.
#[uniffi::remote(Record)]
pub struct ProcessStatus {
    /// Whether the code is 0 and no signal ended it.
    pub success: bool,
    /// The exit code; 128 and the signal's number where a signal ended it.
    pub code: i32,
    /// The signal that ended it, like `SIGTERM`.
    pub signal: Option<String>,
    /// How sure it is that memory ran out.
    pub oom: Option<String>,
}

/// How far an upload or download is.
#[derive(Debug, uniffi::Record)]
pub struct TransferProgress {
    /// Files that are complete.
    pub files_done: u64,
    /// Bytes of files that were copied.
    pub bytes_done: u64,
    /// Bytes of all files, as they were at the start; absent until they are counted.
    pub bytes_total: Option<u64>,
    /// The file that was last worked on, relative to the tree.
    pub path: String,
}

impl From<&deno_sandbox::TransferProgress> for TransferProgress {
    fn from(progress: &deno_sandbox::TransferProgress) -> Self {
        Self {
            files_done: progress.files_done,
            bytes_done: progress.bytes_done,
            bytes_total: progress.bytes_total,
            path: progress.path.clone(),
        }
    }
}

/// What an offset counts from.
#[uniffi::remote(Enum)]
pub enum Whence {
    /// The start of the file.
    Start,
    /// The present position.
    Current,
    /// The end of the file.
    End,
}

/// How a whole file is written.
#[uniffi::remote(Record)]
pub struct WriteOptions {
    /// Add to what is there.
    #[uniffi(default)]
    pub append: Option<bool>,
    /// Make the file where there is none.
    #[uniffi(default)]
    pub create: Option<bool>,
    /// Fail where there is one.
    #[uniffi(default)]
    pub create_new: Option<bool>,
    /// Permissions of a new file.
    #[uniffi(default)]
    pub mode: Option<u32>,
}

/// How a folder is made.
#[uniffi::remote(Record)]
pub struct MkdirOptions {
    /// Make those above it too.
    #[uniffi(default)]
    pub recursive: Option<bool>,
    /// Permissions.
    #[uniffi(default)]
    pub mode: Option<u32>,
}

/// How something is removed.
#[uniffi::remote(Record)]
pub struct RemoveOptions {
    /// Remove what is in a folder too.
    #[uniffi(default)]
    pub recursive: Option<bool>,
}

/// How a temporary file or folder is named.
#[uniffi::remote(Record)]
pub struct MakeTempOptions {
    /// Where.
    #[uniffi(default)]
    pub dir: Option<String>,
    /// How its name begins.
    #[uniffi(default)]
    pub prefix: Option<String>,
    /// How its name ends.
    #[uniffi(default)]
    pub suffix: Option<String>,
}

/// How a file is opened.
#[uniffi::remote(Record)]
pub struct OpenOptions {
    /// For reading.
    #[uniffi(default)]
    pub read: Option<bool>,
    /// For writing.
    #[uniffi(default)]
    pub write: Option<bool>,
    /// For adding at its end.
    #[uniffi(default)]
    pub append: Option<bool>,
    /// Empty it.
    #[uniffi(default)]
    pub truncate: Option<bool>,
    /// Make it where there is none.
    #[uniffi(default)]
    pub create: Option<bool>,
    /// Fail where there is one.
    #[uniffi(default)]
    pub create_new: Option<bool>,
    /// Permissions of a new file.
    #[uniffi(default)]
    pub mode: Option<u32>,
}

/// A regular expression as JavaScript writes it.
#[uniffi::remote(Record)]
pub struct Regex {
    /// The expression.
    pub source: String,
    /// Its flags, like `i`.
    #[uniffi(default = "")]
    pub flags: String,
}

/// What a walk visits and yields.
#[uniffi::remote(Record)]
pub struct WalkOptions {
    /// How deep to go; the root is 0; default no limit.
    #[uniffi(default)]
    pub max_depth: Option<f64>,
    /// Yield files; default yes.
    #[uniffi(default)]
    pub include_files: Option<bool>,
    /// Yield folders; default yes.
    #[uniffi(default)]
    pub include_dirs: Option<bool>,
    /// Yield symbolic links; default yes.
    #[uniffi(default)]
    pub include_symlinks: Option<bool>,
    /// Go where links point; default no.
    #[uniffi(default)]
    pub follow_symlinks: Option<bool>,
    /// With `follow_symlinks`, yield the resolved path; default yes.
    #[uniffi(default)]
    pub canonicalize: Option<bool>,
    /// Yield only files whose name ends in one of these.
    #[uniffi(default)]
    pub exts: Option<Vec<String>>,
    /// Yield only paths that match one of these.
    #[uniffi(default)]
    pub matching: Option<Vec<Regex>>,
    /// Neither yield nor enter paths that match one of these.
    #[uniffi(default)]
    pub skip: Option<Vec<Regex>>,
}

/// How a glob is matched.
#[uniffi::remote(Record)]
pub struct ExpandGlobOptions {
    /// Accept `@(a|b)`, `+(…)`, `?(…)`, `*(…)` and `!(…)`; default yes.
    #[uniffi(default)]
    pub extended: Option<bool>,
    /// Let `**` stand for any number of folders; default yes.
    #[uniffi(default)]
    pub globstar: Option<bool>,
    /// Ignore case; default no.
    #[uniffi(default)]
    pub case_insensitive: Option<bool>,
    /// The folder relative patterns start in; default the sandbox's home.
    #[uniffi(default)]
    pub root: Option<String>,
    /// Patterns of what to leave out.
    #[uniffi(default)]
    pub exclude: Option<Vec<String>>,
    /// Yield folders; default yes.
    #[uniffi(default)]
    pub include_dirs: Option<bool>,
    /// Go where links point; default no.
    #[uniffi(default)]
    pub follow_symlinks: Option<bool>,
    /// With `follow_symlinks`, yield the resolved path; default yes.
    #[uniffi(default)]
    pub canonicalize: Option<bool>,
}
