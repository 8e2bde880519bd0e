use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use deno_sandbox::rpc::methods::{
    ExpandGlobOptions, ExpandGlobParams, WalkEntry, WalkOptions, WalkParams,
};
use deno_sandbox::rpc::values::Regex as RegexRequest;
use nix::errno::Errno;
use regex::{Regex, RegexBuilder};
use tokio::sync::mpsc;

use super::failure::{Doing, Failure};
use super::glob::{Glob, Grammar};
use super::sandbox::Sandbox;

/// The longest glob taken: no path the system knows is longer.
const MAX_GLOB: usize = 4096;

/// Takes what is found, or the failure that ends the search.
pub(super) struct Found(mpsc::Sender<Result<WalkEntry, Failure>>);

/// What was found, as it is found.
pub(super) type Entries = mpsc::Receiver<Result<WalkEntry, Failure>>;

pub(super) fn found() -> (Found, Entries) {
    let (send, entries) = mpsc::channel(256);
    (Found(send), entries)
}

/// A walk through a tree, as Deno's standard library does it.
pub(super) struct Walk {
    /// The root as entries tell it.
    shown: String,
    /// The root as the system finds it.
    root: PathBuf,
    options: WalkOptions,
    matching: Option<Vec<Regex>>,
    skip: Skip,
}

/// Tells which paths are neither yielded nor entered.
type Skip = Box<dyn Fn(&str) -> bool + Send>;

