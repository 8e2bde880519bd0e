use std::time::Duration;

use deno_sandbox::{Client, ClientBuilder, ErrorCode, VolumeOptions};

use crate::server::{Server, VOLUME, json};

fn code(builder: ClientBuilder) -> ErrorCode {
    let error = builder.build().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("could not configure the client: "),
        "{error}"
    );
    error.code()
}

fn empty() -> ClientBuilder {
    Client::builder().environment([("", ""); 0])
}

#[tokio::test]
async fn a_token_is_needed_and_a_personal_one_needs_an_organization() {
    assert_eq!(code(empty()), ErrorCode::MissingToken);
    assert_eq!(code(empty().token("")), ErrorCode::MissingToken);
    assert_eq!(
        code(empty().environment([("DENO_DEPLOY_TOKEN", "")])),
        ErrorCode::MissingToken
    );
    assert_eq!(code(empty().token("ddo_a b")), ErrorCode::MalformedToken);
    assert_eq!(
        code(empty().token("ddo_a\r\nx: y")),
        ErrorCode::MalformedToken
    );
    assert_eq!(code(empty().token("ddp_x")), ErrorCode::MissingOrg);
    assert_eq!(code(empty().token("ddp_x").org("")), ErrorCode::MissingOrg);
    assert_eq!(
        code(empty().token("ddp_x").org("a\nb")),
        ErrorCode::InvalidOption
    );
    empty().token("ddp_x").org("my-org").build().unwrap();
    empty().token("ddo_x").build().unwrap();
}

#[tokio::test]
async fn endpoints_and_deadlines_are_checked() {
    let good = || empty().token("ddo_x");
    assert_eq!(
        code(good().endpoint("console.deno.com")),
        ErrorCode::InvalidEndpoint
    );
    assert_eq!(code(good().endpoint("")), ErrorCode::InvalidEndpoint);
    assert_eq!(
        code(good().sandbox_endpoint("ftp://x")),
        ErrorCode::InvalidEndpoint
    );
    assert_eq!(
        code(good().sandbox_base_domain("https://x")),
        ErrorCode::InvalidEndpoint
    );
    let env = [
        ("DENO_DEPLOY_TOKEN", "ddo_x"),
        ("DENO_SANDBOX_ENDPOINT", "localhost:8080"),
    ];
    assert_eq!(code(empty().environment(env)), ErrorCode::InvalidEndpoint);
    assert_eq!(
        code(good().request_timeout(Duration::ZERO)),
        ErrorCode::InvalidOption
    );
    assert_eq!(
        code(good().connect_timeout(Duration::ZERO)),
        ErrorCode::InvalidOption
    );
    assert_eq!(
        code(good().idle_timeout(Duration::ZERO)),
        ErrorCode::InvalidOption
    );
}

#[test]
fn outside_a_runtime_the_error_says_what_is_missing() {
    let error = empty().token("ddo_x").build().unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidState);
    assert!(error.message().contains("tokio runtime"), "{error}");
}

#[tokio::test]
async fn an_option_beats_the_environment_and_the_environment_the_default() {
    let server = Server::start(|_, _| json(200, VOLUME)).await;
    let environment = [
        ("DENO_DEPLOY_TOKEN", "ddp_environment"),
        ("DENO_DEPLOY_ORG", "environment-org"),
        ("DENO_DEPLOY_ENDPOINT", server.url.as_str()),
    ];
    let from_environment = Client::builder().environment(environment).build().unwrap();
    from_environment.volumes().get("x1").await.unwrap();
    let explicit = Client::builder()
        .environment(environment)
        .token("ddo_option")
        .org("option-org");
    let explicit = explicit
        .endpoint(format!("{}/prefix/", server.url))
        .build()
        .unwrap();
    explicit.volumes().get("x1").await.unwrap();

    let requests = server.requests();
    assert_eq!(requests[0].line(), "GET /api/v2/volumes/x1");
    assert_eq!(
        requests[0].header("authorization"),
        Some("Bearer ddp_environment")
    );
    assert_eq!(requests[0].header("x-deno-org"), Some("environment-org"));
    assert_eq!(requests[1].line(), "GET /prefix/api/v2/volumes/x1");
    assert_eq!(
        requests[1].header("authorization"),
        Some("Bearer ddo_option")
    );
    assert_eq!(requests[1].header("x-deno-org"), Some("option-org"));
}

#[tokio::test]
async fn requests_arrive_as_they_should() {
    let server = Server::start(|_, _| json(200, VOLUME)).await;
    let client = server.client();
    client
        .volumes()
        .create(VolumeOptions::new("training-cache", "ord", "2GB"))
        .await
        .unwrap();
    client.volumes().delete("../apps/victim?x#y").await.unwrap();

    let requests = server.requests();
    let agent = format!("deno-sandbox-rust/{}", env!("CARGO_PKG_VERSION"));
    assert!(
        requests
            .iter()
            .all(|r| r.header("user-agent") == Some(agent.as_str()))
    );
    assert!(requests.iter().all(|r| r.header("x-deno-org").is_none()));
    assert_eq!(requests[0].line(), "POST /api/v2/volumes");
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(
        requests[0].body,
        r#"{"slug":"training-cache","region":"ord","capacity":2000000000}"#
    );
    assert_eq!(
        requests[1].line(),
        "DELETE /api/v2/volumes/..%2Fapps%2Fvictim%3Fx%23y"
    );
    assert_eq!(requests[1].header("content-type"), None);
}

#[tokio::test]
async fn nothing_is_sent_for_values_that_cannot_be_right() {
    let server = Server::start(|_, _| json(200, VOLUME)).await;
    let client = server.client();
    let volumes = client.volumes();
    let create = |options| volumes.create(options);
    for (options, code) in [
        (
            VolumeOptions::new("Training Cache", "ord", "2GB"),
            ErrorCode::InvalidSlug,
        ),
        (
            VolumeOptions::new("training-cache", "Chicago", "2GB"),
            ErrorCode::InvalidRegion,
        ),
        (
            VolumeOptions::new("training-cache", "ord", "2gb"),
            ErrorCode::InvalidCapacity,
        ),
        (
            VolumeOptions::new("training-cache", "ord", 2),
            ErrorCode::InvalidCapacity,
        ),
        (
            VolumeOptions::new("training-cache", "ord", "2GB").from(".."),
            ErrorCode::InvalidReference,
        ),
        // The first malformed value is the one reported.
        (
            VolumeOptions::new("X", "Chicago", "2gb").from(""),
            ErrorCode::InvalidSlug,
        ),
    ] {
        let error = create(options).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(
            error.to_string().starts_with("could not create volume \""),
            "{error}"
        );
    }
    for reference in ["", ".", ".."] {
        let error = volumes.delete(reference).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidReference);
        volumes.get(reference).await.unwrap_err();
        volumes.snapshot(reference, "snap-1").await.unwrap_err();
        client.snapshots().delete(reference).await.unwrap_err();
    }
    let error = volumes.snapshot("training-cache", "-").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidSlug);
    let error = client.sandboxes().kill("../volumes").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidSandboxId);
    assert!(server.requests().is_empty());
}
