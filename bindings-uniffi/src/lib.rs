//! The core as Swift and Kotlin call it.
//!
//! Every call that can wait takes a [`Cancellation`], since a foreign task's own cancellation does not
//! reach the future behind it. Records are the core's own.

#![allow(
    clippy::result_large_err,
    reason = "the generator knows no boxes, and a failure is copied across the border anyhow"
)]

mod call;
mod client;
mod data;
mod failure;
mod file;
mod fs;
mod list;
mod mailbox;
mod options;
mod process;
mod records;
mod sandbox;
mod snapshots;
mod streams;
mod text;
mod volumes;

pub use call::Cancellation;
pub use client::{Client, ClientOptions, Language};
pub use data::Data;
pub use failure::{ErrorCodeInfo, Failure, FailureDetails, error_codes};
pub use file::{File, FileContent};
pub use fs::Fs;
pub use list::{ListQuery, SnapshotItems, SnapshotPage, VolumeItems, VolumePage};
pub use mailbox::{Mailbox, Text};
pub use options::{CommandOptions, SandboxOptions, Secret, ShOptions, Source};
pub use process::{Output, Process};
pub use records::{SandboxInfo, SandboxStatus, TransferProgress};
pub use sandbox::{CloseReason, Sandbox};
pub use streams::{ByteStream, Content, Entries, FileStream, Lines, ProcessInput, Progress};
pub use text::{format_bytes, quote};

uniffi::setup_scaffolding!("deno_sandbox");
