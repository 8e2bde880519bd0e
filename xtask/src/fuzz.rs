//! One fuzz target for a bounded time.

use std::path::PathBuf;

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
    fuzz.args(["run", "--target-dir"]);
    fuzz.arg(run::target_dir().join("fuzz"));
    // New inputs go to the first folder; the second is read only.
    fuzz.arg(target).args(folders(target)?);
    // Ten seconds for one input is a hang.
    fuzz.args(["--", "-timeout=10", &format!("-max_total_time={seconds}")]);
    run::run(&mut fuzz)
}

fn folders(target: &str) -> Result<Vec<PathBuf>> {
    let fuzz = run::root().join("fuzz");
    let corpus = fuzz.join("corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    let seeds = fuzz.join("seeds").join(target);
    Ok(std::iter::once(corpus)
        .chain(seeds.is_dir().then_some(seeds))
        .collect())
}
