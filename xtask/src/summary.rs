use anyhow::{Result, bail};

/// What ran and how it went; printed last, one line for each part and one for all.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    parts: Vec<(String, Counts)>,
    notes: Vec<(String, String)>,
    skipped: usize,
}

/// Results of one part.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
    /// Seen since the last result line: ignored there, and yet run.
    pub(crate) run_by_others: usize,
    /// Named as failed since the last result line that does not count them itself.
    pub(crate) failed_by_name: usize,
}

impl Summary {
    /// Adds the results of a part.
    pub(crate) fn count(&mut self, part: &str, counts: Counts) {
        self.skipped += counts.ignored;
        self.parts.push((part.to_owned(), counts));
    }

    /// Adds something that could not run, and why.
    pub(crate) fn skip(&mut self, part: &str, reason: &str) {
        self.skipped += 1;
        self.note(part, &format!("skipped: {reason}"));
    }

    /// Adds something that failed as a whole, like a build.
    pub(crate) fn fail(&mut self, part: &str, reason: &str) {
        let failed = Counts {
            failed: 1,
            ..Counts::default()
        };
        self.count(part, failed);
        self.note(part, &format!("failed: {reason}"));
    }

    /// Adds a line that is neither a success nor a failure.
    pub(crate) fn note(&mut self, part: &str, line: &str) {
        self.notes.push((part.to_owned(), line.to_owned()));
    }

    /// Prints everything; any failure is an error, and so is a skip where nobody would see it.
    pub(crate) fn conclude(self) -> Result<()> {
        println!();
        for (part, counts) in &self.parts {
            println!(
                "{part:<8} {}",
                line(counts.passed, counts.failed, counts.ignored)
            );
        }
        for (part, note) in &self.notes {
            println!("{part:<8} {note}");
        }
        let sum = |get: fn(&Counts) -> usize| self.parts.iter().map(|(_, c)| get(c)).sum::<usize>();
        let failed = sum(|c| c.failed);
        println!("{}", line(sum(|c| c.passed), failed, self.skipped));
        if failed > 0 {
            bail!("{failed} failed");
        }
        if self.skipped > 0 && std::env::var_os("CI").is_some() {
            bail!("{} skipped, which CI does not accept", self.skipped);
        }
        Ok(())
    }
}

fn line(passed: usize, failed: usize, skipped: usize) -> String {
    match skipped {
        0 => format!("{passed} passed, {failed} failed"),
        _ => format!("{passed} passed, {failed} failed, {skipped} skipped"),
    }
}
