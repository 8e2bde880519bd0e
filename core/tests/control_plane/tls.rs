use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deno_sandbox::{Client, ErrorCode};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::server::{Server, VOLUME, builder, json};

/// A server with a certificate of its own; returns its URL and the certificate as PEM.
async fn start() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut socket) = acceptor.accept(socket).await else {
                    return;
                };
                socket.read_buf(&mut Vec::new()).await.unwrap();
                let length = VOLUME.len();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{VOLUME}");
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.flush().await.unwrap();
                // Until the client hangs up.
                let _ = socket.read_buf(&mut Vec::new()).await;
            });
        }
    });
    (url, cert.pem())
}

#[tokio::test]
async fn a_certificate_nobody_trusts_is_refused_and_named() {
    let (url, _) = start().await;
    let client = builder(&url).retry_budget(Duration::ZERO).build().unwrap();
    let error = client.volumes().get("training-cache").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectFailed);
    assert!(error.to_string().contains("certificate"), "{error}");
}

/// What the system trusts is read once for a process, so another one looks: it runs the ignored test
/// `name` with the certificates of `file`.
async fn run_trusting(file: &Path, name: &str, endpoint: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([&format!("tls::{name}"), "--exact", "--ignored"]);
    child.env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
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
async fn a_certificate_the_system_trusts_is_good() {
    let (url, certificate) = start().await;
    let file = std::env::temp_dir().join(format!("deno-sandbox-tls-{}.pem", std::process::id()));
    std::fs::write(&file, certificate).unwrap();
    run_trusting(&file, "child_gets_a_volume", &url).await;
    std::fs::remove_file(&file).unwrap();
}

/// A slim container has none.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_without_certificates_lacks_them_only_for_tls() {
    let nothing = Path::new("/nowhere/certificates.pem");
    let plain = Server::start(|_, _| json(200, VOLUME)).await;
    run_trusting(nothing, "child_gets_a_volume", &plain.url).await;
    assert_eq!(plain.requests().len(), 1);
    let (url, _) = start().await;
    run_trusting(nothing, "child_is_told_to_install_certificates", &url).await;
}

#[tokio::test]
#[ignore = "run by the test above, in an environment of its making"]
async fn child_is_told_to_install_certificates() {
    let client = Client::from_env().unwrap();
    let started = Instant::now();
    let error = client.volumes().get("training-cache").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::LocalIo);
    let text = error.to_string();
    assert!(text.contains("https://localhost"), "{text}");
    assert!(text.contains("SSL_CERT_FILE"), "{text}");
    // Nothing is gained by trying again.
    assert!(!error.is_retryable() && started.elapsed() < Duration::from_secs(5));
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
