use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use deno_sandbox::Snapshot;

use super::body::Named;
use super::listing::Listing;
use crate::api_error::ApiError;
use crate::app::App;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    listing: Listing,
) -> Result<Response, ApiError> {
    let (snapshots, next) = app.volumes.list_snapshots(listing.filter()).await?;
    Ok(listing.answer(snapshots, next))
}

pub(super) async fn get(
    State(app): State<Arc<App>>,
    Named(snapshot): Named,
) -> Result<Json<Snapshot>, ApiError> {
    Ok(Json(app.volumes.get_snapshot(&snapshot).await?))
}

pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Named(snapshot): Named,
) -> Result<StatusCode, ApiError> {
    app.volumes.delete_snapshot(&snapshot).await?;
    Ok(StatusCode::NO_CONTENT)
}
