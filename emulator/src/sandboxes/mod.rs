//! The sandboxes that run.

use std::collections::BTreeMap;

use deno_sandbox::model::{SandboxId, SandboxInfo};

use crate::api_error::{ApiError, Code};

/// Every sandbox of this emulator.
#[derive(Debug, Default)]
pub(crate) struct Sandboxes;

impl Sandboxes {
    /// The sandboxes that carry every one of `labels`, newest first.
    pub(crate) fn list(&self, _labels: &BTreeMap<String, String>) -> Vec<SandboxInfo> {
        Vec::new()
    }

    /// Ends a sandbox; its volumes are free once this returns.
    pub(crate) async fn kill(&self, id: &SandboxId) -> Result<(), ApiError> {
        Err(not_found(id))
    }

    /// Sets when a sandbox ends, in milliseconds since 1970.
    pub(crate) async fn extend(&self, id: &SandboxId, _stop_at_ms: u64) -> Result<u64, ApiError> {
        Err(not_found(id))
    }

    /// Ends every sandbox.
    pub(crate) async fn shutdown(&self) {}
}

fn not_found(id: &SandboxId) -> ApiError {
    ApiError::new(Code::SandboxNotFound, format!("no sandbox \"{id}\" runs"))
}
