//! The recorded traffic of the published packages against our request builders: for the same call,
//! ours must mean the same, and each intended difference is listed with its reason.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::http::HttpRequest;
use super::page::{ListOptions, Listing};
use super::request::{Credentials, Service};
use super::sandboxes::SandboxConfig;
use super::volumes::{NewSnapshot, NewVolume};
use super::{sandboxes, snapshots, volumes};
use crate::json::written;
use crate::model::{Invalid, Mounts, Region};

/// One record of a recording.
#[derive(Deserialize)]
struct Record {
    sdk: String,
    op: String,
    direction: String,
    method: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    query: Option<BTreeMap<String, String>>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default, rename = "decodedConfig")]
    config: Value,
    #[serde(default)]
    body: Value,
}

#[derive(Deserialize)]
struct Differences {
    /// What was passed where the recording no longer shows it.
    arguments: BTreeMap<String, String>,
    differences: Vec<Difference>,
    not_yet: Vec<NotYet>,
}

#[derive(Deserialize)]
struct Difference {
    sdk: String,
    ops: Value,
    aspect: String,
}

#[derive(Deserialize)]
struct NotYet {
    path: String,
}

impl Difference {
    fn covers(&self, record: &Record, aspect: &str) -> bool {
        let op_fits = match &self.ops {
            Value::Array(ops) => ops.iter().any(|op| *op == record.op.as_str()),
            any => *any == "*",
        };
        op_fits && (self.sdk == "*" || self.sdk == record.sdk) && self.aspect == aspect
    }
}

