//! What a region's host serves: creating sandboxes and talking to them.

use std::sync::Arc;

use axum::Router;

use crate::app::App;

/// The routes under `/api/v3/sandbox…` that belong to the data plane.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
}
