//! What is published: the package with what is made from the core inside it.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{Package, Profile, prepare, sources};
use crate::run;
use crate::tools::swift::Swift;

/// The package for this machine's platform, built once by a program that depends on it as users' do.
pub(crate) fn package() -> Result<()> {
    let swift = Swift::ensure()?;
    // Named as a checkout of it would be.
    let target = run::target_dir().join("package/swift/deno-sandbox-swift");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let sources = sources();
    for folder in ["Sources/DenoSandbox", "Sources/deno_sandboxFFI", "scripts"] {
        copy_tree(&sources.join(folder), &target.join(folder))?;
    }
    for file in ["Package.swift", "README.md"] {
        fs::copy(sources.join(file), target.join(file))?;
    }
    fs::copy(run::root().join("LICENSE"), target.join("LICENSE"))?;
    let manifest = target.join("Package.swift");
    let text = fs::read_to_string(&manifest)?;
    let without_tests: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains(".testTarget("))
        .collect();
    fs::write(&manifest, without_tests.join("\n") + "\n")?;
    prepare(Profile::Release, &target)?;
    check(&swift, &target)?;
    println!("swift    {}", target.display());
    Ok(())
}

/// Builds a program that has the package and nothing else of this repository.
fn check(swift: &Swift, package: &Path) -> Result<()> {
    let consumer = run::target_dir().join("swift/consumer");
    fs::create_dir_all(consumer.join("Sources"))?;
    let manifest = format!(
        "// swift-tools-version: 6.0\nimport PackageDescription\n\nlet package = Package(\n    \
         name: \"Consumer\",\n    platforms: [.macOS(.v13)],\n    \
         dependencies: [.package(path: {package:?})],\n    targets: [.executableTarget(\n        \
         name: \"Consumer\",\n        dependencies: [.product(name: \"DenoSandbox\", package: \
         \"deno-sandbox-swift\")],\n        path: \"Sources\")])\n"
    );
    fs::write(consumer.join("Package.swift"), manifest)?;
    fs::write(
        consumer.join("Sources/main.swift"),
        "import DenoSandbox\n\nprint(formatBytes(2_000_000_000), quote(\"a b\"))\n",
    )?;
    let consumer = Package::new(swift, consumer, "consumer-build");
    consumer.forget("Consumer")?;
    let program = consumer.build(Profile::Release, "Consumer")?;
    let printed = run::capture(&mut swift.command(&program.to_string_lossy()))?;
    anyhow::ensure!(
        printed == "2 GB 'a b'",
        "a program with the package printed {printed:?}"
    );
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
