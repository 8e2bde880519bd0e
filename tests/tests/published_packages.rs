//! The published packages, unchanged, against the emulator.

use std::path::{Path, PathBuf};
use std::process::Output;

use deno_sandbox_tests::NpmPackage;

mod with_node {
    #[test]
    fn the_volume_guide_runs() {
        super::assert_passes(&super::node("volume_guide.mjs"));
    }

    #[test]
    fn every_method_of_the_npm_package_works() {
        super::assert_passes(&super::node("methods.mjs"));
    }
}

mod with_deno {
    #[test]
    fn the_volume_guide_runs() {
        super::assert_passes(&super::deno("volume_guide.mjs"));
    }

    #[test]
    fn every_method_of_the_npm_package_works() {
        super::assert_passes(&super::deno("methods.mjs"));
    }
}

mod with_python {
    #[test]
    fn the_volume_guide_runs() {
        super::assert_passes(&super::python("volume_guide_sync.py"));
    }

    #[test]
    fn the_asynchronous_volume_guide_runs() {
        super::assert_passes(&super::python("volume_guide_async.py"));
    }

    #[test]
    fn every_method_of_the_blocking_pypi_package_works() {
        super::assert_passes(&super::python("methods_sync.py"));
    }

    #[test]
    fn every_method_of_the_asynchronous_pypi_package_works() {
        super::assert_passes(&super::python("methods_async.py"));
    }
}

fn node(script: &str) -> Output {
    npm_package().node(script)
}

fn deno(script: &str) -> Output {
    npm_package().deno(script)
}

fn python(script: &str) -> Output {
    deno_sandbox_tests::python(&conformance().join("python").join(script))
}

#[track_caller]
fn assert_passes(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let closing = stdout.lines().last().unwrap_or_default();
    let all_passed = closing.ends_with(" passed, 0 failed") && !closing.starts_with("0 ");
    assert!(
        output.status.success() && all_passed,
        "{}\n{stdout}\n{stderr}",
        output.status
    );
}

fn npm_package() -> NpmPackage {
    let scripts = std::fs::read_dir(conformance().join("js")).expect("the scripts");
    scripts.fold(NpmPackage::installed(), |package, script| {
        let script = script.expect("an entry");
        let text = std::fs::read_to_string(script.path()).expect("a text");
        package.script(&script.file_name().to_string_lossy(), &text)
    })
}

fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}
