use std::time::{Duration, Instant};

use deno_sandbox::{Sandbox, SandboxOptions, VolumeOptions};
use deno_sandbox_tests::Emulator;

use crate::http::send;

fn ask(emulator: &Emulator, fault: &str) {
    let (status, answer) = send(emulator, "POST", "/emulator/faults", fault).unwrap();
    assert_eq!(status, 204, "{answer}");
}

#[tokio::test]
async fn a_refused_read_is_tried_again_and_a_creation_that_may_have_arrived_is_not() {
    let emulator = Emulator::start();
    let client = emulator.client();
    ask(
        &emulator,
        r#"{"at": "GET /api/v2/volumes", "do": "refuse", "status": 503, "retry_after": 0, "times": 2}"#,
    );
    assert!(client.volumes().get("none").await.unwrap().is_none());

    ask(
        &emulator,
        r#"{"at": "POST /api/v2/volumes", "do": "cut-answer"}"#,
    );
    let options = || VolumeOptions::new("cache", "ord", "300MB");
    client.volumes().create(options()).await.unwrap_err();
    assert!(client.volumes().get("cache").await.unwrap().is_some());
}

#[test]
fn a_cut_request_is_not_carried_out() {
    let emulator = Emulator::start();
    ask(&emulator, r#"{"at": "POST /api/v2/volumes", "do": "cut"}"#);
    let body = r#"{"slug": "cache", "region": "ord", "capacity": "1GB"}"#;
    assert_eq!(send(&emulator, "POST", "/api/v2/volumes", body), None);
    let (status, _) = send(&emulator, "GET", "/api/v2/volumes/cache", "").unwrap();
    assert_eq!(status, 404);
}

#[test]
fn a_delay_happens_as_often_as_asked_and_can_be_taken_back() {
    let emulator = Emulator::start();
    ask(
        &emulator,
        r#"{"at": "* /api/v2", "do": "delay", "ms": 300}"#,
    );
    let took = || {
        let start = Instant::now();
        send(&emulator, "GET", "/api/v2/volumes", "").unwrap();
        start.elapsed()
    };
    assert!(took() >= Duration::from_millis(300));
    assert!(took() < Duration::from_millis(250));

    ask(
        &emulator,
        r#"{"at": "* /api/v2", "do": "delay", "ms": 300, "times": 9}"#,
    );
    send(&emulator, "DELETE", "/emulator/faults", "").unwrap();
    assert!(took() < Duration::from_millis(250));
}

#[test]
fn what_describes_no_fault_is_refused() {
    let emulator = Emulator::start();
    for fault in [
        "",
        "{}",
        r#"{"at": "GET", "do": "cut"}"#,
        r#"{"at": "GET /api", "do": "explode"}"#,
        r#"{"at": "GET /api", "do": "refuse", "status": 200}"#,
    ] {
        let (status, _) = send(&emulator, "POST", "/emulator/faults", fault).unwrap();
        assert_eq!(status, 400, "{fault}");
    }
}

#[tokio::test]
async fn a_sandbox_expires_or_loses_its_connection_on_demand() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let options = SandboxOptions::new().timeout("5m");
    let sandbox = Sandbox::create(&client, options).await.unwrap();
    let id = sandbox.id().to_owned();

    ask(&emulator, &format!(r#"{{"sandbox": "{id}", "do": "cut"}}"#));
    sandbox.closed().await;
    let again = Sandbox::connect(&client, &id).await.unwrap();

    ask(
        &emulator,
        &format!(r#"{{"sandbox": "{id}", "do": "expire"}}"#),
    );
    again.closed().await;
    assert!(Sandbox::connect(&client, &id).await.is_err());
}
