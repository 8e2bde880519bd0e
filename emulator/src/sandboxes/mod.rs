//! Sandboxes: containers with an agent inside, and who may still use them.

mod bubblewrap;
mod cgroup;
mod config;
mod launcher;
mod registry;
mod sandbox;

pub(crate) use config::{Lifetime, SandboxConfig};
pub(crate) use registry::{Sandboxes, Settings};
pub(crate) use sandbox::{End, Sandbox, now_ms};
