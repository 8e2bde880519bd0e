//! Files and trees between this machine and a sandbox.

mod download;
mod progress;
mod upload;

use std::path::Path;

pub use progress::TransferProgress;

use super::Fs;
use crate::error::{Error, ErrorCode, Result};
use progress::Tracker;

/// How many files are under way at once: enough to hide the time each call takes.
const CONCURRENT_FILES: usize = 8;

impl Fs {
    /// Copies a local file or tree to exactly `remote`.
    ///
    /// A file becomes the file `remote`, in a folder that exists. A folder becomes the folder `remote`,
    /// made where it does not exist with those above it; what is there already stays, unless a file of
    /// the tree replaces it. A trailing slash means nothing. A link given as `local` is followed; links
    /// in a tree are made again with the same target. Permissions are kept. A file appears under its
    /// name only when it is complete.
    ///
    /// # Errors
    /// [`LocalIo`](ErrorCode::LocalIo) for this machine's files, among them any that is neither file,
    /// folder nor link, or has a name that is not UTF-8; those of the sandbox.
    pub async fn upload(&self, local: impl AsRef<Path>, remote: impl AsRef<str>) -> Result<()> {
        self.upload_with_progress(local, remote, |_| {}).await
    }

    /// As [`upload`](Self::upload), telling how far it is after each part of a file.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub async fn upload_with_progress(
        &self,
        local: impl AsRef<Path>,
        remote: impl AsRef<str>,
        progress: impl FnMut(&TransferProgress) + Send,
    ) -> Result<()> {
        let (local, remote) = (local.as_ref(), remote.as_ref());
        upload::upload(self, local, remote, &Tracker::new(progress))
            .await
            .map_err(|error| {
                error.during(format_args!("upload \"{}\" to {remote:?}", local.display()))
            })
    }

    /// Copies a file or tree of the sandbox to exactly `local`.
    ///
    /// A file becomes the file `local`, in a folder that exists. A folder becomes the folder `local`,
    /// made where it does not exist with those above it; what is there already stays, unless a file of
    /// the tree replaces it. A trailing slash means nothing. A link given as `remote` is followed; links
    /// in a tree are made again with the same target. Permissions are kept. A file appears under its
    /// name only when it is complete.
    ///
    /// The sandbox is not trusted: nothing is ever written outside `local`. The whole tree is looked at
    /// first, and refused with [`UnsafePath`](ErrorCode::UnsafePath), before anything is written, when a
    /// name could lead elsewhere, when a folder would be written through a link that is in `local`, or
    /// when a link's target is absolute, leaves the tree, or goes up (`..`) after having gone down.
    ///
    /// # Errors
    /// [`UnsafePath`](ErrorCode::UnsafePath); [`LocalIo`](ErrorCode::LocalIo) for this machine's files;
    /// those of the sandbox.
    pub async fn download(&self, remote: impl AsRef<str>, local: impl AsRef<Path>) -> Result<()> {
        self.download_with_progress(remote, local, |_| {}).await
    }

    /// As [`download`](Self::download), telling how far it is after each part of a file.
    ///
    /// # Errors
    /// As [`download`](Self::download).
    pub async fn download_with_progress(
        &self,
        remote: impl AsRef<str>,
        local: impl AsRef<Path>,
        progress: impl FnMut(&TransferProgress) + Send,
    ) -> Result<()> {
        let (remote, local) = (remote.as_ref(), local.as_ref());
        download::download(self, remote, local, &Tracker::new(progress))
            .await
            .map_err(|error| {
                error.during(format_args!(
                    "download {remote:?} to \"{}\"",
                    local.display()
                ))
            })
    }

    /// A name for a file that is not complete yet, beside the one it will have.
    fn part_name(&self, name: &str) -> String {
        let random = (self.0.runtime().random() * (1u64 << 53) as f64) as u64;
        let end = (0..=name.len().min(200))
            .rev()
            .find(|at| name.is_char_boundary(*at));
        format!(".{}.{random:x}.part", &name[..end.unwrap_or_default()])
    }
}

/// A failure of this machine's files.
fn local_io(path: &Path, error: std::io::Error) -> Error {
    let message = format!("\"{}\" on this machine: {error}", path.display());
    Error::new(ErrorCode::LocalIo, message).with_source(error)
}
