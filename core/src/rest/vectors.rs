//! The golden cases in `tests/vectors` that the pure functions of this room answer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::http::{HttpRequest, HttpResponse, Method};
use super::page::{ListOptions, Listing};
use super::request::{Credentials, Operation, Service};
use super::retry::{Attempt, Outcome, Repeat, RetryPolicy, retry_after};
use super::sandboxes::SandboxConfig;
use super::volumes::{NewSnapshot, NewVolume};
use super::{link, response, sandboxes, snapshots, volumes};
use crate::json::written;
use crate::model::{Labels, Memory, Mounts, NetPattern, Region, SandboxId, Secret};
use crate::rest::endpoint::SandboxEndpoints;

#[derive(Deserialize)]
struct Case<I> {
    name: String,
    shows: String,
    input: I,
    #[serde(flatten)]
    expected: Map<String, Value>,
}

#[derive(Deserialize)]
struct File<I> {
    cases: Vec<Case<I>>,
}

/// Runs every case of a file; `answer` must give all that the case has beside its input.
fn run<I: DeserializeOwned>(file: &str, least: usize, answer: impl Fn(I) -> Value) {
    let path = format!(
        "{}/../tests/vectors/{file}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let File { cases } = serde_json::from_slice::<File<I>>(&std::fs::read(path).unwrap()).unwrap();
    assert!(
        cases.len() >= least,
        "{} cases are left of {least}",
        cases.len()
    );
    for case in cases {
        let answer = answer(case.input);
        assert_eq!(
            answer,
            Value::Object(case.expected),
            "{}: {}",
            case.name,
            case.shows
        );
    }
}

#[test]
fn link_headers() {
    #[derive(Deserialize)]
    struct Input {
        headers: Vec<String>,
    }
    run("link-headers", 38, |input: Input| {
        match link::next_cursor(input.headers.iter().map(String::as_str)) {
            Ok(cursor) => json!({ "next_cursor": cursor }),
            Err(error) => {
                let because = match error {
                    link::LinkError::Malformed => "malformed",
                    link::LinkError::NoCursor => "no-cursor",
                };
                json!({ "error": { "code": "protocol-violation", "because": because } })
            }
        }
    });
}

#[test]
fn error_bodies() {
    #[derive(Deserialize)]
    struct Input {
        status: u16,
        headers: BTreeMap<String, String>,
        body: String,
    }
    run("error-bodies", 36, |input: Input| {
        let error = response::error_of(&HttpResponse {
            status: input.status,
            headers: input.headers.into_iter().collect(),
            body: input.body.into(),
        });
        assert_eq!(error.status(), Some(input.status));
        json!({
            "code": error.code().as_str(),
            "message": error.message(),
            "service_code": error.service_code(),
            "trace_id": error.trace_id(),
            "retryable": error.is_retryable(),
        })
    });
}

#[test]
fn retry_decisions() {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Ended {
        Status(u16),
        NotSent,
        Unknown,
        ProtocolViolation,
    }
    #[derive(Deserialize)]
    struct Input {
        method: String,
        outcome: Ended,
        attempt: u32,
        elapsed_ms: u64,
        retry_after: Option<String>,
        now: String,
        random: f64,
    }
    run("retry-decisions", 40, |input: Input| {
        let now = OffsetDateTime::parse(&input.now, &Rfc3339)
            .unwrap()
            .unix_timestamp();
        let now = Duration::from_secs(now.try_into().unwrap());
        let decision = RetryPolicy::default().next(&Attempt {
            repeat: Repeat::of(method(&input.method)),
            outcome: match input.outcome {
                Ended::Status(status) => Outcome::Answered(status),
                Ended::NotSent => Outcome::NotSent,
                Ended::Unknown => Outcome::Unknown,
                Ended::ProtocolViolation => Outcome::Senseless,
            },
            number: input.attempt,
            elapsed: Duration::from_millis(input.elapsed_ms),
            retry_after: input
                .retry_after
                .and_then(|header| retry_after(&header, now)),
            random: input.random,
        });
        match decision {
            Some(wait) => json!({ "wait_ms": wait.as_millis() as u64 }),
            None => json!({ "give_up": true }),
        }
    });
}

#[test]
fn requests() {
    #[derive(Deserialize)]
    struct Input {
        client: BTreeMap<String, String>,
        call: String,
        args: Value,
    }
    run("requests", 30, |input: Input| {
        let setting = |name: &str| input.client.get(name).cloned();
        let credentials = Credentials {
            token: setting("token").unwrap().parse().unwrap(),
            org: setting("org"),
        };
        let endpoint = setting("endpoint").unwrap_or("https://console.deno.com".to_owned());
        let domain = setting("sandbox_base_domain").unwrap_or("sandbox-api.deno.net".to_owned());
        let sandboxes = match setting("sandbox_endpoint") {
            Some(url) => SandboxEndpoints::One(url.parse().unwrap()),
            None => SandboxEndpoints::PerRegion(domain.parse().unwrap()),
        };
        let control = Service {
            endpoint: endpoint.parse().unwrap(),
            credentials: credentials.clone(),
            user_agent: "test",
        };
        let data = |region: &Region| Service {
            endpoint: sandboxes.of(region),
            credentials: credentials.clone(),
            user_agent: "test",
        };
        describe(&request(&control, data, &input.call, &input.args))
    });
}

fn list(operation: &'static Operation, control: &Service, args: &Value) -> HttpRequest {
    let listing = Listing::new(operation, list_options(args));
    listing.unwrap().request(control)
}

fn request(
    control: &Service,
    data: impl Fn(&Region) -> Service,
    call: &str,
    args: &Value,
) -> HttpRequest {
    let text = |name: &str| args[name].as_str().unwrap();
    let id = || text("id").parse::<SandboxId>().unwrap();
    match call {
        "volumes.create" => {
            let volume = NewVolume {
                slug: text("slug").parse().unwrap(),
                region: text("region").parse().unwrap(),
                capacity: serde_json::from_value(args["capacity"].clone()).unwrap(),
                from: args["from"].as_str().map(|from| from.parse().unwrap()),
            };
            volumes::CREATE.request(control, None, written(&volume))
        }
        "volumes.get" => volumes::GET.about(control, text("volume")),
        "volumes.delete" => volumes::DELETE.about(control, text("volume")),
        "volumes.list" => list(&volumes::LIST, control, args),
        "volumes.snapshot" => {
            let slug = text("slug").parse().unwrap();
            volumes::SNAPSHOT.request(
                control,
                Some(text("volume")),
                written(&NewSnapshot { slug }),
            )
        }
        "snapshots.get" => snapshots::GET.about(control, text("snapshot")),
        "snapshots.delete" => snapshots::DELETE.about(control, text("snapshot")),
        "snapshots.list" => list(&snapshots::LIST, control, args),
        "sandboxes.list" => {
            let labels: Labels = serde_json::from_value(args["labels"].clone()).unwrap();
            let listing = Listing::new(&sandboxes::LIST, ListOptions::default()).unwrap();
            listing.labels(&labels).request(control)
        }
        "sandboxes.kill" => sandboxes::KILL.about(&data(&id().region()), text("id")),
        "sandboxes.connect" => sandboxes::connect(&data(&id().region()), &id()),
        "sandboxes.extend_timeout" => {
            let stop_at_ms = args["stop_at_ms"].as_u64().unwrap();
            sandboxes::extend_timeout(&data(&id().region()), &id(), stop_at_ms)
        }
        "sandboxes.create" => {
            let region = text("region").parse().unwrap();
            sandboxes::create(&data(&region), &sandbox_config(args))
        }
        other => panic!("no such call: {other}"),
    }
}

fn list_options(args: &Value) -> ListOptions {
    let mut options = ListOptions::default();
    if let Some(limit) = args["limit"].as_u64() {
        options = options.limit(limit.try_into().unwrap());
    }
    if let Some(cursor) = args["cursor"].as_str() {
        options = options.cursor(cursor);
    }
    if let Some(search) = args["search"].as_str() {
        options = options.search(search);
    }
    options
}

fn sandbox_config(args: &Value) -> SandboxConfig {
    fn or_default<T: DeserializeOwned + Default>(value: &Value) -> T {
        serde_json::from_value::<Option<T>>(value.clone())
            .unwrap()
            .unwrap_or_default()
    }
    let mut volumes = Mounts::default();
    for (path, volume) in or_default::<BTreeMap<String, String>>(&args["volumes"]) {
        volumes.insert(&path, &volume).unwrap();
    }
    SandboxConfig {
        region: args["region"].as_str().unwrap().parse().unwrap(),
        stop_at_ms: args["stop_at_ms"].as_u64(),
        memory: args["memory"]
            .as_str()
            .map_or(Memory::default(), |m| m.parse().unwrap()),
        labels: or_default(&args["labels"]),
        root: args["root"].as_str().map(|root| root.parse().unwrap()),
        volumes,
        allow_net: or_default::<Option<Vec<NetPattern>>>(&args["allow_net"]),
        secrets: or_default::<BTreeMap<String, Secret>>(&args["secrets"])
            .into_iter()
            .collect(),
    }
}

fn method(name: &str) -> Method {
    [Method::Get, Method::Post, Method::Patch, Method::Delete]
        .into_iter()
        .find(|method| method.as_str() == name)
        .unwrap()
}

/// A request as the vectors describe it; the `User-Agent` is each language's own.
fn describe(request: &HttpRequest) -> Value {
    let headers: BTreeMap<&str, &str> = request
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .filter(|(name, _)| *name != "user-agent")
        .collect();
    let body: Option<Value> =
        (!request.body.is_empty()).then(|| serde_json::from_slice(&request.body).unwrap());
    let mut value = json!({
        "method": request.method.as_str(),
        "url": request.url,
        "headers": headers,
        "body": body,
    });
    if let Some(config) = headers.get("x-deno-sandbox-config") {
        let json = base64_simd::STANDARD.decode_to_vec(config).unwrap();
        value["config"] = serde_json::from_slice(&json).unwrap();
    }
    value
}
