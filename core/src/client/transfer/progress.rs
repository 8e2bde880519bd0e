use std::sync::{Mutex, PoisonError};

/// How far an upload or download is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TransferProgress {
    /// Files that are complete.
    pub files_done: u64,
    /// Bytes of files that were copied.
    pub bytes_done: u64,
    /// Bytes of all files, as they were at the start; `None` until they are counted.
    pub bytes_total: Option<u64>,
    /// The file that was last worked on, relative to the tree.
    pub path: String,
}

/// Counts, and tells the caller.
pub(super) struct Tracker<F>(Mutex<(TransferProgress, F)>);

impl<F: FnMut(&TransferProgress)> Tracker<F> {
    pub(super) fn new(tell: F) -> Self {
        Self(Mutex::new((TransferProgress::default(), tell)))
    }

    pub(super) fn total(&self, bytes: u64) {
        self.update(|progress| progress.bytes_total = Some(bytes));
    }

    pub(super) fn copied(&self, path: &str, bytes: usize) {
        self.update(|progress| {
            progress.bytes_done += bytes as u64;
            path.clone_into(&mut progress.path);
        });
    }

    pub(super) fn file_done(&self, path: &str) {
        self.update(|progress| {
            progress.files_done += 1;
            path.clone_into(&mut progress.path);
        });
    }

    fn update(&self, change: impl FnOnce(&mut TransferProgress)) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (progress, tell) = &mut *state;
        change(progress);
        tell(progress);
    }
}
