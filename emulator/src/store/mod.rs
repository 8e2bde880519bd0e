//! What is remembered: one SQLite file.

mod items;
mod open;

pub(crate) use items::{Filter, Item, Kind, Usage};
pub(crate) use open::{Store, StoreError};
