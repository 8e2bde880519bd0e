use std::fs::Metadata;
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, TryStreamExt};
use tokio::io::AsyncReadExt;
use walkdir::WalkDir;

use super::progress::{Tracker, TransferProgress};
use super::{CONCURRENT_FILES, local_io};
use crate::client::Fs;
use crate::error::{Error, ErrorCode, Result};
use crate::rpc::methods::{Remove, RemoveParams, WriteOptions};

/// How much of a local file is read at once.
const PART: usize = 512 << 10;

struct Entry {
    local: PathBuf,
    /// Below the tree's root, with slashes; empty for the root itself.
    relative: String,
    kind: Kind,
}

enum Kind {
    Folder,
    File { size: u64, mode: Option<u32> },
    Link { target: String },
}

pub(super) async fn upload<F: FnMut(&TransferProgress)>(
    fs: &Fs,
    local: &Path,
    remote: &str,
    tracker: &Tracker<F>,
) -> Result<()> {
    let root = local.to_owned();
    let listed = tokio::task::spawn_blocking(move || list(&root)).await;
    let entries = listed.map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))??;
    let sizes = entries.iter().map(|entry| match entry.kind {
        Kind::File { size, .. } => size,
        _ => 0,
    });
    tracker.total(sizes.sum());
    let trimmed = remote.trim_end_matches('/');
    let base = if trimmed.is_empty() { remote } else { trimmed };
    let place = |entry: &Entry| match entry.relative.as_str() {
        "" => base.to_owned(),
        relative => format!("{}/{relative}", base.trim_end_matches('/')),
    };
    for entry in &entries {
        if let Kind::Folder = entry.kind {
            fs.mkdir_all(place(entry)).await?;
        }
    }
    let files = entries.iter().filter_map(|entry| match &entry.kind {
        Kind::File { mode, .. } => Some((entry, *mode)),
        _ => None,
    });
    stream::iter(files.map(Ok::<_, Error>))
        .try_for_each_concurrent(CONCURRENT_FILES, |(entry, mode)| {
            upload_file(fs, entry, place(entry), mode, tracker)
        })
        .await?;
    for entry in &entries {
        if let Kind::Link { target } = &entry.kind {
            let path = place(entry);
            match fs.symlink(target, &path).await {
                Err(error) if error.code() == ErrorCode::FileExists => {
                    fs.remove(&path).await?;
                    fs.symlink(target, &path).await?;
                }
                result => result?,
            }
        }
    }
    Ok(())
}

async fn upload_file<F: FnMut(&TransferProgress)>(
    fs: &Fs,
    entry: &Entry,
    remote: String,
    mode: Option<u32>,
    tracker: &Tracker<F>,
) -> Result<()> {
    let file = tokio::fs::File::open(&entry.local)
        .await
        .map_err(|error| local_io(&entry.local, error))?;
    let (folder, name) = match remote.rfind('/') {
        Some(at) => remote.split_at(at + 1),
        None => ("", remote.as_str()),
    };
    let shown = if entry.relative.is_empty() {
        name
    } else {
        &entry.relative
    };
    let mut part = Part {
        fs,
        path: Some(format!("{folder}{}", fs.part_name(name))),
    };
    let path = part.path.clone().unwrap_or_default();
    let content = stream::try_unfold(file, |mut file| async move {
        let mut buffer = BytesMut::with_capacity(PART);
        let read = file.read_buf(&mut buffer).await;
        let read = read.map_err(|error| local_io(&entry.local, error))?;
        tracker.copied(shown, read);
        Ok((read > 0).then(|| (buffer.freeze(), file)))
    });
    let options = WriteOptions {
        create_new: Some(true),
        mode,
        ..WriteOptions::default()
    };
    fs.write_stream::<Bytes>(&path, content, options).await?;
    fs.rename(&path, &remote).await?;
    part.path = None;
    tracker.file_done(shown);
    Ok(())
}

/// A file in the sandbox that is not complete; removed when dropped.
struct Part<'a> {
    fs: &'a Fs,
    path: Option<String>,
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            let params = RemoveParams {
                path,
                options: None,
            };
            // Sent at once; nobody waits for the answer.
            drop(self.fs.0.call::<Remove>(&params));
        }
    }
}

fn list(root: &Path) -> Result<Vec<Entry>> {
    // Resolved first: a link given as the root is followed, and links below it are not.
    let real = root.canonicalize().map_err(|error| local_io(root, error))?;
    let mut entries = Vec::new();
    for found in WalkDir::new(&real).follow_links(false) {
        let found = found.map_err(|error| {
            let path = error.path().unwrap_or(root).to_owned();
            let message = error.to_string();
            local_io(
                &path,
                error
                    .into_io_error()
                    .unwrap_or_else(|| std::io::Error::other(message)),
            )
        })?;
        let local = found.path().to_owned();
        let metadata = found
            .metadata()
            .map_err(|error| local_io(&local, error.into()))?;
        let relative = local.strip_prefix(&real).unwrap_or(&local);
        let segments: Option<Vec<&str>> = relative.iter().map(|segment| segment.to_str()).collect();
        let Some(segments) = segments else {
            let error = std::io::Error::other("the name is not UTF-8, as names in a sandbox are");
            return Err(local_io(&local, error));
        };
        let kind = kind_of(&local, &metadata)?;
        entries.push(Entry {
            relative: segments.join("/"),
            kind,
            local,
        });
    }
    Ok(entries)
}

fn kind_of(local: &Path, metadata: &Metadata) -> Result<Kind> {
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Ok(Kind::Folder);
    }
    if kind.is_file() {
        let (size, mode) = (metadata.len(), mode_of(metadata));
        return Ok(Kind::File { size, mode });
    }
    if kind.is_symlink() {
        let target = std::fs::read_link(local).map_err(|error| local_io(local, error))?;
        return match target.into_os_string().into_string() {
            Ok(target) => Ok(Kind::Link { target }),
            Err(_) => {
                let error = std::io::Error::other("the link's target is not UTF-8");
                Err(local_io(local, error))
            }
        };
    }
    let error = std::io::Error::other("it is neither a file nor a folder nor a link");
    Err(local_io(local, error))
}

#[cfg(unix)]
fn mode_of(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode_of(_metadata: &Metadata) -> Option<u32> {
    None
}
