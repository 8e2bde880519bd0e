//! The golden cases of values, which every language reads: `tests/vectors/README.md`.

use std::collections::BTreeMap;

use deno_sandbox::model::{
    Invalid, Labels, Memory, MountPath, NetPattern, Region, SandboxId, Timeout,
};
use deno_sandbox::{Capacity, Error, Slug, format_bytes};
use serde_json::{Value, json};

#[test]
fn capacities() {
    check("capacities", |case| {
        let capacity: Capacity = text(case).parse()?;
        // What it prints must read back the same.
        let again: Capacity = capacity.to_string().parse()?;
        assert_eq!(capacity, again);
        Ok(json!({ "bytes": capacity.bytes() }))
    });
}

#[test]
fn slugs() {
    check("slugs", |case| {
        let slug: Slug = text(case).parse()?;
        Ok(json!({ "text": slug.as_str() }))
    });
}

#[test]
fn regions() {
    check("regions", |case| {
        let region: Region = text(case).parse()?;
        Ok(json!({ "text": region.as_str() }))
    });
}

#[test]
fn memory() {
    check("memory", |case| {
        let memory: Memory = text(case).parse()?;
        Ok(json!({ "mib": memory.mib() }))
    });
}

#[test]
fn timeouts() {
    check("timeouts", |case| {
        Ok(match text(case).parse()? {
            Timeout::Session => json!({ "session": true }),
            Timeout::After(duration) => json!({ "seconds": duration.as_secs() }),
        })
    });
}

#[test]
fn mount_paths() {
    check("mount-paths", |case| {
        let path: MountPath = text(case).parse()?;
        Ok(json!({ "text": path.as_str() }))
    });
}

#[test]
fn sandbox_ids() {
    check("sandbox-ids", |case| {
        let id: SandboxId = text(case).parse()?;
        Ok(json!({ "text": id.as_str(), "region": id.region().as_str() }))
    });
}

#[test]
fn labels() {
    check("labels", |case| {
        let given: BTreeMap<String, String> =
            serde_json::from_value(case["input"].clone()).expect("labels are an object of text");
        Ok(json!({ "labels": Labels::new(given)? }))
    });
}

#[test]
fn allow_net() {
    check("allow-net", |case| {
        let pattern: NetPattern = text(case).parse()?;
        Ok(json!({ "text": pattern.as_str() }))
    });
}

#[test]
fn byte_counts() {
    check("format-bytes", |case| {
        let bytes = text(case).parse().expect("a byte count");
        Ok(json!({ "text": format_bytes(bytes) }))
    });
}

/// Runs every case of a file and reports all that differ together, in the words of the case.
///
/// `run` gives the fields a case of the file expects besides `name`, `shows` and `input`.
fn check(file: &str, run: impl Fn(&Value) -> Result<Value, Invalid>) {
    let path = format!(
        "{}/../tests/vectors/{file}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let json = std::fs::read_to_string(&path).expect("the vectors are in the repository");
    let vectors: Value = serde_json::from_str(&json).expect("the vectors are JSON");
    let cases = vectors["cases"].as_array().expect("`cases` is an array");
    assert!(!cases.is_empty(), "{file} has no cases");
    let differing: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let difference = match (run(case), case.get("error")) {
                (Ok(got), None) => differing_fields(case, &got),
                (Ok(got), Some(_)) => Some(format!("accepted as {got}")),
                (Err(invalid), Some(error)) => differing_error(error, invalid),
                (Err(invalid), None) => Some(format!("refused: {invalid}")),
            };
            let (name, shows) = (&case["name"], &case["shows"]);
            difference.map(|difference| format!("{name} ({shows}): {difference}"))
        })
        .collect();
    assert!(differing.is_empty(), "{file}:\n{}", differing.join("\n"));
}

fn differing_fields(case: &Value, got: &Value) -> Option<String> {
    let expected: serde_json::Map<String, Value> = case
        .as_object()
        .expect("a case is an object")
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "name" | "shows" | "input"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let expected = Value::Object(expected);
    (expected != *got).then(|| format!("expected {expected}, got {got}"))
}

fn differing_error(expected: &Value, invalid: Invalid) -> Option<String> {
    let message = invalid.to_string();
    let hint = invalid.hint().map(str::to_owned);
    let code = Error::from(invalid).code().as_str();
    if expected["code"] != code {
        return Some(format!(
            "expected the code {}, got {code}",
            expected["code"]
        ));
    }
    if message.len() > 600 || message.contains('\n') {
        return Some(format!("the message is not one readable line: {message}"));
    }
    let part = expected
        .get("hint_contains")?
        .as_str()
        .expect("a hint is text");
    let found = hint.as_deref().is_some_and(|hint| hint.contains(part));
    (!found).then(|| format!("expected a hint with {part}, got {hint:?}"))
}

fn text(case: &Value) -> &str {
    case["input"].as_str().expect("the input is text")
}
