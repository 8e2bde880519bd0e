use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, ErrorCode};

/// The number of the layout below; a file with another is refused, never guessed at.
const VERSION: i64 = 1;

/// Volumes and snapshots are one table, so that one index makes slugs unique over both. Rows are
/// kept while a deleted item's storage is; `seq` orders lists and is never used twice.
const SCHEMA: &str = "
    CREATE TABLE items (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('volume', 'snapshot')),
        id TEXT NOT NULL UNIQUE,
        slug TEXT NOT NULL,
        region TEXT NOT NULL,
        capacity INTEGER NOT NULL,
        allocated INTEGER NOT NULL,
        flattened INTEGER NOT NULL,
        empty INTEGER,
        is_bootable INTEGER NOT NULL,
        origin_id TEXT,
        origin_slug TEXT,
        deleted_at_ms INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX live_slug ON items (slug) WHERE deleted_at_ms IS NULL;
    CREATE INDEX live_list ON items (kind, seq) WHERE deleted_at_ms IS NULL;
    CREATE INDEX deleted ON items (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;
    PRAGMA user_version = 1;
";

/// The file, open.
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When it is not a database, damaged, or of another version.
    pub(crate) fn open(file: &Path) -> Result<Self, OpenError> {
        let failed = |reason: String| OpenError {
            file: file.to_owned(),
            reason,
        };
        let sqlite = |error: rusqlite::Error| failed(error.to_string());
        let connection = Connection::open(file).map_err(sqlite)?;
        // A commit returns only once it is on disk: what was acknowledged outlives a power cut.
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            .map_err(sqlite)?;
        let damage: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(sqlite)?;
        if damage != "ok" {
            return Err(failed(format!("it is damaged: {}", damage.trim())));
        }
        let version: i64 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(sqlite)?;
        match version {
            0 => connection
                .execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))
                .map_err(sqlite)?,
            VERSION => {}
            other => {
                return Err(failed(format!(
                    "its layout has version {other}, and this program knows only {VERSION}"
                )));
            }
        }
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic while it was held has rolled its transaction back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why the file could not be opened.
#[derive(Debug)]
pub(crate) struct OpenError {
    file: PathBuf,
    reason: String,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "could not open \"{}\": {}; name another folder with --data, or remove this one to start empty",
            self.file.display(),
            self.reason
        )
    }
}

impl std::error::Error for OpenError {}

/// Why something could not be read or written.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// A live volume or snapshot has the slug.
    SlugInUse,
    /// The file failed.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, Some(message))
                if failure.code == ErrorCode::ConstraintViolation
                    && message.contains("items.slug") =>
            {
                Self::SlugInUse
            }
            _ => Self::Sqlite(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_database_is_refused_with_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("emulator.db");
        std::fs::write(&file, "not a database, but long enough to be read as one").unwrap();
        let error = Store::open(&file).unwrap_err().to_string();
        assert!(error.contains("emulator.db"), "{error}");
        assert!(error.contains("--data"), "{error}");
    }

    #[test]
    fn a_layout_of_another_version_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("emulator.db");
        Store::open(&file)
            .unwrap()
            .connection()
            .execute_batch("PRAGMA user_version = 7")
            .unwrap();
        let error = Store::open(&file).unwrap_err().to_string();
        assert!(error.contains("version 7"), "{error}");
    }
}
