//! What listings of trees take and give.

use serde::{Deserialize, Serialize};

use crate::rpc::shape::{shape, shaped_object};
use crate::rpc::values::Regex;

/// What a walk or a glob found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

shaped_object!(WalkEntry {
    path: required "path",
    name: required "name",
    is_file: required "isFile",
    is_directory: required "isDirectory",
    is_symlink: required "isSymlink",
});

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

shape!(WalkParams {
    path = "path" as Path,
    filter.max_depth = "maxDepth",
    filter.include_files = "includeFiles",
    filter.include_dirs = "includeDirs",
    filter.include_symlinks = "includeSymlinks",
    filter.follow_symlinks = "followSymlinks",
    filter.canonicalize = "canonicalize",
    filter.exts = "exts",
    filter.matching = "match",
    filter.skip = "skip",
});

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

shape!(ExpandGlobParams {
    glob = "glob" as Path,
    filter.extended = "extended",
    filter.globstar = "globstar",
    filter.case_insensitive = "caseInsensitive",
    filter.root = "root",
    filter.exclude = "exclude",
    filter.include_dirs = "includeDirs",
    filter.follow_symlinks = "followSymlinks",
    filter.canonicalize = "canonicalize",
});

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
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamRef {
    /// The stream's id in the sender's own space.
    pub stream_id: u64,
}

shaped_object!(StreamRef {
    stream_id: required "streamId",
});
