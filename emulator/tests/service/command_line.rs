use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use deno_sandbox_tests::Emulator;

fn run(args: &[&str]) -> Output {
    Command::new(Emulator::program())
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// It ends with another status than 0, and its last line tells what is wrong.
fn assert_refused(args: &[&str], word: &str) {
    let output = run(args);
    let said = String::from_utf8(output.stderr).unwrap();
    let line = said.lines().last().unwrap_or_default();
    assert!(!output.status.success(), "{args:?}");
    assert!(line.contains(word), "{args:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(output.stdout.is_empty(), "{args:?}");
}

#[test]
fn mistakes_are_one_clear_line() {
    assert_refused(&["--no-such-flag"], "--no-such-flag");
    assert_refused(&["--grace", "5"], "24h");
    assert_refused(&["--listen", "nowhere"], "127.0.0.1:8787");
    assert_refused(&["--listen", "0.0.0.0:0"], "--allow-remote");
    assert_refused(&["--region", "O"], "region");
    assert_refused(&["--base-image", "/no/such/folder"], "does not exist");
    assert_refused(&["--bwrap", "/no/such/program"], "does not exist");
    assert_refused(&["--max-sandboxes", "0"], "above 0");
    assert_refused(&["--data", "/proc/no"], "/proc/no");
}

#[test]
fn a_busy_port_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    assert_refused(&["--listen", &address], &address);
}

#[test]
fn a_data_folder_in_use_or_damaged_is_named() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().to_str().unwrap();
    let emulator = Emulator::builder().arg("--data").arg(path).start();
    assert_refused(&["--listen", "127.0.0.1:0", "--data", path], "in use");
    drop(emulator);
    std::fs::write(data.path().join("emulator.db"), "damaged ".repeat(1000)).unwrap();
    assert_refused(&["--listen", "127.0.0.1:0", "--data", path], "emulator.db");
}

#[test]
fn exec_sets_the_variables_and_gives_the_status() {
    let output = run(&[
        "exec",
        "--",
        "sh",
        "-c",
        "echo $DENO_DEPLOY_ENDPOINT $DENO_SANDBOX_ENDPOINT; exit 7",
    ]);
    assert_eq!(output.status.code(), Some(7));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches("http://127.0.0.1:").count(), 2, "{said}");
    assert_eq!(
        run(&["exec", "--", "sh", "-c", "kill -9 $$"]).status.code(),
        Some(137)
    );
    assert_eq!(
        run(&["exec", "--", "/no/such/program"]).status.code(),
        Some(127)
    );
}

#[test]
fn exec_hands_signals_on() {
    let script = "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done";
    let mut exec = Command::new(Emulator::program())
        .args(["exec", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut up = [0; 3];
    std::io::Read::read_exact(exec.stdout.as_mut().unwrap(), &mut up).unwrap();
    let pid = exec.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert_eq!(exec.wait().unwrap().code(), Some(5));
}

#[test]
fn a_temporary_folder_goes_with_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut serving = Command::new(Emulator::program())
        .args(["--listen", "127.0.0.1:0"])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut byte = [0; 1];
    std::io::Read::read_exact(serving.stdout.as_mut().unwrap(), &mut byte).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let pid = serving.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert_eq!(serving.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
