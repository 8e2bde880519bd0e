//! Format, lints, documentation, other platforms, and what no text of the tree may hold.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{Parser, Payload};

use crate::run;
use crate::summary::{Counts, Summary};
use crate::tools::rust_std::{RustStd, WASM};

type Check = fn() -> Result<()>;

/// Where the Swift and Kotlin packages are for in the first place, and the tests cannot run.
const MOBILE: [&str; 2] = ["aarch64-linux-android", "aarch64-apple-ios"];

/// Runs every check, also after one has failed.
pub(crate) fn run() -> Result<Summary> {
    let checks: [(&str, Check); 5] = [
        ("format", format),
        ("lints", lints),
        ("documentation", documentation),
        ("wasm build", wasm),
        ("text", text),
    ];
    let mut counts = Counts::default();
    let mut summary = Summary::default();
    let mut conclude = |name: &str, result: Result<()>| match result {
        Ok(()) => counts.passed += 1,
        Err(error) => {
            println!("check: {name} failed: {error:#}");
            summary.note("check", &format!("{name} failed"));
            counts.failed += 1;
        }
    };
    for (name, check) in checks {
        println!("check: {name}");
        conclude(name, check());
    }
    let mut skipped = Vec::new();
    for target in MOBILE {
        println!("check: {target}");
        match RustStd::ensure(target) {
            Ok(std) => conclude(target, mobile(target, &std)),
            Err(error) => skipped.push(format!("{target}: {error:#}")),
        }
    }
    summary.count("check", counts);
    for reason in skipped {
        summary.skip("check", &reason);
    }
    Ok(summary)
}

fn format() -> Result<()> {
    run::run(run::cargo().args(["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    let mut clippy = run::cargo();
    clippy.args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    run::run(&mut clippy)
}

fn documentation() -> Result<()> {
    let mut doc = run::cargo();
    doc.args(["doc", "--quiet", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    run::run(&mut doc)
}

/// The core builds for wasm without its default features and asks the host for nothing.
fn wasm() -> Result<()> {
    const NAME: &[u8] = b"deno_sandbox";
    let std = RustStd::ensure(WASM)?;
    let mut build = run::cargo();
    build.args([
        "rustc",
        "--quiet",
        "--package",
        "deno-sandbox",
        "--lib",
        "--no-default-features",
    ]);
    // Nothing is exported, so compiler and linker must be told to keep what nothing calls.
    build.args(["--crate-type", "cdylib"]);
    std.apply(&mut build);
    build.args([
        "--",
        "-C",
        "link-dead-code",
        "-C",
        "link-args=--no-gc-sections",
    ]);
    run::run(&mut build)?;
    let file = std.target_dir().join(WASM).join("debug/deno_sandbox.wasm");
    let module = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
    for payload in Parser::new(0).parse_all(&module) {
        let Payload::ImportSection(imports) = payload? else {
            continue;
        };
        for import in imports.into_imports() {
            let import = import?;
            ensure!(
                import.module != "env",
                "the module imports env.{}",
                import.name
            );
        }
    }
    let own = module
        .windows(NAME.len())
        .filter(|bytes| bytes == &NAME)
        .count();
    ensure!(
        own > 1000,
        "the module names the core only {own} times: it was not linked"
    );
    println!(
        "{} kB of module, nothing imported from `env`",
        module.len() / 1000
    );
    Ok(())
}

/// The core of the Swift and Kotlin packages compiles for a phone, as far as that takes no linker and no C
/// compiler for it.
fn mobile(target: &str, std: &RustStd) -> Result<()> {
    let lock = fs::read_to_string(run::root().join("Cargo.lock"))?;
    let ring = lock
        .split("name = \"ring\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .context("Cargo.lock has no ring: which cryptography is it now?")?
        .replace('.', "_");
    let mut check = run::cargo();
    check.args(["check", "--quiet", "--package", "deno-sandbox-uniffi"]);
    std.apply(&mut check);
    // Stands in for the build script of the only dependency that holds C.
    let built = format!("target.{target}.ring_core_{ring}_.rustc-link-lib=[]");
    run::run(check.args(["--config", &built]))
}

/// No tracked file names a registry's host or a folder of somebody's machine: the machine's own
/// configuration decides both.
fn text() -> Result<()> {
    // In two parts each, so that this file passes.
    let forbidden = [
        concat!("registry.", "npmjs"),
        concat!("pypi.org", "/simple"),
        concat!("files.python", "hosted"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("deb.", "debian.org"),
        concat!("repo1.", "maven"),
        concat!("/work", "/main"),
        concat!("/work", "/wt"),
        concat!("/work", "/shared"),
        concat!("/root", "/."),
    ];
    let files = run::capture(
        Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(run::root()),
    )?;
    let mut found = Vec::new();
    for file in files.split('\0').filter(|file| !file.is_empty()) {
        let Ok(text) = fs::read_to_string(run::root().join(file)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some(part) = forbidden.iter().find(|part| line.contains(*part)) {
                found.push(format!("{file}:{}: {part}", number + 1));
            }
        }
    }
    if !found.is_empty() {
        bail!(
            "the tree names hosts or folders of one machine:\n{}",
            found.join("\n")
        );
    }
    Ok(())
}
