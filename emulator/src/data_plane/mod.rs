//! What a region's host serves: creating sandboxes, talking to them, ending them.

mod connect;
mod manage;
mod relay;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, delete, post};

use crate::app::App;

/// The routes under `/api/v3` that belong to the data plane.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v3/sandboxes/create", any(connect::create))
        .route("/api/v3/sandbox/{id}/connect", any(connect::connect))
        .route(
            "/api/v3/sandbox/{id}",
            delete(manage::kill).patch(manage::extend),
        )
        .route("/api/v3/sandbox/{id}/expose/{what}", post(manage::expose))
}