/// Why a walk ends early.
enum Stop {
    /// Nobody wants more.
    Unwanted,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Walk {
    pub(super) fn new(sandbox: &Sandbox, params: WalkParams) -> Result<Self, Failure> {
        let options = params.options.unwrap_or(params.filter);
        let skip = expressions(options.skip.as_deref().unwrap_or_default())?;
        let matching = options.matching.as_deref().map(expressions).transpose()?;
        let walk = Self {
            shown: normalize(&params.path),
            root: sandbox.resolve(&params.path),
            options,
            matching,
            skip: Box::new(move |path| skip.iter().any(|skip| skip.is_match(path))),
        };
        fs::metadata(&walk.root).at("stat", &params.path)?;
        Ok(walk)
    }

    pub(super) fn run(&self, found: Found) {
        let mut take = |entry| found.0.blocking_send(Ok(entry)).map_err(|_| Stop::Unwanted);
        if let Err(Stop::Failed(failure)) = self.visit_root(&mut take) {
            let _ = found.0.blocking_send(Err(failure));
        }
    }

    fn visit_root(&self, take: &mut dyn FnMut(WalkEntry) -> Result<(), Stop>) -> Result<(), Stop> {
        let depth = self.options.max_depth.unwrap_or(f64::INFINITY);
        self.visit(&self.shown, &self.root, depth, &mut Vec::new(), take)
    }

    /// Visits a folder; `above` are the folders it lies in, which links may lead back to.
    fn visit(
        &self,
        shown: &str,
        folder: &Path,
        depth: f64,
        above: &mut Vec<(u64, u64)>,
        take: &mut dyn FnMut(WalkEntry) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if depth < 0.0 {
            return Ok(());
        }
        if self.options.include_dirs.unwrap_or(true) && self.includes(shown) {
            take(entry(shown, folder)?)?;
        }
        if depth < 1.0 || (self.skip)(shown) {
            return Ok(());
        }
        let metadata = fs::metadata(folder).at("stat", shown)?;
        let identity = (metadata.dev(), metadata.ino());
        if above.contains(&identity) {
            return Ok(());
        }
        above.push(identity);
        for name in names(folder, shown)? {
            let (shown, path) = (join(shown, &name), folder.join(&name));
            self.visit_entry(shown, path, name, depth, above, take)?;
        }
        above.pop();
        Ok(())
    }

    fn visit_entry(
        &self,
        mut shown: String,
        mut path: PathBuf,
        name: String,
        depth: f64,
        above: &mut Vec<(u64, u64)>,
        take: &mut dyn FnMut(WalkEntry) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        // What was removed since the folder was read is not there.
        let Ok(mut metadata) = fs::symlink_metadata(&path) else {
            return Ok(());
        };
        let is_symlink = metadata.is_symlink();
        if is_symlink && self.options.follow_symlinks.unwrap_or(false) {
            path = fs::canonicalize(&path).at("realpath", &shown)?;
            metadata = fs::symlink_metadata(&path).at("lstat", &shown)?;
            if self.options.canonicalize.unwrap_or(true) {
                shown = path.to_string_lossy().into_owned();
            }
        } else if is_symlink {
            return if self.options.include_symlinks.unwrap_or(true) && self.includes(&shown) {
                take(describe(shown, name, &metadata))
            } else {
                Ok(())
            };
        }
        if metadata.is_dir() {
            self.visit(&shown, &path, depth - 1.0, above, take)
        } else if self.options.include_files.unwrap_or(true) && self.includes(&shown) {
            take(describe(shown, name, &metadata))
        } else {
            Ok(())
        }
    }

    fn includes(&self, path: &str) -> bool {
        let has_ext = |ext: &String| {
            let bare = path.strip_suffix(ext.strip_prefix('.').unwrap_or(ext));
            bare.is_some_and(|bare| bare.ends_with('.'))
        };
        self.options
            .exts
            .as_ref()
            .is_none_or(|exts| exts.iter().any(has_ext))
            && (self.matching.as_ref()).is_none_or(|all| all.iter().any(|one| one.is_match(path)))
            && !(self.skip)(path)
    }
}

/// A search for what matches a glob, as Deno's standard library does it.
pub(super) struct ExpandGlob {
    /// The folder the first pattern applies in, without patterns itself.
    start: PathBuf,
    segments: Vec<String>,
    only_folders: bool,
    options: ExpandGlobOptions,
    grammar: Grammar,
    exclude: Vec<Glob>,
}

impl ExpandGlob {
    pub(super) fn new(sandbox: &Sandbox, params: ExpandGlobParams) -> Result<Self, Failure> {
        let options = params.options.unwrap_or(params.filter);
        let grammar = Grammar {
            extended: options.extended.unwrap_or(true),
            globstar: options.globstar.unwrap_or(true),
            ignore_case: options.case_insensitive.unwrap_or(false),
        };
        let root = sandbox.resolve(options.root.as_deref().unwrap_or("."));
        let root = normalize(&root.to_string_lossy());
        let excluded = options.exclude.as_deref().unwrap_or_default();
        for glob in [&params.glob].into_iter().chain(excluded) {
            if glob.len() > MAX_GLOB {
                return Err(Failure::invalid(format!(
                    "A glob may have {MAX_GLOB} bytes at most, and one has {}",
                    glob.len()
                )));
            }
        }
        let exclude = excluded
            .iter()
            .map(|glob| Glob::new(&absolute(&root, glob), grammar))
            .collect();
        let mut start = PathBuf::from(if params.glob.starts_with('/') {
            "/"
        } else {
            &root
        });
        let mut segments = params
            .glob
            .split('/')
            .filter(|text| !text.is_empty())
            .peekable();
        while let Some(text) = segments
            .peek()
            .and_then(|text| Glob::new(text, grammar).literal())
        {
            start.push(text);
            segments.next();
        }
        Ok(Self {
            start: normalize(&start.to_string_lossy()).into(),
            segments: segments.map(str::to_owned).collect(),
            only_folders: params.glob.ends_with('/'),
            options,
            grammar,
            exclude,
        })
    }

    pub(super) fn run(&self, found: Found) {
        let matches = match self.matches(&found) {
            Ok(matches) => matches,
            Err(Stop::Unwanted) => return,
            Err(Stop::Failed(failure)) => {
                let _ = found.0.blocking_send(Err(failure));
                return;
            }
        };
        for entry in matches.into_values() {
            let wanted = if entry.is_directory {
                self.options.include_dirs.unwrap_or(true)
            } else {
                !self.only_folders
            };
            if wanted && found.0.blocking_send(Ok(entry)).is_err() {
                return;
            }
        }
    }

