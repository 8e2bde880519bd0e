use std::process::Command;

use crate::server::{Server, VOLUME, builder, json};

/// A proxy is read from the environment, which a test cannot change for itself alone, so another
/// process does the talking.
#[tokio::test(flavor = "multi_thread")]
async fn proxies_from_the_environment_are_used() {
    let proxy = Server::start(|_, _| json(200, VOLUME)).await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "proxy::asks_for_a_volume_of_a_host_that_does_not_exist",
        "--exact",
        "--ignored",
    ]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        child.env_remove(name).env_remove(name.to_lowercase());
    }
    child.env("HTTP_PROXY", &proxy.url);
    let output = tokio::task::spawn_blocking(move || child.output().unwrap())
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let requests = proxy.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].line(),
        "GET http://service.invalid/api/v2/volumes/training-cache"
    );
}

#[tokio::test]
#[ignore = "run by `proxies_from_the_environment_are_used`, with a proxy in the environment"]
async fn asks_for_a_volume_of_a_host_that_does_not_exist() {
    let client = builder("http://service.invalid").build().unwrap();
    assert!(
        client
            .volumes()
            .get("training-cache")
            .await
            .unwrap()
            .is_some()
    );
}
