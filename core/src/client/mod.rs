//! The API users call.

mod action;
mod byte_stream;
#[expect(
    clippy::module_inception,
    reason = "the file is named after the type it holds"
)]
mod client;
mod command;
mod connection;
mod content;
mod driver;
mod dynamic;
mod entries;
mod env;
mod file;
mod fs;
#[cfg(feature = "native")]
mod inherit;
mod operations;
mod options;
mod page;
mod process;
mod request;
mod sandbox;
mod sandbox_options;
mod sandboxes;
mod send;
mod sh;
mod snapshots;
mod streams;
#[cfg(feature = "native")]
mod transfer;
mod volumes;

pub use action::Action;
pub use byte_stream::{ByteStream, ProcessInput};
pub use client::{Client, ClientBuilder};
pub use command::{Command, Stdio};
pub use content::FileStream;
pub use dynamic::Answer;
pub use entries::EntryStream;
pub use env::Env;
pub use file::FsFile;
pub use fs::Fs;
pub use operations::JsonPage;
pub use page::{ItemStream, Page};
pub use process::{Output, Process};
pub use request::Request;
pub use sandbox::Sandbox;
pub use sandbox_options::{SandboxOptions, Source};
pub use sandboxes::Sandboxes;
pub use sh::{Sh, quote};
pub use snapshots::Snapshots;
#[cfg(feature = "native")]
pub use transfer::TransferProgress;
pub use volumes::{VolumeOptions, Volumes};
