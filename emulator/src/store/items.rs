use deno_sandbox::model::{Reference, Region, Slug, VolumeRef};
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::{Store, StoreError};

/// Which of the two an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Volume,
    Snapshot,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Snapshot => "snapshot",
        }
    }
}

/// A volume or snapshot as remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    pub(crate) slug: Slug,
    pub(crate) region: Region,
    /// Its size in bytes; of a snapshot, that of its volume.
    pub(crate) capacity: u64,
    pub(crate) usage: Usage,
    pub(crate) is_bootable: bool,
    /// The snapshot a volume came from, or the volume a snapshot was taken of.
    pub(crate) origin: Option<VolumeRef>,
}

/// How full an item is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Usage {
    /// What it holds beyond the snapshot it came from.
    pub(crate) allocated: u64,
    /// What it holds in all.
    pub(crate) flattened: u64,
    /// What its storage counted as used before anything was written; unknown until first attached.
    pub(crate) empty: Option<u64>,
}

/// Which items a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Part of a slug or the beginning of an id.
    pub(crate) search: Option<String>,
    /// Only items created before this one, by its number.
    pub(crate) before: Option<i64>,
    /// At most so many.
    pub(crate) limit: usize,
}

const COLUMNS: &str = "seq, kind, id, slug, region, capacity, allocated, flattened, empty, \
                       is_bootable, origin_id, origin_slug";

impl Store {
    /// Remembers a new item; it is on disk when this returns.
    ///
    /// # Errors
    /// When a live item has the slug.
    pub(crate) fn insert(&self, item: &Item) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO items (kind, id, slug, region, capacity, allocated, flattened, empty, \
             is_bootable, origin_id, origin_slug) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                item.kind.as_str(),
                item.id,
                item.slug.as_str(),
                item.region.as_str(),
                as_integer(item.capacity),
                as_integer(item.usage.allocated),
                as_integer(item.usage.flattened),
                item.usage.empty.map(as_integer),
                item.is_bootable,
                item.origin.as_ref().map(|origin| &origin.id),
                item.origin.as_ref().map(|origin| &origin.slug),
            ],
        )?;
        Ok(())
    }

    /// The live item of this slug or id.
    pub(crate) fn find(
        &self,
        kind: Kind,
        reference: &Reference,
    ) -> Result<Option<Item>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM items \
             WHERE kind = ?1 AND (id = ?2 OR slug = ?2) AND deleted_at_ms IS NULL"
        );
        let item = self
            .connection()
            .prepare_cached(&sql)?
            .query_row(params![kind.as_str(), reference.as_str()], read)
            .optional()?;
        Ok(item.map(|(_, item)| item))
    }

    /// Whether a live volume or snapshot has this slug.
    pub(crate) fn slug_in_use(&self, slug: &Slug) -> Result<bool, StoreError> {
        Ok(self
            .connection()
            .prepare_cached("SELECT 1 FROM items WHERE slug = ?1 AND deleted_at_ms IS NULL")?
            .exists([slug.as_str()])?)
    }

    /// Live items, newest first, each with its number, and whether there are more.
    pub(crate) fn list(
        &self,
        kind: Kind,
        filter: &Filter,
    ) -> Result<(Vec<(i64, Item)>, bool), StoreError> {
        let mut sql =
            format!("SELECT {COLUMNS} FROM items WHERE kind = ?1 AND deleted_at_ms IS NULL");
        let kind = kind.as_str();
        let one_more = as_integer(filter.limit as u64 + 1);
        let mut values: Vec<(&str, &dyn ToSql)> = vec![("?1", &kind), ("?2", &one_more)];
        if let Some(before) = &filter.before {
            sql.push_str(" AND seq < ?3");
            values.push(("?3", before));
        }
        if let Some(search) = &filter.search {
            sql.push_str(" AND (instr(slug, ?4) > 0 OR substr(id, 1, length(?4)) = ?4)");
            values.push(("?4", search));
        }
        sql.push_str(" ORDER BY seq DESC LIMIT ?2");
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&sql)?;
        let mut items = statement
            .query_map(values.as_slice(), read)?
            .collect::<Result<Vec<_>, _>>()?;
        let more = items.len() > filter.limit;
        items.truncate(filter.limit);
        Ok((items, more))
    }

    /// Notes how full an item is.
    pub(crate) fn set_usage(&self, id: &str, usage: Usage) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE items SET allocated = ?2, flattened = ?3, empty = ?4 WHERE id = ?1",
            params![
                id,
                as_integer(usage.allocated),
                as_integer(usage.flattened),
                usage.empty.map(as_integer)
            ],
        )?;
        Ok(())
    }

    /// Takes an item out of every list and frees its slug; returns whether it was live.
    pub(crate) fn mark_deleted(&self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        let changed = self.connection().execute(
            "UPDATE items SET deleted_at_ms = ?2 WHERE id = ?1 AND deleted_at_ms IS NULL",
            params![id, now_ms],
        )?;
        Ok(changed > 0)
    }

    /// The ids of items deleted at or before `deadline_ms`.
    pub(crate) fn deleted_before(&self, deadline_ms: i64) -> Result<Vec<String>, StoreError> {
        self.ids(
            "SELECT id FROM items WHERE deleted_at_ms <= ?1 ORDER BY deleted_at_ms",
            deadline_ms,
        )
    }

    /// The ids of everything remembered, deleted items included.
    pub(crate) fn all_ids(&self) -> Result<Vec<String>, StoreError> {
        self.ids("SELECT id FROM items WHERE seq > ?1", 0)
    }

    /// Forgets a deleted item, whose storage is gone.
    pub(crate) fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.connection().execute(
            "DELETE FROM items WHERE id = ?1 AND deleted_at_ms IS NOT NULL",
            [id],
        )?;
        Ok(())
    }

    fn ids(&self, sql: &str, bound: i64) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql)?;
        let ids = statement
            .query_map([bound], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(ids)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, Item)> {
    let checked = |column: usize, error: deno_sandbox::model::Invalid| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    };
    let origin = match (row.get(10)?, row.get(11)?) {
        (Some(id), Some(slug)) => Some(VolumeRef { id, slug }),
        _ => None,
    };
    let item = Item {
        kind: match row.get_ref(1)?.as_str()? {
            "snapshot" => Kind::Snapshot,
            _ => Kind::Volume,
        },
        id: row.get(2)?,
        slug: Slug::try_from(row.get::<_, String>(3)?).map_err(|e| checked(3, e))?,
        region: Region::try_from(row.get::<_, String>(4)?).map_err(|e| checked(4, e))?,
        capacity: bytes(row, 5)?,
        usage: Usage {
            allocated: bytes(row, 6)?,
            flattened: bytes(row, 7)?,
            empty: row.get::<_, Option<i64>>(8)?.map(i64::unsigned_abs),
        },
        is_bootable: row.get(9)?,
        origin,
    };
    Ok((row.get(0)?, item))
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

