//! The example programs the published packages come with, read from the installed packages and run
//! as they are. Left out are those for what the emulator refuses: the Deno runtime, exposed ports, SSH,
//! VS Code. So is the one that cancels a command: the package forgets the signal and waits for half a
//! minute.

use std::process::Output;

use deno_sandbox_tests::{NpmPackage, python, tools};

mod with_node {
    use super::*;

    #[test]
    fn the_quick_start_lists_the_root() {
        prints("Quick Start", "home");
    }

    #[test]
    fn a_subprocess_gives_its_output() {
        prints(
            "Spawn a subprocess, and get buffered output",
            "result: /home/app\n",
        );
    }

    #[test]
    fn a_failure_is_thrown_or_not_as_asked() {
        prints("Error handling with noThrow()", "Exit code: 1");
    }

    #[test]
    fn a_failure_has_a_class_of_its_own() {
        prints("Error handling with custom error class", "42");
    }

    fn prints(heading: &str, expected: &str) {
        let output = run(heading);
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains(expected), "{}", text(&output));
    }

    fn run(heading: &str) -> Output {
        let readme = tools::node_modules().join("@deno/sandbox/README.md");
        let readme = std::fs::read_to_string(readme).expect("the package's README");
        let program = example(&readme, heading);
        NpmPackage::installed()
            .script("example.ts", &program)
            .node("example.ts")
    }
}

mod with_python {
    use super::*;

    #[test]
    fn the_quick_start_runs() {
        prints(
            "Synchronous API",
            "Hello from the sandbox!\nHello, World!\n",
        );
    }

    #[test]
    fn the_asynchronous_quick_start_runs() {
        prints(
            "Asynchronous API",
            "Hello from the sandbox!\nHello, World!\n",
        );
    }

    fn prints(heading: &str, expected: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let describe = folder.path().join("describe.py");
        let describe_text =
            "import importlib.metadata as m; print(m.metadata('deno-sandbox').get_payload())";
        std::fs::write(&describe, describe_text).expect("a file");
        let readme = text(&python(&describe));
        let program = folder.path().join("example.py");
        std::fs::write(&program, example(&readme, heading)).expect("a file");
        let output = python(&program);
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains(expected), "{}", text(&output));
    }
}

/// The first program below a heading.
fn example(readme: &str, heading: &str) -> String {
    let below = readme
        .split(&format!("# {heading}\n"))
        .nth(1)
        .unwrap_or_else(|| panic!("{heading} in {readme}"));
    let block = below.split("```").nth(1).expect("a program");
    block
        .split_once('\n')
        .expect("a language and lines")
        .1
        .to_owned()
}

/// All it printed.
fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}
