use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};

use super::{faults, guard, sandboxes, snapshots, volumes};
use crate::api_error::{ApiError, Code};
use crate::app::App;
use crate::data_plane;

/// No request of the service is longer.
const BODY_LIMIT: usize = 64 * 1024;

/// What the service has and the emulator has not.
const UNSUPPORTED: &[&str] = &["/api/v2/apps", "/api/v2/layers", "/api/v2/revisions"];

/// Everything this emulator serves.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/v2/volumes", get(volumes::list).post(volumes::create))
        .route(
            "/api/v2/volumes/{volume}",
            get(volumes::get).delete(volumes::delete),
        )
        .route("/api/v2/volumes/{volume}/snapshot", post(volumes::snapshot))
        .route("/api/v2/snapshots", get(snapshots::list))
        .route(
            "/api/v2/snapshots/{snapshot}",
            get(snapshots::get).delete(snapshots::delete),
        )
        .route("/api/v2/sandboxes", get(sandboxes::list))
        // The published Python package lists and ends sandboxes here.
        .route("/api/v3/sandboxes", get(sandboxes::list))
        .route("/api/v3/sandboxes/{sandbox}", delete(sandboxes::kill))
        .merge(data_plane::router())
        .route(
            "/emulator/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        )
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&app), faults::inject))
        .layer(from_fn_with_state(Arc::clone(&app), guard::authenticate))
        .layer(from_fn(guard::trace))
        .with_state(app)
}

async fn unknown_path(uri: Uri) -> ApiError {
    let path = uri.path();
    let is_below = |prefix: &&str| {
        path.strip_prefix(*prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if UNSUPPORTED.iter().any(is_below) || path.ends_with("/deploy") {
        return ApiError::new(
            Code::NotSupportedByEmulator,
            format!("the emulator has volumes, snapshots and sandboxes, and not \"{path}\""),
        );
    }
    ApiError::new(Code::NotFound, format!("there is nothing at \"{path}\""))
}

async fn unknown_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        Code::MethodNotAllowed,
        format!("\"{}\" does not take {method}", uri.path()),
    )
}
