//! The API users call.

#[expect(
    clippy::module_inception,
    reason = "the file is named after the type it holds"
)]
mod client;
mod page;
mod sandboxes;
mod send;
mod snapshots;
mod volumes;

pub use client::{Client, ClientBuilder};
pub use page::{ItemStream, Page};
pub use sandboxes::Sandboxes;
pub use snapshots::Snapshots;
pub use volumes::{VolumeOptions, Volumes};
