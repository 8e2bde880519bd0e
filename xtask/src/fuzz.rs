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
    fuzz.args(["run", target, "--target-dir"]);
    fuzz.arg(run::target_dir().join("fuzz"));
    // Ten seconds for one input is a hang.
    fuzz.args(["--", "-timeout=10", &format!("-max_total_time={seconds}")]);
    run::run(&mut fuzz)
}
