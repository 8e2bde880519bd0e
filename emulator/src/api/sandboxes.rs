use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use deno_sandbox::model::SandboxInfo;

use super::body::Named;
use super::labels;
use crate::api_error::ApiError;
use crate::app::App;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Vec<SandboxInfo>>, ApiError> {
    let labels = labels::wanted(&query)?;
    Ok(Json(app.sandboxes.list(&labels)))
}

pub(super) async fn kill(
    State(app): State<Arc<App>>,
    Named(id): Named,
) -> Result<StatusCode, ApiError> {
    app.sandboxes.kill(id.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