    /// What matches, by path: each once and in order.
    fn matches(&self, found: &Found) -> Result<BTreeMap<String, WalkEntry>, Stop> {
        let mut matches = BTreeMap::new();
        if !self.start.exists() {
            return Ok(matches);
        }
        let start = self.start.to_string_lossy();
        if !self.excludes(&start) {
            matches.insert(start.clone().into_owned(), entry(&start, &self.start)?);
        }
        for segment in &self.segments {
            let mut next = BTreeMap::new();
            for folder in matches.into_values().filter(|found| found.is_directory) {
                if found.0.is_closed() {
                    return Err(Stop::Unwanted);
                }
                self.advance(&folder, segment, &mut next)?;
            }
            matches = next;
        }
        Ok(matches)
    }

    fn advance(
        &self,
        folder: &WalkEntry,
        segment: &str,
        next: &mut BTreeMap<String, WalkEntry>,
    ) -> Result<(), Stop> {
        if segment == "." || segment == ".." {
            let path = normalize(&join(&folder.path, segment));
            if !self.excludes(&path) {
                next.insert(path.clone(), entry(&path, Path::new(&path))?);
            }
            return Ok(());
        }
        let glob = Glob::new(segment, self.grammar);
        let any_depth = segment == "**";
        let exclude = self.exclude.clone();
        let walk = Walk {
            shown: folder.path.clone(),
            root: folder.path.clone().into(),
            options: WalkOptions {
                max_depth: Some(if any_depth && self.grammar.globstar {
                    f64::INFINITY
                } else {
                    1.0
                }),
                follow_symlinks: self.options.follow_symlinks,
                canonicalize: self.options.canonicalize,
                ..WalkOptions::default()
            },
            matching: None,
            skip: Box::new(move |path| exclude.iter().any(|glob| glob.matches(path))),
        };
        walk.visit_root(&mut |found| {
            if any_depth || (found.path != folder.path && glob.matches(&found.name)) {
                next.insert(found.path.clone(), found);
            }
            Ok(())
        })
    }

    fn excludes(&self, path: &str) -> bool {
        self.exclude.iter().any(|glob| glob.matches(path))
    }
}

fn expressions(requests: &[RegexRequest]) -> Result<Vec<Regex>, Failure> {
    let compile = |request: &RegexRequest| {
        RegexBuilder::new(&request.source)
            .case_insensitive(request.flags.contains('i'))
            .multi_line(request.flags.contains('m'))
            .dot_matches_new_line(request.flags.contains('s'))
            .build()
            .map_err(|_| {
                let message = format!(
                    "Invalid regular expression /{}/: the emulator knows neither lookaround nor \
                     backreferences",
                    request.source
                );
                Failure::new("SyntaxError", Errno::EINVAL, message)
            })
    };
    requests.iter().map(compile).collect()
}

/// The names in a folder, in order.
fn names(folder: &Path, shown: &str) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).at("readdir", shown)?;
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    let mut names = entries
        .map(name)
        .collect::<Result<Vec<_>, _>>()
        .at("readdir", shown)?;
    names.sort_unstable();
    Ok(names)
}

/// An entry for a folder that is entered: what it is once links are followed.
fn entry(shown: &str, path: &Path) -> Result<WalkEntry, Failure> {
    let metadata = fs::metadata(path).at("stat", shown)?;
    let name = shown.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(describe(shown.to_owned(), name, &metadata))
}

fn describe(path: String, name: String, metadata: &fs::Metadata) -> WalkEntry {
    WalkEntry {
        path,
        name,
        is_file: metadata.is_file(),
        is_directory: metadata.is_dir(),
        is_symlink: metadata.is_symlink(),
    }
}

fn join(folder: &str, name: &str) -> String {
    match folder {
        "." => name.to_owned(),
        _ if folder.ends_with('/') => format!("{folder}{name}"),
        _ => format!("{folder}/{name}"),
    }
}

fn absolute(root: &str, path: &str) -> String {
    if path.starts_with('/') {
        normalize(path)
    } else {
        normalize(&join(root, path))
    }
}

/// A path without `.`, without a `..` that can be told from its text, and without empty parts.
fn normalize(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => drop(parts.pop()),
                _ if is_absolute => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    match (is_absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}
