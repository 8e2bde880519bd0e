//! What the console's host serves, and what holds for every answer of this emulator.

mod body;
mod faults;
mod guard;
mod labels;
mod listing;
mod router;
mod sandboxes;
mod snapshots;
mod volumes;

pub(crate) use router::router;
