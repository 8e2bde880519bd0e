//! Everything CI runs: the checks, then every test with the tools it needs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::language::{Language, Languages};
use crate::summary::{Counts, Summary};
use crate::tools::Tools;
use crate::{check, js, kotlin, python, run, rust, swift};

pub(crate) fn run(languages: Languages) -> Result<()> {
    let tools = Tools::set_up();
    tools.report();
    let mut summary = match languages {
        Languages::All => check::run()?,
        Languages::One(_) => Summary::default(),
    };
    run::run(run::cargo().args(["build", "--package", "deno-sandbox-emulator"]))?;
    for language in languages.each() {
        // One language's failure to build does not hide how the others fare.
        let result = match language {
            Language::Rust => rust::test(&tools, &mut summary),
            Language::Js => js::test(&tools, &mut summary),
            Language::Python => python::test(&tools, &mut summary),
            Language::Swift => swift::test(&tools, &mut summary),
            Language::Kotlin => kotlin::test(&tools, &mut summary),
        };
        if let Err(error) = result {
            summary.fail(language.name(), &format!("{error:#}"));
        }
    }
    summary.conclude()
}

/// Runs tests with their output shown as it comes, and adds up their result lines, which are written
/// as Rust's test programs write them.
pub(crate) fn stream(command: &mut Command) -> Result<(Counts, bool)> {
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
        if self.add_swift(line) || self.add_maven(line) || self.add_plain(line) {
            return;
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

    /// Adds a line that is nothing but `12 passed, 0 failed`, the last of the scripts in JavaScript.
    fn add_plain(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        let [passed, "passed,", failed, "failed"] = words[..] else {
            return false;
        };
        match (passed.parse::<usize>(), failed.parse::<usize>()) {
            (Ok(passed), Ok(failed)) => {
                self.passed += passed;
                self.failed += failed;
                true
            }
            _ => false,
        }
    }

    /// Adds a line of Maven's test runner: `[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0`, for all
    /// classes together; the line of each class goes on with its time.
    fn add_maven(&mut self, line: &str) -> bool {
        let Some((_, result)) = line.split_once("] Tests run: ") else {
            return false;
        };
        let numbers: Vec<usize> = result
            .split(", ")
            .filter_map(|part| part.rsplit(' ').next()?.trim().parse().ok())
            .collect();
        let ([run, failures, errors, skipped], false) = (&numbers[..], result.contains("Time"))
        else {
            return false;
        };
        self.passed += run - failures - errors - skipped;
        self.failed += failures + errors;
        self.ignored += skipped;
        true
    }

    /// Adds a line of Swift's test runner: `✔ Test run with 3 tests passed after …`, with the names of
    /// those that failed on lines before it.
    fn add_swift(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["✔" | "✘", "Test", "run", "with", count, ..] => {
                let run = count.parse::<usize>().unwrap_or_default();
                self.passed += run.saturating_sub(self.failed_by_name);
                self.failed += self.failed_by_name;
                self.failed_by_name = 0;
                true
            }
            ["✘", "Test", _, "failed", "after", ..] => {
                self.failed_by_name += 1;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_of_swift_add_up() {
        let mut counts = Counts::default();
        for line in [
            "✔ Test a() passed after 0.001 seconds.",
            "✘ Test b(text:) failed after 0.001 seconds with 1 issue.",
            "✘ Suite S failed after 0.001 seconds with 1 issue.",
            "✘ Test run with 3 tests failed after 0.001 seconds with 1 issue.",
            "✔ Test run with 4 tests passed after 0.001 seconds.",
        ] {
            counts.add(line);
        }
        assert_eq!((counts.passed, counts.failed), (6, 1));
    }

    #[test]
    fn result_lines_of_maven_add_up() {
        let mut counts = Counts::default();
        for line in [
            "[INFO] Tests run: 523, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 5.456 s -- in VectorTest",
            "[INFO] Tests run: 591, Failures: 0, Errors: 0, Skipped: 0",
            "[ERROR] Tests run: 9, Failures: 1, Errors: 2, Skipped: 3",
        ] {
            counts.add(line);
        }
        assert_eq!((counts.passed, counts.failed, counts.ignored), (594, 3, 3));
    }

    #[test]
    fn result_lines_add_up_and_other_lines_count_for_nothing() {
        let mut counts = Counts::default();
        for line in [
            "test tls::child ... ignored, run by the test above",
            "test slow ... ignored, takes a day",
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.50s",
            "test result: FAILED. 2 passed; 4 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "the user wrote: 7 passed; 7 failed",
            "the user wrote: 7 passed, 7 failed",
            "5 passed, 1 failed",
        ] {
            counts.add(line);
        }
        assert_eq!((counts.passed, counts.failed, counts.ignored), (19, 5, 2));
    }
}