/// SQLite counts to 2⁶³; no volume is larger.
fn as_integer(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind, id: &str, slug: &str) -> Item {
        Item {
            kind,
            id: id.to_owned(),
            slug: slug.parse().unwrap(),
            region: Region::ord(),
            capacity: 1_000_000_000,
            usage: Usage::default(),
            is_bootable: false,
            origin: None,
        }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("emulator.db")).unwrap();
        (dir, store)
    }

    #[test]
    fn a_volume_and_a_snapshot_cannot_share_a_slug_until_one_is_deleted() {
        let (_dir, store) = store();
        store.insert(&item(Kind::Volume, "vol_1", "cache")).unwrap();
        let snapshot = item(Kind::Snapshot, "snp_1", "cache");
        assert!(matches!(
            store.insert(&snapshot),
            Err(StoreError::SlugInUse)
        ));
        assert!(store.mark_deleted("vol_1", 5).unwrap());
        store.insert(&snapshot).unwrap();
        assert_eq!(
            store
                .find(Kind::Snapshot, &"cache".parse().unwrap())
                .unwrap(),
            Some(snapshot)
        );
    }

    #[test]
    fn pages_by_number_show_every_item_once_newest_first() {
        let (_dir, store) = store();
        for n in 0..7 {
            store
                .insert(&item(
                    Kind::Volume,
                    &format!("vol_{n}"),
                    &format!("slug-{n}"),
                ))
                .unwrap();
        }
        let mut filter = Filter {
            limit: 3,
            ..Filter::default()
        };
        let mut seen = Vec::new();
        loop {
            let (page, more) = store.list(Kind::Volume, &filter).unwrap();
            filter.before = page.last().map(|(seq, _)| *seq);
            seen.extend(page.into_iter().map(|(_, item)| item.id));
            if !more {
                break;
            }
        }
        assert_eq!(
            seen,
            [
                "vol_6", "vol_5", "vol_4", "vol_3", "vol_2", "vol_1", "vol_0"
            ]
        );
    }

    #[test]
    fn search_takes_no_wildcards() {
        let (_dir, store) = store();
        store.insert(&item(Kind::Volume, "vol_1", "cache")).unwrap();
        let found = |search: &str| {
            let filter = Filter {
                search: Some(search.to_owned()),
                limit: 10,
                ..Filter::default()
            };
            store.list(Kind::Volume, &filter).unwrap().0.len()
        };
        assert_eq!((found("ach"), found("vol_"), found("ol_")), (1, 1, 0));
        assert_eq!((found("%"), found("c_che")), (0, 0));
    }
}
