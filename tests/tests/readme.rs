//! What the README shows is what happens.

use std::path::Path;
use std::process::Command;

use deno_sandbox::ErrorCode;
use deno_sandbox_tests::Emulator;

/// The `curl` lines, run one after the other as they stand.
#[test]
fn the_curl_lines_tell_the_story() {
    let script = fenced_after("<!-- test: curl -->");
    let output = Command::new(Emulator::program())
        .args(["exec", "--", "bash", "-euo", "pipefail", "-c", &script])
        .output()
        .expect("the emulator starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}\n{stderr}");
    let created = stdout.lines().next().unwrap_or_default();
    assert!(
        created.starts_with(r#"{"id":"vol_ord_"#) && created.contains(r#""capacity":2000000000"#),
        "{stdout}"
    );
    for expected in [
        "HTTP/1.1 200 OK",               // the list, with its headers
        "x-deno-trace-id: ",             // on every answer
        r#""slug":"training-cache-v1""#, // the snapshot
        r#""code":"VOLUME_NOT_FOUND""#,  // the volume is gone
    ] {
        assert!(
            stdout.contains(expected),
            "{expected} is missing in\n{stdout}"
        );
    }
}

/// A story is the example that runs, from its first statement to its last.
#[test]
fn the_stories_are_the_examples() {
    for path in [
        "examples/rust/volume_story.rs",
        "examples/js/volume_story.mjs",
    ] {
        let shown = fenced_after(&format!("<!-- example: {path} -->"));
        let example = repository_file(path);
        let mut lines = example.lines().map(str::trim);
        for shown in shown.lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert!(
                lines.any(|line| line == shown),
                "`{shown}` is not in {path}, or not in this order"
            );
        }
    }
}

#[test]
fn every_error_code_is_in_the_table() {
    let readme = repository_file("README.md");
    let table = readme
        .split("<!-- table: error codes -->")
        .nth(1)
        .expect("the mark");
    let table = table.trim_start().split("\n\n").next().expect("a table");
    let mut expected = String::from("| code | meaning | retry can help |\n|---|---|---|");
    for code in ErrorCode::ALL {
        let retry = if code.can_retry_help() { "yes" } else { "" };
        expected.push_str(&format!(
            "\n| `{}` | {} | {retry} |",
            code.as_str(),
            code.meaning()
        ));
    }
    assert!(table == expected, "the table should read\n\n{expected}\n");
}

/// JavaScript has the codes as a type, which nothing but this compares with the core's.
#[test]
fn every_error_code_is_in_the_javascript_type() {
    let source = repository_file("bindings-wasm/js/src/error_code.ts");
    let list = source.split_once("= [").expect("the list").1;
    let list = list.split_once("] as const").expect("its end").0;
    let listed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, codes);
}

/// The code block that follows a mark.
fn fenced_after(mark: &str) -> String {
    let readme = repository_file("README.md");
    let after = readme
        .split(mark)
        .nth(1)
        .unwrap_or_else(|| panic!("{mark} in the README"));
    let block = after.split("```").nth(1).expect("a code block");
    let (_language, code) = block.split_once('\n').expect("a language and lines");
    code.to_owned()
}

fn repository_file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