#[test]
fn our_requests_mean_what_theirs_meant() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/captures");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let listed: Differences = serde_json::from_str(&read("differences.json")).unwrap();
    let (mut used, mut compared, mut failures) = (BTreeSet::new(), 0, Vec::new());
    for file in [
        "js.volumes",
        "js.lifecycle",
        "js.errors",
        "python.volumes",
        "python.lifecycle",
        "python.errors",
        "python.sync",
    ] {
        for line in read(&format!("{file}.jsonl")).lines() {
            let record: Record = serde_json::from_str(line).unwrap();
            let Some(path) = record.path.clone().filter(|_| record.direction == "c2s") else {
                continue;
            };
            let argument = listed
                .arguments
                .get(&format!("{} {}", record.sdk, record.op));
            if argument.is_none() && listed.not_yet.iter().any(|n| path.contains(&n.path)) {
                continue;
            }
            compared += 1;
            let theirs = describe_record(&record, &path);
            let aspects = match ours(&record, &path, argument.map(String::as_str)) {
                Ok(request) => differing(&theirs, &describe_request(&request)),
                Err(_) => BTreeSet::from(["refused".to_owned()]),
            };
            for aspect in aspects {
                let rule = listed
                    .differences
                    .iter()
                    .position(|d| d.covers(&record, &aspect));
                match rule {
                    Some(rule) => drop(used.insert(rule)),
                    None => failures.push(format!("{file}: {}: {aspect}", record.op)),
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "differences that are not listed:\n{}",
        failures.join("\n")
    );
    assert!(compared >= 80, "only {compared} records were compared");
    for (at, difference) in listed.differences.iter().enumerate() {
        let Difference { sdk, ops, aspect } = difference;
        assert!(
            used.contains(&at),
            "listed and not found: {sdk} {ops} {aspect}"
        );
    }
}

/// Our request for the call that led to a recorded one.
fn ours(record: &Record, path: &str, argument: Option<&str>) -> Result<HttpRequest, Invalid> {
    let headers = record.headers.as_ref().unwrap();
    let header = |name: &str| {
        headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.clone())
    };
    let authorization = header("authorization").unwrap();
    let service = &Service {
        endpoint: "http://127.0.0.1:8787".parse()?,
        credentials: Credentials {
            token: authorization.strip_prefix("Bearer ").unwrap().parse()?,
            org: header("x-deno-org"),
        },
        user_agent: "test",
    };
    let segments: Vec<String> = path
        .split('/')
        .skip(3)
        .map(|s| percent_decode_str(s).decode_utf8().unwrap().into_owned())
        .collect();
    let mut segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let Some(argument) = argument {
        segments = vec!["volumes", argument];
    }
    let body = &record.body;
    let text = |name: &str| body[name].as_str().unwrap();
    Ok(match (record.method.as_str(), &segments[..]) {
        ("POST", ["volumes"]) => {
            let from = body["from"].as_str().map(str::parse).transpose()?;
            let capacity = match body["capacity"].as_u64() {
                Some(bytes) => bytes.try_into()?,
                None => text("capacity").parse()?,
            };
            let (slug, region) = (text("slug").parse()?, text("region").parse()?);
            let volume = NewVolume {
                slug,
                region,
                capacity,
                from,
            };
            volumes::CREATE.request(service, None, written(&volume))
        }
        ("GET", ["volumes"]) => {
            Listing::new(&volumes::LIST, list_options(record))?.request(service)
        }
        ("GET", ["volumes", volume]) => volumes::GET.about(service, volume),
        ("DELETE", ["volumes", volume]) => volumes::DELETE.about(service, volume),
        ("POST", ["volumes", volume, "snapshot"]) => {
            let slug = text("slug").parse()?;
            volumes::SNAPSHOT.request(service, Some(volume), written(&NewSnapshot { slug }))
        }
        ("GET", ["snapshots"]) => {
            Listing::new(&snapshots::LIST, list_options(record))?.request(service)
        }
        ("GET", ["snapshots", snapshot]) => snapshots::GET.about(service, snapshot),
        ("DELETE", ["snapshots", snapshot]) => snapshots::DELETE.about(service, snapshot),
        ("GET(upgrade)", ["sandboxes", "create"]) => {
            sandboxes::create(service, &config(&record.config)?)
        }
        ("GET(upgrade)", ["sandbox", id, "connect"]) => sandboxes::connect(service, &id.parse()?),
        ("DELETE", ["sandbox" | "sandboxes", id]) => sandboxes::KILL.about(service, id),
        ("PATCH", ["sandbox", id]) => {
            let stop_at_ms = body["stop_at_ms"].as_u64().unwrap();
            sandboxes::extend_timeout(service, &id.parse()?, stop_at_ms)
        }
        other => panic!("{}: no call of ours sends {other:?}", record.op),
    })
}

fn list_options(record: &Record) -> ListOptions {
    let mut options = ListOptions::default();
    for (name, value) in record.query.as_ref().unwrap() {
        options = match name.as_str() {
            "limit" => options.limit(value.parse().unwrap()),
            "search" => options.search(value),
            // The Python package sends the whole next link back.
            "cursor" => options.cursor(value.rsplit("cursor=").next().unwrap()),
            other => panic!("no option of ours sends {other}"),
        };
    }
    options
}

fn config(theirs: &Value) -> Result<SandboxConfig, Invalid> {
    let mut mounts = Mounts::default();
    match &theirs["volumes"] {
        Value::Array(list) => {
            for mount in list {
                mounts.insert(
                    mount["path"].as_str().unwrap(),
                    mount["volume"].as_str().unwrap(),
                )?;
            }
        }
        Value::Object(map) => {
            for (path, volume) in map {
                mounts.insert(path, volume.as_str().unwrap())?;
            }
        }
        _ => {}
    }
    let optional = |name: &str| theirs.get(name).cloned();
    let read = |value: Option<Value>| value.map(|value| serde_json::from_value(value).unwrap());
    Ok(SandboxConfig {
        region: theirs["region"]
            .as_str()
            .map_or(Ok(Region::default()), str::parse)?,
        stop_at_ms: theirs["stop_at_ms"].as_u64(),
        memory: theirs["memory_mb"].as_u64().unwrap().try_into()?,
        labels: optional("labels")
            .map(|l| serde_json::from_value(l).unwrap())
            .unwrap_or_default(),
        root: theirs["root"]["volume"]
            .as_str()
            .map(str::parse)
            .transpose()?,
        volumes: mounts,
        allow_net: read(optional("allow_net")),
        secrets: optional("secrets")
            .map(|s| {
                serde_json::from_value::<BTreeMap<_, _>>(s)
                    .unwrap()
                    .into_iter()
                    .collect()
            })
            .unwrap_or_default(),
    })
}

fn describe_record(record: &Record, path: &str) -> Value {
    let headers: BTreeMap<String, &String> = record
        .headers
        .iter()
        .flatten()
        .map(|(name, value)| (name.to_lowercase(), value))
        .filter(|(name, _)| name != "x-deno-sandbox-config")
        .collect();
    json!({
        "method": record.method.trim_end_matches("(upgrade)"),
        "path": path,
        "query": record.query,
        "headers": headers,
        "body": record.body,
        "config": record.config,
    })
}

fn describe_request(request: &HttpRequest) -> Value {
    let target = request.url.strip_prefix("http://127.0.0.1:8787").unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    let query: BTreeMap<String, String> = query
        .split_terminator('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    let mut config = Value::Null;
    let mut headers = BTreeMap::new();
    for (name, value) in &request.headers {
        match *name {
            // Theirs are those of their HTTP libraries and not recorded.
            "user-agent" => {}
            "x-deno-sandbox-config" => {
                let json = base64_simd::STANDARD.decode_to_vec(value).unwrap();
                config = serde_json::from_slice(&json).unwrap();
            }
            name => drop(headers.insert(name, value)),
        }
    }
    json!({
        "method": request.method.as_str(),
        "path": path,
        "query": query,
        "headers": headers,
        "body": serde_json::from_slice::<Value>(&request.body).unwrap_or_default(),
        "config": config,
    })
}

/// The parts in which two requests differ: `path`, `body.capacity`.
fn differing(theirs: &Value, ours: &Value) -> BTreeSet<String> {
    let empty = Map::new();
    let mut aspects = BTreeSet::new();
    for (name, their) in theirs.as_object().unwrap() {
        let our = &ours[name];
        if !their.is_object() && !our.is_object() {
            if their != our {
                aspects.insert(name.clone());
            }
            continue;
        }
        let (their, our) = (
            their.as_object().unwrap_or(&empty),
            our.as_object().unwrap_or(&empty),
        );
        let keys: BTreeSet<&String> = their.keys().chain(our.keys()).collect();
        let differing = keys
            .into_iter()
            .filter(|key| their.get(*key) != our.get(*key));
        aspects.extend(differing.map(|key| format!("{name}.{key}")));
    }
    aspects
}
