//! One fuzz target for a bounded time.

use anyhow::{Result, bail};

use crate::run;
use crate::tools::cargo_fuzz;

pub(crate) fn run(target: &str, seconds: u32) -> Result<()> {
    let known: Vec<String> = std::fs::read_dir(run::root().join("fuzz/fuzz_targets"))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    if !known.iter().any(|name| name == target) {
        bail!("{target:?} is not one of {}", known.join(", "));
    }
    let mut fuzz = cargo_fuzz::command()?;
    fuzz.args([
        "run",
        target,
        "--",
        &format!("-max_total_time={seconds}"),
        "-timeout=10",
    ]);
    run::run(&mut fuzz)
}
