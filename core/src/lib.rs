//! SDK for Deno Sandbox: Linux microVMs on demand, and the persistent volumes mounted into them.

pub mod model;
pub mod rpc;
pub mod transport;

mod client;
mod error;
mod rest;

pub use client::{
    Client, ClientBuilder, ItemStream, Page, Sandboxes, Snapshots, VolumeOptions, Volumes,
};
pub use error::{Error, ErrorClass, ErrorCode, Result};
pub use model::{Capacity, Memory, Region, Slug, Snapshot, Timeout, Volume, format_bytes};
pub use rest::page::ListOptions;
