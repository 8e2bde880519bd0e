//! From the Rust core to a packed package: the WebAssembly module, its glue, the declarations, the
//! bundled entry points.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;
use crate::tools::rust_std::{RustStd, WASM};
use crate::tools::{js_build, node, npm};

/// Builds the package and packs it; the tarball.
pub(super) fn pack() -> Result<PathBuf> {
    let folder = run::target_dir().join("js/package");
    let sources = run::root().join("bindings-wasm/js");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    copy(&sources, &folder)?;
    fs::copy(run::root().join("LICENSE"), folder.join("LICENSE"))?;
    let modules = js_build::ensure()?;
    symlink(&modules, folder.join("node_modules"))?;
    declarations(&folder, &modules)?;
    let generated = folder.join("src/generated");
    glue(&module()?, &generated)?;
    shrink(&generated.join("native_bg.wasm"), &modules)?;
    let mut bundle = Command::new(node::ensure()?);
    run::run(bundle.arg("build.mjs").current_dir(&folder))?;
    fs::remove_file(folder.join("node_modules"))?;
    npm::pack(&folder, &run::target_dir().join("package"))
}

/// The WebAssembly module.
fn module() -> Result<PathBuf> {
    let std = RustStd::small(WASM)?;
    let mut build = run::cargo();
    build.args([
        "build",
        "--package",
        "deno-sandbox-wasm",
        "--profile",
        "wasm",
    ]);
    std.apply(&mut build);
    // Every host of the last years has SIMD; base64 and the masks of frames go four times as fast.
    build.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        format!("-Ctarget-feature=+simd128 {}", std.flags()),
    );
    run::run(&mut build)?;
    let built = std.target_dir().join(WASM).join("wasm");
    Ok(built.join("deno_sandbox_wasm.wasm"))
}

fn glue(module: &Path, folder: &Path) -> Result<()> {
    let mut glue = run::cargo();
    glue.args(["run", "--quiet", "--package", "wasm-glue", "--"]);
    run::run(glue.arg(module).arg(folder))
}

fn shrink(module: &Path, modules: &Path) -> Result<()> {
    let mut shrink = Command::new(node::ensure()?);
    shrink.arg(modules.join("binaryen/bin/wasm-opt"));
    run::run(shrink.arg("-Oz").arg(module).arg("-o").arg(module))
}

/// Before there is anything generated: the declarations hold nothing of it.
fn declarations(folder: &Path, modules: &Path) -> Result<()> {
    let mut compile = Command::new(node::ensure()?);
    compile.arg(modules.join("typescript/bin/tsc"));
    run::run(compile.args(["-p", "."]).current_dir(folder))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let entries = fs::read_dir(from).with_context(|| format!("reading {}", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
