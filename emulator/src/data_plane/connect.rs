//! The two WebSockets: one that creates a sandbox, one that joins a running one.

use std::sync::Arc;

use axum::extract::ws::{WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::relay;
use crate::api_error::{ApiError, Code};
use crate::app::App;
use crate::sandboxes::{End, Lifetime, Sandbox, SandboxConfig, now_ms};

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

pub(super) async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(not_a_websocket)?;
    let config = SandboxConfig::from_header(headers.get("x-deno-sandbox-config"), now_ms())?;
    if let Some(region) = &config.region
        && !app.config.regions.contains(region)
    {
        return Err(ApiError::new(
            Code::InvalidRegion,
            format!("there is no region \"{region}\" here"),
        ));
    }
    let sandbox = app.sandboxes.create(config, &app.volumes).await?;
    let session = Session(sandbox.clone());
    Ok(open(upgrade, sandbox, &headers, Some(session)))
}

pub(super) async fn connect(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(not_a_websocket)?;
    let sandbox = app.sandboxes.find(&id)?;
    Ok(open(upgrade, sandbox, &headers, None))
}

/// The connection that created a sandbox: when it is gone, so is a sandbox that lives with it.
struct Session(Arc<Sandbox>);

impl Drop for Session {
    fn drop(&mut self) {
        if self.0.lifetime() == Lifetime::Session {
            self.0.end(End::SessionClosed);
        }
    }
}

fn open(
    upgrade: WebSocketUpgrade,
    sandbox: Arc<Sandbox>,
    headers: &HeaderMap,
    session: Option<Session>,
) -> Response {
    let id = sandbox.id.to_string();
    let max_frame = max_frame(headers);
    // From now on, not from when the client has been answered: it may ask for a cut before that.
    let cuts = sandbox.cuts();
    let serve = move |socket: WebSocket| async move {
        relay::run(socket, &sandbox, max_frame, cuts, session).await;
    };
    let mut response = upgrade
        .max_message_size(relay::MAX_MESSAGE)
        .max_frame_size(relay::MAX_MESSAGE)
        .read_buffer_size(relay::READ_BUFFER)
        .write_buffer_size(0)
        .on_upgrade(serve)
        .into_response();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-deno-sandbox-id", id);
    }
    response
}

/// The largest message a client takes: what it says, or by the WebSocket library it names. Python's
/// `websockets` closes the connection on more than 1 MiB, `ws` for Node on more than 100 MiB.
fn max_frame(headers: &HeaderMap) -> usize {
    let said = headers.get("x-deno-sandbox-max-message");
    if let Some(bytes) = said.and_then(|bytes| bytes.to_str().ok()?.parse().ok()) {
        return usize::clamp(bytes, 64 << 10, 100 << 20);
    }
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    match agent {
        Some(agent) if agent.starts_with("Python/") && agent.contains("websockets/") => 1 << 20,
        _ => 100 << 20,
    }
}

fn not_a_websocket(rejection: WebSocketUpgradeRejection) -> ApiError {
    ApiError::new(
        Code::InvalidRequest,
        format!("this address takes a WebSocket only: {rejection}"),
    )
}
