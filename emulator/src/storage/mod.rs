//! The bytes of volumes and snapshots on this machine's disk.

mod disk;
mod image;
mod mode;
mod mounted;
mod tools;

pub(crate) use disk::{Storage, StorageError};
pub(crate) use mode::{Choice, Mode};
pub(crate) use mounted::{Meter, Mounted, tree_size};
