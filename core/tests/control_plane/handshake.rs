//! Creating and connecting where the service does not open the connection.

use std::time::Duration;

use deno_sandbox::{ErrorCode, Sandbox, SandboxOptions, Volume};

use crate::server::{Reply, Server, VOLUME, answer, json};

const ID: &str = "sbx_ord_r8jzjxedd2z56h0vdbkq";
const BUSY: &str = r#"{"code":"BUSY","message":"Try again."}"#;

#[tokio::test]
async fn a_sandbox_that_may_have_been_created_is_not_created_again() {
    for reply in [|| json(503, BUSY), || Reply::Cut, || Reply::Hang] {
        let server = Server::start(move |_, _| reply()).await;
        let client = server
            .builder()
            .request_timeout(Duration::from_millis(300))
            .build()
            .unwrap();
        let error = Sandbox::create(&client, SandboxOptions::new())
            .await
            .unwrap_err();
        assert!(
            matches!(
                error.code(),
                ErrorCode::Unavailable | ErrorCode::ConnectionBroken | ErrorCode::RequestTimeout
            ),
            "{error:?}"
        );
        assert!(
            error.to_string().starts_with("could not create "),
            "{error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn connecting_again_is_harmless_and_the_last_answer_is_told() {
    let server = Server::start(|n, _| match n {
        0 => json(503, BUSY),
        1 => Reply::Cut,
        _ => {
            let body = r#"{"code":"SANDBOX_NOT_FOUND","message":"The sandbox has ended."}"#;
            answer(404, &[("x-deno-trace-id", "t1")], body)
        }
    })
    .await;
    let error = Sandbox::connect(&server.client(), ID).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound, "{error:?}");
    assert_eq!((error.status(), error.trace_id()), (Some(404), Some("t1")));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let line = format!("GET /api/v3/sandbox/{ID}/connect");
    assert!(requests.iter().all(|r| r.line() == line), "{requests:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_upgrade_is_a_violation() {
    let server =
        Server::start(|_, _| answer(200, &[("content-type", "text/html")], "<html>")).await;
    let error = Sandbox::create(&server.client(), SandboxOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::ProtocolViolation, "{error:?}");
}

#[tokio::test]
async fn nothing_is_sent_for_a_sandbox_that_cannot_be() {
    let server = Server::start(|_, _| unreachable!()).await;
    let client = server.client();
    let volume: Volume = serde_json::from_str(VOLUME).unwrap();
    for (options, code) in [
        (
            SandboxOptions::new().memory("1MiB"),
            ErrorCode::InvalidMemory,
        ),
        (
            SandboxOptions::new().timeout("1.5m"),
            ErrorCode::InvalidTimeout,
        ),
        (
            SandboxOptions::new().region("Chicago"),
            ErrorCode::InvalidRegion,
        ),
        (
            SandboxOptions::new().volume("data", "x1"),
            ErrorCode::InvalidMountPath,
        ),
        (
            SandboxOptions::new().volume("/data", ".."),
            ErrorCode::InvalidReference,
        ),
        (
            SandboxOptions::new().region("ams").volume("/data", &volume),
            ErrorCode::InvalidRegion,
        ),
    ] {
        let error = Sandbox::create(&client, options).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    let error = Sandbox::connect(&client, "../sandboxes/create")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidSandboxId);
}
