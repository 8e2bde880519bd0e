use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

use crate::transport::{
    BoxFuture, FailureKind, HttpClient, HttpRequest, HttpResponse, Method, TransportFailure,
    root_cause,
};

/// The largest body of an answer, in bytes.
const MAX_BODY: usize = 64 << 20;

/// reqwest's clients, one for each setting in use that is a property of reqwest's client and not of a
/// request: nearly always one.
#[derive(Default)]
pub(super) struct Clients(Mutex<Vec<(Settings, reqwest::Client)>>);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Settings {
    connect_timeout: Option<Duration>,
    /// This machine is reached directly, whatever proxy the environment names: a proxy elsewhere
    /// would take a local emulator's address for its own.
    uses_proxy: bool,
    /// The server speaks TLS, so its certificate has to be checked.
    tls: bool,
}

impl Clients {
    pub(super) fn with(
        &self,
        connect_timeout: Option<Duration>,
        url: &str,
    ) -> Result<reqwest::Client, TransportFailure> {
        let settings = Settings {
            connect_timeout,
            uses_proxy: !is_this_machine(url),
            tls: url.starts_with("https:"),
        };
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(others, _)| *others == settings) {
            return Ok(client.clone());
        }
        let client = build(settings)?;
        clients.push((settings, client.clone()));
        Ok(client)
    }
}

fn build(settings: Settings) -> Result<reqwest::Client, TransportFailure> {
    let error = match builder(settings).build() {
        Ok(client) => return Ok(client),
        Err(error) => error,
    };
    if settings.tls {
        let message = format!(
            "{}; install the system's CA certificates (ca-certificates in most distributions), or name \
             a file of them in SSL_CERT_FILE",
            root_cause(&error)
        );
        return Err(TransportFailure::new(FailureKind::Local, message));
    }
    // This connection checks no certificate: where the machine has none, it trusts none.
    builder(settings)
        .tls_certs_only([])
        .build()
        .map_err(failure)
}

fn builder(settings: Settings) -> reqwest::ClientBuilder {
    // Another part of the program may have chosen a provider first; either serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        .http1_only();
    if let Some(timeout) = settings.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    if !settings.uses_proxy {
        builder = builder.no_proxy();
    }
    builder
}

fn is_this_machine(url: &str) -> bool {
    let url = reqwest::Url::parse(url).ok();
    let host = url
        .as_ref()
        .and_then(reqwest::Url::host_str)
        .unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), |a| {
        a.is_loopback()
    })
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clients")
    }
}

impl HttpClient for Clients {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportFailure>> {
        Box::pin(async move {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Patch => reqwest::Method::PATCH,
                Method::Delete => reqwest::Method::DELETE,
            };
            let mut builder = self
                .with(request.connect_timeout, &request.url)?
                .request(method, request.url.as_str());
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            if !request.body.is_empty() {
                builder = builder.body(request.body);
            }
            read(builder.send().await.map_err(failure)?).await
        })
    }
}

/// Reads an answer to its end, as far as the limit allows.
pub(super) async fn read(
    mut response: reqwest::Response,
) -> Result<HttpResponse, TransportFailure> {
    let status = response.status().as_u16();
    let headers = headers_of(response.headers());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > MAX_BODY {
            let message = format!("the answer is larger than {MAX_BODY} bytes");
            return Err(TransportFailure::new(FailureKind::Protocol, message));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse {
        status,
        headers,
        body: body.freeze(),
    })
}

/// Headers as text; bytes that are no UTF-8 are replaced.
pub(super) fn headers_of(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}

pub(super) fn failure(error: reqwest::Error) -> TransportFailure {
    let kind = match (error.is_connect(), error.is_timeout(), error.is_builder()) {
        (true, true, _) => FailureKind::ConnectTimeout,
        (true, false, _) => FailureKind::Connect,
        (_, _, true) => FailureKind::Protocol,
        _ => FailureKind::Broken,
    };
    TransportFailure::new(kind, Box::new(error) as Box<dyn StdError + Send + Sync>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_others() {
        for url in [
            "http://127.0.0.1:80/x",
            "http://[::1]/",
            "http://localhost:1",
            "http://a.localhost",
        ] {
            assert!(is_this_machine(url), "{url}");
        }
        for url in [
            "http://10.0.0.1",
            "http://[::2]",
            "https://localhost.example",
            "https://127.example",
        ] {
            assert!(!is_this_machine(url), "{url}");
        }
    }
}
