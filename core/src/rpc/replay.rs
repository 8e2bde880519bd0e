//! The recorded frames of the published packages through the method table: what it decodes and
//! encodes again must mean the same, and each intended difference is listed with its reason.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::methods::Request;

/// One frame of a recording.
#[derive(Deserialize)]
struct Record {
    sdk: String,
    direction: String,
    transport: String,
    #[serde(default)]
    body: Value,
}

#[derive(Deserialize)]
struct Differences {
    differences: Vec<Difference>,
    /// Methods the core does not have yet.
    not_yet: BTreeMap<String, String>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone, Debug)]
struct Difference {
    sdk: String,
    method: String,
    /// A parameter of the request, or `result.` and a part of the result.
    aspect: String,
    reason: String,
}

#[test]
fn every_recorded_frame_means_the_same_to_the_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/captures");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let listed: Differences = serde_json::from_str(&read("rpc-differences.json")).unwrap();
    let (mut used, mut methods, mut failures) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for file in [
        "js.fs",
        "js.process",
        "js.lifecycle",
        "python.fs",
        "python.process",
        "python.lifecycle",
        "python.sync",
    ] {
        let mut called = HashMap::new();
        for line in read(&format!("{file}.jsonl")).lines() {
            let record: Record = serde_json::from_str(line).unwrap();
            if record.transport != "ws" {
                continue;
            }
            let mut differs = Vec::new();
            let method = if record.direction == "c2s" {
                let Some(method) = record.body["method"].as_str() else {
                    continue;
                };
                // Notifications of streams are no calls.
                let Some(id) = record.body["id"].as_u64() else {
                    continue;
                };
                called.insert(id, method.to_owned());
                match Request::decode(method, &record.body["params"].to_string()) {
                    Some(Ok(request)) => {
                        let again = serde_json::to_value(request).unwrap();
                        compare("", &record.body["params"], &again, &mut differs);
                    }
                    Some(Err(_)) => differs.push("malformed".to_owned()),
                    None if listed.not_yet.contains_key(method) => {
                        used.insert(method.to_owned());
                        continue;
                    }
                    None => differs.push("not in the table".to_owned()),
                }
                method.to_owned()
            } else {
                let method = record.body["id"]
                    .as_u64()
                    .and_then(|id| called.get(&id).cloned());
                let Some(method) = method else { continue };
                let Some(result) = record.body.pointer("/result/ok") else {
                    continue;
                };
                match Request::round_trip_output(&method, result.clone()) {
                    Ok(again) => compare("result", result, &again, &mut differs),
                    Err(error) => differs.push(format!("result: {error}")),
                }
                method
            };
            methods.insert(method.clone());
            for aspect in differs {
                let cover = listed.differences.iter().find(|d| {
                    (d.sdk == "*" || d.sdk == record.sdk)
                        && (d.method == "*" || d.method == method)
                        && d.aspect == aspect
                });
                match cover {
                    Some(difference) => _ = used.insert(format!("{difference:?}")),
                    None => failures.push(format!("{file}: {method}: {aspect}: {}", record.body)),
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let unused: Vec<_> = listed
        .differences
        .iter()
        .map(|difference| format!("{difference:?}"))
        .chain(listed.not_yet.into_keys())
        .filter(|listed| !used.contains(listed))
        .collect();
    assert!(unused.is_empty(), "listed, but not found: {unused:#?}");
    let unseen: Vec<_> = Request::NAMES
        .iter()
        .filter(|name| !methods.contains(**name))
        .collect();
    assert!(unseen.is_empty(), "no recording has {unseen:?}");
}

/// Names the parts in which two values differ; an absent part and a null are the same.
fn compare(at: &str, theirs: &Value, ours: &Value, differs: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            let keys: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
            for key in keys {
                let part = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                let at = if at.is_empty() {
                    key.clone()
                } else {
                    format!("{at}.{key}")
                };
                compare(&at, &part(theirs), &part(ours), differs);
            }
        }
        // 2 and 2.0 are one number in JSON.
        (Value::Number(theirs), Value::Number(ours)) if theirs.as_f64() == ours.as_f64() => {}
        // However many digits a time is written with, it is one moment.
        (Value::String(theirs), Value::String(ours))
            if moment(theirs).is_some() && moment(theirs) == moment(ours) => {}
        (theirs, ours) if theirs == ours => {}
        _ => differs.push(at.to_owned()),
    }
}

fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
