use std::process::Command;

use deno_sandbox::Client;

use crate::server::{Server, VOLUME, json};

/// A proxy is read from the environment, which a test cannot change for itself alone, so another
/// process does the talking: it runs the ignored test `name`.
async fn run_behind(proxy: &str, name: &str, endpoint: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([&format!("proxy::{name}"), "--exact", "--ignored"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        child.env_remove(name).env_remove(name.to_lowercase());
    }
    child.env("HTTP_PROXY", proxy);
    child
        .env("DENO_DEPLOY_TOKEN", "ddo_test")
        .env("DENO_DEPLOY_ENDPOINT", endpoint);
    let output = tokio::task::spawn_blocking(move || child.output().unwrap())
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_from_the_environment_are_used() {
    let proxy = Server::start(|_, _| json(200, VOLUME)).await;
    run_behind(&proxy.url, "child_gets_a_volume", "http://service.invalid").await;
    let requests = proxy.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].line(),
        "GET http://service.invalid/api/v2/volumes/training-cache"
    );
    assert_eq!(requests[0].header("authorization"), Some("Bearer ddo_test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine_is_reached_without_the_proxy() {
    let proxy = Server::start(|_, _| json(502, "{}")).await;
    let server = Server::start(|_, _| json(200, VOLUME)).await;
    run_behind(&proxy.url, "child_gets_a_volume", &server.url).await;
    assert_eq!(server.requests().len(), 1);
    assert!(proxy.requests().is_empty());
}

#[tokio::test]
#[ignore = "run by the tests above, in an environment of their making"]
async fn child_gets_a_volume() {
    let client = Client::from_env().unwrap();
    assert!(
        client
            .volumes()
            .get("training-cache")
            .await
            .unwrap()
            .is_some()
    );
}
