//! When a request is sent again, as a pure function.

use std::time::Duration;

use crate::model::moment;

use super::http::Method;

/// How often and how long a failed request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// The most attempts at one request, the first included.
    pub(crate) max_attempts: u32,
    /// No attempt starts later than this after the first one did.
    pub(crate) budget: Duration,
    /// The longest wait before the second attempt; doubles with each further one.
    pub(crate) first_backoff: Duration,
    /// The longest wait before any attempt, unless the service asks for more.
    pub(crate) max_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            budget: Duration::from_secs(30),
            first_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(8),
        }
    }
}

/// What a second arrival of the same request would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Nothing new: reads and deletions.
    Harmless,
    /// Something again: creations. Repeated only when it certainly did not arrive.
    Doubles,
}

impl Repeat {
    pub(crate) fn of(method: Method) -> Self {
        match method {
            Method::Get | Method::Delete => Self::Harmless,
            Method::Post | Method::Patch => Self::Doubles,
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The service answered with this status.
    Answered(u16),
    /// No connection was made: the request certainly did not arrive.
    NotSent,
    /// The connection broke or a deadline passed: the request may have arrived.
    Unknown,
    /// The peer broke the protocol; it would again.
    Senseless,
    /// This machine cannot send it, now or later.
    NotTried,
}

impl Outcome {
    /// Whether the service may have acted on the request without the caller learning of it.
    pub(crate) fn may_have_arrived(self) -> bool {
        match self {
            Self::Answered(status) => status == 408 || status >= 500,
            Self::NotSent | Self::NotTried => false,
            Self::Unknown | Self::Senseless => true,
        }
    }
}

/// One attempt, as far as the decision depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) repeat: Repeat,
    pub(crate) outcome: Outcome,
    /// 1 for the first.
    pub(crate) number: u32,
    /// Since the first attempt began.
    pub(crate) elapsed: Duration,
    /// How long the service asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// From 0 to 1 without 1.
    pub(crate) random: f64,
}

impl RetryPolicy {
    /// How long to wait before the next attempt; `None` to give up, or when there is nothing to mend.
    pub(crate) fn next(&self, attempt: &Attempt) -> Option<Duration> {
        let is_safe = match (attempt.outcome, attempt.repeat) {
            (Outcome::NotSent, _) => true,
            (Outcome::Unknown, Repeat::Harmless) => true,
            (Outcome::Answered(status), Repeat::Harmless) => is_transient(status),
            _ => false,
        };
        if !is_safe || attempt.number >= self.max_attempts {
            return None;
        }
        let doublings = attempt.number.saturating_sub(1).min(30);
        let ceiling = moment::milliseconds(self.first_backoff)
            .saturating_mul(1 << doublings)
            .min(moment::milliseconds(self.max_backoff));
        let jittered = ceiling as f64 * attempt.random.clamp(0.0, 1.0);
        let asked = attempt.retry_after.unwrap_or_default();
        let wait = asked.max(Duration::from_millis(jittered as u64));
        (attempt.elapsed.saturating_add(wait) <= self.budget).then_some(wait)
    }
}

/// Whether an answer with this status may be another one soon.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// How long a `Retry-After` header asks to wait: a number of seconds, or a date in HTTP's format.
pub(crate) fn retry_after(header: &str, unix_time: Duration) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit ask for longer than any budget.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    Some(moment::parse_http(header)?.saturating_sub(unix_time))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            any::<u16>().prop_map(Outcome::Answered),
            prop::sample::select(vec![429u16, 500, 503]).prop_map(Outcome::Answered),
            Just(Outcome::NotSent),
            Just(Outcome::Unknown),
            Just(Outcome::Senseless),
            Just(Outcome::NotTried),
        ]
    }

    proptest! {
        /// What doubles when repeated is repeated only if it never left; nothing starts beyond the
        /// budget, and nothing earlier than the service asked.
        #[test]
        fn no_attempt_is_unsafe_or_beyond_the_budget(
            doubles in any::<bool>(),
            outcome in outcome(),
            number in 1u32..6,
            elapsed in 0u64..60_000,
            retry_after in prop::option::of(0u64..60),
            random in 0.0f64..1.0,
        ) {
            let policy = RetryPolicy::default();
            let attempt = Attempt {
                repeat: if doubles { Repeat::Doubles } else { Repeat::Harmless },
                outcome,
                number,
                elapsed: Duration::from_millis(elapsed),
                retry_after: retry_after.map(Duration::from_secs),
                random,
            };
            let Some(wait) = policy.next(&attempt) else { return Ok(()) };
            prop_assert!(!doubles || outcome == Outcome::NotSent);
            prop_assert!(attempt.elapsed + wait <= policy.budget);
            prop_assert!(attempt.retry_after.is_none_or(|asked| wait >= asked));
            prop_assert!(number < policy.max_attempts);
        }

        #[test]
        fn any_header_is_read_without_panic(header in "\\PC*|[0-9]{0,30}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT") {
            let _ = retry_after(&header, Duration::from_secs(1_800_000_000));
        }
    }
}
