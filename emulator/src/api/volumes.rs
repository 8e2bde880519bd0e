use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use deno_sandbox::{Snapshot, Volume};

use super::body::{Body, Named};
use super::listing::Listing;
use crate::api_error::ApiError;
use crate::app::App;
use crate::volumes::NewVolume;

pub(super) async fn create(
    State(app): State<Arc<App>>,
    body: Body,
) -> Result<(StatusCode, Json<Volume>), ApiError> {
    let from = body.optional_text("from")?;
    let new = NewVolume {
        slug: body.text("slug")?.parse()?,
        region: body.text("region")?.parse()?,
        capacity: body.capacity("capacity")?,
        from: from.map(str::parse).transpose()?,
    };
    let volume = app.volumes.create(new).await?;
    Ok((StatusCode::CREATED, Json(volume)))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    listing: Listing,
) -> Result<Response, ApiError> {
    let (volumes, next) = app.volumes.list(listing.filter()).await?;
    Ok(listing.answer(volumes, next))
}

pub(super) async fn get(
    State(app): State<Arc<App>>,
    Named(volume): Named,
) -> Result<Json<Volume>, ApiError> {
    Ok(Json(app.volumes.get(&volume).await?))
}

pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Named(volume): Named,
) -> Result<StatusCode, ApiError> {
    app.volumes.delete(&volume).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn snapshot(
    State(app): State<Arc<App>>,
    Named(volume): Named,
    body: Body,
) -> Result<(StatusCode, Json<Snapshot>), ApiError> {
    let slug = body.text("slug")?.parse()?;
    let snapshot = app.volumes.snapshot(&volume, slug).await?;
    Ok((StatusCode::CREATED, Json(snapshot)))
}
