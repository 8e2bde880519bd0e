//! The program inside a sandbox.

/// Serves one sandbox until its connection to the emulator ends.
pub(crate) fn run() -> ! {
    eprintln!("deno-sandbox-emulator: the agent runs only inside a sandbox");
    std::process::exit(2)
}
