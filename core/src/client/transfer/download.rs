use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::io::AsyncWriteExt;

use super::progress::{Tracker, TransferProgress};
use super::{CONCURRENT_FILES, local_io};
use crate::client::Fs;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{is_plain_name, link_stays_inside};
use crate::rpc::values::FileInfo;

/// The most entries of a tree, which are all held in memory.
const MAX_ENTRIES: usize = 1_000_000;
/// The deepest tree: a hostile sandbox could go on for ever.
const MAX_DEPTH: usize = 256;

/// A tree of the sandbox, looked at and found safe. Paths are relative, of plain names only.
#[derive(Default)]
struct Tree {
    folders: Vec<PathBuf>,
    files: Vec<File>,
    links: Vec<(PathBuf, String)>,
}

struct File {
    remote: String,
    relative: PathBuf,
    size: u64,
    mode: u32,
}

pub(super) async fn download<F: FnMut(&TransferProgress)>(
    fs: &Fs,
    remote: &str,
    local: &Path,
    tracker: &Tracker<F>,
) -> Result<()> {
    let info = fs.stat(remote).await?;
    if !info.is_directory {
        tracker.total(info.size);
        let file = file(remote.to_owned(), PathBuf::new(), &info)?;
        return download_file(fs, &file, local, tracker).await;
    }
    let tree = look_at(fs, remote).await?;
    tracker.total(tree.files.iter().map(|file| file.size).sum());
    check_folders(&tree, local)?;
    make_folder(local, true)?;
    for folder in &tree.folders {
        make_folder(&local.join(folder), false)?;
    }
    stream::iter(tree.files.iter().map(Ok::<_, Error>))
        .try_for_each_concurrent(CONCURRENT_FILES, |file| async move {
            download_file(fs, file, &local.join(&file.relative), tracker).await
        })
        .await?;
    // Last, so that nothing is written through any of them.
    for (relative, target) in &tree.links {
        make_link(fs, &local.join(relative), target)?;
    }
    Ok(())
}

/// Lists the tree, and refuses it when anything in it could lead outside.
async fn look_at(fs: &Fs, root: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    let mut open = vec![(root.trim_end_matches('/').to_owned(), PathBuf::new(), 0)];
    while let Some((remote, relative, depth)) = open.pop() {
        let listed = if remote.is_empty() { "/" } else { &remote };
        let mut names = HashSet::new();
        let mut files = Vec::new();
        for entry in fs.read_dir(listed).await? {
            let name = entry.name;
            if !is_plain_name(&name, cfg!(windows)) || !names.insert(name.clone()) {
                let rule = format!(
                    "{listed:?} holds the name {name:?}, which is no plain name or twice there"
                );
                return Err(Error::new(ErrorCode::UnsafePath, rule));
            }
            let (remote, relative) = (format!("{remote}/{name}"), relative.join(&name));
            if entry.is_symlink {
                let target = fs.read_link(&remote).await?;
                if !link_stays_inside(depth, &target, cfg!(windows)) {
                    let rule =
                        format!("the link {remote:?} points outside of the tree, to {target:?}");
                    return Err(Error::new(ErrorCode::UnsafePath, rule));
                }
                tree.links.push((relative, target));
            } else if entry.is_directory {
                tree.folders.push(relative.clone());
                open.push((remote, relative, depth + 1));
            } else {
                files.push((remote, relative));
            }
        }
        let described = stream::iter(files).map(|(remote, relative)| async move {
            let info = fs.lstat(&remote).await?;
            file(remote, relative, &info)
        });
        let mut described = described.buffered(CONCURRENT_FILES);
        while let Some(file) = described.try_next().await? {
            tree.files.push(file);
        }
        let entries = tree.folders.len() + tree.files.len() + tree.links.len();
        if depth >= MAX_DEPTH || entries > MAX_ENTRIES {
            let rule =
                format!("the tree is deeper than {MAX_DEPTH} or larger than {MAX_ENTRIES} entries");
            return Err(Error::new(ErrorCode::UnsafePath, rule));
        }
    }
    Ok(tree)
}

fn file(remote: String, relative: PathBuf, info: &FileInfo) -> Result<File> {
    if !info.is_file {
        let message = format!("{remote:?} is neither a file nor a folder nor a link");
        return Err(Error::new(ErrorCode::SandboxFailed, message));
    }
    Ok(File {
        remote,
        relative,
        size: info.size,
        mode: info.mode & 0o777,
    })
}

/// Refuses a folder that is a link on this machine, which could lead anywhere.
fn check_folders(tree: &Tree, local: &Path) -> Result<()> {
    for folder in &tree.folders {
        let path = local.join(folder);
        match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                let rule = format!("\"{}\" on this machine is a link", path.display());
                return Err(Error::new(ErrorCode::UnsafePath, rule));
            }
            Ok(found) if !found.is_dir() => {
                return Err(local_io(&path, io::ErrorKind::NotADirectory.into()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn make_folder(path: &Path, with_parents: bool) -> Result<()> {
    let made = if with_parents {
        std::fs::create_dir_all(path)
    } else {
        std::fs::create_dir(path)
    };
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(|error| local_io(path, error)),
    }
}

async fn download_file<F: FnMut(&TransferProgress)>(
    fs: &Fs,
    file: &File,
    local: &Path,
    tracker: &Tracker<F>,
) -> Result<()> {
    let shown = match file.relative.to_str() {
        Some("") | None => file.remote.as_str(),
        Some(relative) => relative,
    };
    if local.is_dir() {
        return Err(local_io(local, io::ErrorKind::IsADirectory.into()));
    }
    let mut part = Part::beside(fs, local)?;
    let failed = |error| local_io(local, error);
    let mut content = fs.read_stream(&file.remote).await?;
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    let mut to = options.open(&part.path).await.map_err(failed)?;
    part.made = true;
    while let Some(bytes) = content.next().await {
        let bytes = bytes?;
        to.write_all(&bytes).await.map_err(failed)?;
        tracker.copied(shown, bytes.len());
    }
    to.flush().await.map_err(failed)?;
    set_mode(&part.path, file.mode).map_err(failed)?;
    drop(to);
    part.finish(local)?;
    tracker.file_done(shown);
    Ok(())
}

/// A local file or link that is not in its place yet; removed when dropped.
struct Part {
    path: PathBuf,
    made: bool,
}

impl Part {
    fn beside(fs: &Fs, local: &Path) -> Result<Self> {
        let name = local.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| {
            let error = io::Error::other("it has no file name in UTF-8");
            local_io(local, error)
        })?;
        Ok(Self {
            path: local.with_file_name(fs.part_name(name)),
            made: false,
        })
    }

    fn finish(mut self, local: &Path) -> Result<()> {
        std::fs::rename(&self.path, local).map_err(|error| local_io(local, error))?;
        self.made = false;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.made {
            // There is an error on its way already.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn make_link(fs: &Fs, local: &Path, target: &str) -> Result<()> {
    let mut part = Part::beside(fs, local)?;
    symlink(target, &part.path).map_err(|error| local_io(local, error))?;
    part.made = true;
    part.finish(local)
}

#[cfg(unix)]
fn symlink(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn symlink(_target: &str, _path: &Path) -> io::Result<()> {
    Err(io::Error::other("links cannot be made on this system"))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}
