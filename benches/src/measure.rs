use std::fmt;
use std::time::Duration;

/// Times of the same thing done again and again.
#[derive(Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that this many of a hundred stay within.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }
}

/// Prints one line: what, how much, and what is aimed at.
pub(crate) fn report(what: &str, value: impl fmt::Debug, aim: &str) {
    let value = format!("{value:.1?}").replace('"', "");
    println!("{what:<40} {value:>24}   {aim}");
}
