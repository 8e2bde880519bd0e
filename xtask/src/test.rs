//! Everything CI runs: the checks, then every test with the tools it needs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::language::Languages;
use crate::summary::{Counts, Summary};
use crate::tools::Tools;
use crate::{check, run};

pub(crate) fn run(languages: Languages) -> Result<()> {
    languages.check()?;
    let tools = Tools::set_up();
    tools.report();
    let mut summary = check::run()?;
    run::run(run::cargo().args(["build", "--package", "deno-sandbox-emulator"]))?;
    rust(&tools, &mut summary)?;
    for (language, line) in languages.missing() {
        summary.note(language.name(), &line);
    }
    summary.conclude()
}

fn rust(tools: &Tools, summary: &mut Summary) -> Result<()> {
    let mut command = run::cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    tools.apply(&mut command);
    let missing = tools.missing();
    if !missing.is_empty() {
        command.arg("--");
    }
    for (module, reason) in missing {
        // Tests that need a tool live in a module named after it.
        command.args(["--skip", &format!("{module}::")]);
        summary.skip("rust", &format!("tests in `{module}`: {reason}"));
    }
    let (counts, succeeded) = stream(&mut command)?;
    // A build error or a crash ends a test program without a result line.
    let unexplained = usize::from(!succeeded && counts.failed == 0);
    summary.count(
        "rust",
        Counts {
            failed: counts.failed + unexplained,
            ..counts
        },
    );
    Ok(())
}

/// Runs the tests with their output shown as it comes, and adds up the result lines.
fn stream(command: &mut Command) -> Result<(Counts, bool)> {
    run::print(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{}`", run::shown(command)))?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let mut counts = Counts::default();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let mut out = std::io::stdout().lock();
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        out.flush()?;
        counts.add(&String::from_utf8_lossy(&line));
    }
    Ok((counts, child.wait()?.success()))
}

impl Counts {
    /// Adds a line like `test result: ok. 3 passed; 0 failed; 1 ignored; …`; other lines add nothing.
    fn add(&mut self, line: &str) {
        // Run by another test, in a process of its own: not skipped, and counted with that one.
        if line.contains(" ... ignored, run by the test") {
            self.run_by_others += 1;
        }
        let Some(result) = line.trim_start().strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<&str> = result
            .split([' ', ';', '.'])
            .filter(|w| !w.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<usize>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count - self.run_by_others.min(count),
                _ => {}
            }
        }
        self.run_by_others = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_add_up_and_other_lines_count_for_nothing() {
        let mut counts = Counts::default();
        for line in [
            "test tls::child ... ignored, run by the test above",
            "test slow ... ignored, takes a day",
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.50s",
            "test result: FAILED. 2 passed; 4 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "the user wrote: 7 passed; 7 failed",
        ] {
            counts.add(line);
        }
        assert_eq!((counts.passed, counts.failed, counts.ignored), (14, 4, 2));
    }
}
