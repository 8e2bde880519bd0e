//! The plain requests about one sandbox.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::api_error::{ApiError, Code};
use crate::app::App;

/// When a sandbox ends, in milliseconds since 1970.
#[derive(Serialize, Deserialize)]
pub(super) struct StopAt {
    stop_at_ms: u64,
}

pub(super) async fn kill(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.sandboxes.kill(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn extend(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<StopAt>, ApiError> {
    let asked: StopAt = serde_json::from_slice(&body).map_err(|error| {
        ApiError::new(
            Code::InvalidRequest,
            format!("the body must be {{\"stop_at_ms\": milliseconds}}: {error}"),
        )
    })?;
    let stop_at_ms = app.sandboxes.extend(&id, asked.stop_at_ms)?;
    Ok(Json(StopAt { stop_at_ms }))
}

pub(super) async fn expose(
    State(app): State<Arc<App>>,
    Path((id, what)): Path<(String, String)>,
) -> Result<(), ApiError> {
    app.sandboxes.find(&id)?;
    Err(ApiError::new(
        Code::NotSupportedByEmulator,
        format!("the emulator does not expose {what}: its sandboxes share this machine's network"),
    ))
}
