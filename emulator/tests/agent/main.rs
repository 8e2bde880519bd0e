//! The program inside a sandbox, spoken to as the relay speaks to it: frames over a Unix socket.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod files;
mod handles;
mod processes;
mod protocol;
mod trees;
