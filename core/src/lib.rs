//! SDK for Deno Sandbox: Linux microVMs on demand, and the persistent volumes mounted into them.

#![cfg_attr(
    target_arch = "wasm32",
    expect(
        clippy::arc_with_non_send_sync,
        reason = "the types are the same where there are threads"
    )
)]

pub mod model;
pub mod rpc;
pub mod transport;

mod client;
mod error;
mod json;
mod rest;
mod sorted_map;

#[cfg(feature = "native")]
pub use client::TransferProgress;
pub use client::{
    Action, Answer, ByteStream, Client, ClientBuilder, Command, EntryStream, Env, FileStream, Fs,
    FsFile, ItemStream, JsonPage, Output, Page, Process, ProcessInput, Request, Sandbox,
    SandboxOptions, Sandboxes, Sh, Snapshots, Source, Stdio, VolumeOptions, Volumes, quote,
};
pub use error::{Error, ErrorClass, ErrorCode, Result};
pub use model::{Capacity, Memory, Region, Slug, Snapshot, Timeout, Volume, format_bytes};
pub use rest::page::ListOptions;
pub use rpc::methods::{
    DirEntry, ExpandGlobOptions, MakeTempOptions, MkdirOptions, OpenOptions, ProcessStatus,
    RemoveOptions, WalkEntry, WalkOptions, Whence, WriteOptions,
};
pub use rpc::values::{Date, FileInfo, Regex};
pub use transport::CloseReason;
