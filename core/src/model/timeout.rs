use std::fmt;
use std::str::FromStr;
pub use std::time::Duration;

use super::decimal::{Decimal, compact};
use super::{Field, Invalid, moment};

/// How long a sandbox lives: as long as the connection that created it, or for a fixed time.
///
/// As text: `"session"` (the default), or a whole number of seconds or minutes like `"90s"` or
/// `"5m"`. The service documents at most 30 minutes for each creation or extension and has the last
/// word on it.
///
/// ```
/// use deno_sandbox::model::{Duration, Timeout};
/// assert_eq!("5m".parse::<Timeout>()?, Timeout::After(Duration::from_secs(300)));
/// assert_eq!("session".parse::<Timeout>()?, Timeout::Session);
/// assert!("1.5m".parse::<Timeout>().unwrap_err().to_string().contains("\"90s\""));
/// # Ok::<(), deno_sandbox::model::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Timeout {
    /// Until the creating connection closes.
    #[default]
    Session,
    /// For this long, whoever is connected; whole milliseconds, more than zero.
    After(Duration),
}

const RULE: &str =
    "must be \"session\", or a whole number above zero and s or m, like \"90s\" or \"5m\"";

impl Timeout {
    /// A fixed lifetime.
    ///
    /// # Errors
    /// When it is shorter than a millisecond or longer than the protocol can express.
    pub fn after(duration: Duration) -> Result<Self, Invalid> {
        match u32::try_from(duration.as_secs()) {
            Ok(_) if duration >= Duration::from_millis(1) => Ok(Self::After(duration)),
            _ => Err(Invalid::new(
                Field::Timeout,
                &moment::spell(duration),
                "must be from a millisecond to 2^32 seconds",
            )),
        }
    }
}

impl FromStr for Timeout {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "session" {
            return Ok(Self::Session);
        }
        let parsed = text.strip_suffix('s').map(|n| (n, 1));
        let parsed = parsed.or_else(|| text.strip_suffix('m').map(|n| (n, 60)));
        if let Some((number, unit)) = parsed {
            let is_whole = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let seconds = number.parse::<u32>().ok().and_then(|n| n.checked_mul(unit));
            match seconds {
                Some(seconds) if is_whole && seconds > 0 => {
                    return Ok(Self::After(Duration::from_secs(seconds.into())));
                }
                _ => {}
            }
        }
        Err(Invalid::new(Field::Timeout, text, RULE).did_you_mean(nearest(text).as_deref()))
    }
}

/// What `parse` reads back, except for a duration with a fraction of a second, which text cannot give.
impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("session"),
            Self::After(duration) => match (duration.as_secs(), duration.subsec_millis()) {
                (seconds, 0) if seconds > 0 && seconds.is_multiple_of(60) => {
                    write!(f, "{}m", seconds / 60)
                }
                (seconds, 0) => write!(f, "{seconds}s"),
                (seconds, millis) => write!(f, "{seconds}.{millis:03}s"),
            },
        }
    }
}

impl TryFrom<&str> for Timeout {
    type Error = Invalid;

    fn try_from(text: &str) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl TryFrom<Duration> for Timeout {
    type Error = Invalid;

    fn try_from(duration: Duration) -> Result<Self, Invalid> {
        Self::after(duration)
    }
}

/// The right spelling of a time written another way: `1h`, `1.5m`, `90 sec`, `500ms`, `90`.
fn nearest(text: &str) -> Option<String> {
    let compact = compact(text);
    if compact == "session" {
        return Some(compact);
    }
    let (number, unit) = Decimal::split(&compact)?;
    let milliseconds = match unit {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hour" | "hours" => 3_600_000,
        "ms" | "millis" | "milliseconds" => 1,
        _ => return None,
    };
    let (milliseconds, _) = number.times(milliseconds)?;
    let seconds = milliseconds.div_ceil(1_000);
    (1..=86_400)
        .contains(&seconds)
        .then(|| Timeout::After(Duration::from_secs(seconds)).to_string())
}
