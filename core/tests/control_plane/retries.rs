use std::time::{Duration, Instant};

use deno_sandbox::{ErrorCode, VolumeOptions};
use tokio::net::TcpListener;

use crate::server::{Reply, Server, VOLUME, answer, builder, json};

const BUSY: &str = r#"{"code":"BUSY","message":"Try again."}"#;
const ABSENT: &str = r#"{"code":"VOLUME_NOT_FOUND","message":"No such volume."}"#;

fn new_volume() -> VolumeOptions {
    VolumeOptions::new("training-cache", "ord", "2GB")
}

#[tokio::test]
async fn a_read_survives_an_overloaded_service_and_a_cut_connection() {
    let server = Server::start(|n, _| match n {
        0 => json(503, BUSY),
        1 => Reply::Cut,
        _ => json(200, VOLUME),
    })
    .await;
    let volume = server
        .client()
        .volumes()
        .get("training-cache")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((volume.slug.as_str(), volume.used), ("training-cache", 7));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|r| r.line() == "GET /api/v2/volumes/training-cache")
    );
}

#[tokio::test]
async fn a_creation_that_may_have_arrived_is_sent_once() {
    for reply in [|| json(503, BUSY), || Reply::Cut] {
        let server = Server::start(move |_, _| reply()).await;
        let error = server
            .client()
            .volumes()
            .create(new_volume())
            .await
            .unwrap_err();
        assert!(
            matches!(
                error.code(),
                ErrorCode::Unavailable | ErrorCode::ConnectionBroken
            ),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with("could not create volume \"training-cache\": ")
        );
        assert_eq!(server.requests().len(), 1);
    }
}

/// Also where the pooled connection of an earlier call is the one that breaks.
#[tokio::test]
async fn a_creation_on_a_reused_connection_is_sent_once() {
    let server = Server::start(|n, _| {
        if n == 0 {
            json(200, VOLUME)
        } else {
            Reply::Cut
        }
    })
    .await;
    let client = server.client();
    client.volumes().create(new_volume()).await.unwrap();
    let error = client.volumes().create(new_volume()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionBroken);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_creation_that_found_no_service_is_sent_again() {
    let reserved = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    let client = builder(&format!("http://{address}")).build().unwrap();
    let volumes = client.volumes();
    let creating = volumes.create(new_volume());
    let starting = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let listener = TcpListener::bind(address).await.unwrap();
        Server::on(listener, |_, _| json(200, VOLUME))
    };
    let (volume, server) = tokio::join!(creating, starting);
    assert_eq!(volume.unwrap().id, "vol_1");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_service_says_how_long_to_wait() {
    let server = Server::start(|n, _| match n {
        0 => answer(429, &[("retry-after", "1")], BUSY),
        _ => json(200, VOLUME),
    })
    .await;
    let start = Instant::now();
    server
        .client()
        .volumes()
        .get("training-cache")
        .await
        .unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_wait_beyond_the_budget_is_not_begun() {
    let server = Server::start(|_, _| answer(429, &[("retry-after", "3600")], BUSY)).await;
    let start = Instant::now();
    let error = server
        .client()
        .volumes()
        .get("training-cache")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert!(error.is_retryable());
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn attempts_end() {
    let server = Server::start(|_, _| json(503, BUSY)).await;
    let error = server
        .client()
        .volumes()
        .get("training-cache")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "could not get volume \"training-cache\": Try again. (HTTP 503, BUSY)"
    );
    assert_eq!(server.requests().len(), 4);

    let once = server
        .builder()
        .retry_budget(Duration::ZERO)
        .build()
        .unwrap();
    once.volumes().get("training-cache").await.unwrap_err();
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_deletion_whose_first_attempt_may_have_worked_is_a_success() {
    let server = Server::start(|n, _| {
        if n == 0 {
            Reply::Cut
        } else {
            json(404, ABSENT)
        }
    })
    .await;
    server
        .client()
        .volumes()
        .delete("training-cache")
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_deletion_of_nothing_is_an_error() {
    let server = Server::start(|_, _| json(404, ABSENT)).await;
    let error = server
        .client()
        .volumes()
        .delete("training-cache")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);

    // Being told to slow down is not having been served.
    let server = Server::start(|n, _| {
        if n == 0 {
            answer(429, &[("retry-after", "0")], BUSY)
        } else {
            json(404, ABSENT)
        }
    })
    .await;
    let error = server
        .client()
        .volumes()
        .delete("training-cache")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_is_absent_is_none_whatever_the_body() {
    for body in [ABSENT, "", "<html>not found</html>"] {
        let server = Server::start(move |_, _| answer(404, &[], body)).await;
        assert_eq!(server.client().volumes().get("absent").await.unwrap(), None);
        assert_eq!(
            server.client().snapshots().get("absent").await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn a_deletion_ignores_the_body() {
    for (status, body) in [(200, "<html>"), (200, "{}"), (202, "")] {
        let server = Server::start(move |_, _| answer(status, &[], body)).await;
        server.client().snapshots().delete("snap-1").await.unwrap();
    }
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let server = Server::start(|_, r| match r.line() {
        "GET /elsewhere" => json(200, VOLUME),
        _ => answer(301, &[("location", "/elsewhere")], ""),
    })
    .await;
    let error = server
        .client()
        .volumes()
        .get("training-cache")
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::ProtocolViolation);
    assert!(error.message().contains("/elsewhere"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_page_of_a_proxy_is_named_and_not_dumped() {
    let page = "<html><body>Please sign in</body></html>";
    let html = [("content-type", "text/html")];
    for status in [200, 403] {
        let server = Server::start(move |_, _| answer(status, &html, page)).await;
        let error = server
            .client()
            .volumes()
            .get("training-cache")
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(
            error.message().contains("an HTML page instead of JSON"),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("sign in"), "{error:?}");
    }
}

#[tokio::test]
async fn a_success_of_another_shape_is_a_violation() {
    for body in ["{}", "[]", "null", "", r#"{"id":17}"#] {
        let server = Server::start(move |_, _| json(200, body)).await;
        let error = server
            .client()
            .volumes()
            .create(new_volume())
            .await
            .unwrap_err();
        assert_eq!(
            error.code(),
            ErrorCode::ProtocolViolation,
            "{body}: {error}"
        );
    }
}
