//! Moments as text: RFC 3339 on the wire, and the form of HTTP's headers.
//!
//! `time` reads both too, but with all their relatives; these few lines keep the module for JavaScript small.

use std::time::Duration;

use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// Reads RFC 3339, and what ISO 8601 allows beside it: no seconds, no colon in the offset, no offset for UTC.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let mut rest = Digits(text.as_bytes());
    let date = {
        let year = rest.number(4)?;
        rest.skip(b"-")?;
        let month = rest.number(2)?;
        rest.skip(b"-")?;
        date(year, month, rest.number(2)?)?
    };
    rest.skip(b"Tt ")?;
    let hour = rest.number(2)?;
    rest.skip(b":")?;
    let minute = rest.number(2)?;
    let (mut second, mut nanos) = (0, 0);
    if rest.skip(b":").is_some() {
        second = rest.number(2)?;
        if rest.skip(b".,").is_some() {
            nanos = rest.nanoseconds()?;
        }
    }
    // A leap second is the last moment of its minute.
    let (second, nanos) = match second {
        60 => (59, 999_999_999),
        _ => (second, nanos),
    };
    let time = Time::from_hms_nano(narrow(hour)?, narrow(minute)?, narrow(second)?, nanos).ok()?;
    let offset = match rest.0 {
        [] | [b'Z' | b'z'] => UtcOffset::UTC,
        [sign @ (b'+' | b'-'), digits @ ..] => {
            rest.0 = digits;
            let hours = rest.number(2)?;
            let _ = rest.skip(b":");
            let minutes = if rest.0.is_empty() {
                0
            } else {
                rest.number(2)?
            };
            if !rest.0.is_empty() || minutes > 59 {
                return None;
            }
            let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
            let seconds = if *sign == b'-' { -seconds } else { seconds };
            UtcOffset::from_whole_seconds(seconds).ok()?
        }
        _ => return None,
    };
    Some(date.with_time(time).assume_offset(offset))
}

/// The moment so many milliseconds after 1970, to the microsecond; `None` beyond all time.
pub(crate) fn from_milliseconds(milliseconds: f64) -> Option<OffsetDateTime> {
    from_microseconds(milliseconds * 1e3)
}

/// The moment so many microseconds after 1970, which keep a present-day time exact within a float's precision;
/// `None` beyond all time.
pub(crate) fn from_microseconds(microseconds: f64) -> Option<OffsetDateTime> {
    let whole = microseconds
        .is_finite()
        .then(|| microseconds.round() as i64)?;
    let (seconds, rest) = (whole.div_euclid(1_000_000), whole.rem_euclid(1_000_000));
    from_unix(seconds, rest as u32 * 1_000)
}

/// The moment so many seconds and nanoseconds after 1970; `None` beyond all time.
pub(crate) fn from_unix(seconds: i64, nanos: u32) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    moment.replace_nanosecond(nanos).ok()
}

/// Writes RFC 3339 in UTC, with as many digits of the second's fraction as it has.
pub(crate) fn format(moment: OffsetDateTime) -> String {
    // The same in UTC: what is a moment is one there too.
    let moment = from_unix(moment.unix_timestamp(), moment.nanosecond()).unwrap_or(moment);
    let (year, month, day) = moment.to_calendar_date();
    let (hour, minute, second, nanos) = moment.to_hms_nano();
    let month = u8::from(month);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if nanos > 0 {
        let fraction = format!(".{nanos:09}");
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

/// A duration for people, to the millisecond: `30s` or `250ms`.
pub(crate) fn spell(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => format!("{}s", duration.as_secs()),
        _ => format!("{}ms", milliseconds(duration)),
    }
}

/// A duration in whole milliseconds, as many as fit.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1_000)
        .saturating_add(duration.subsec_millis().into())
}

/// Reads the date of an HTTP header, `Sun, 06 Nov 1994 08:49:37 GMT`, as the time since 1970.
pub(crate) fn parse_http(text: &str) -> Option<Duration> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let (_, text) = text.split_once(',')?;
    let mut parts = text.split_ascii_whitespace();
    let day = Digits(parts.next()?.as_bytes()).number(2)?;
    let name = parts.next()?.as_bytes();
    let month = MONTHS.chunks(3).position(|month| month == name)? + 1;
    let year = Digits(parts.next()?.as_bytes()).number(4)?;
    let mut clock = Digits(parts.next()?.as_bytes());
    let hour = clock.number(2)?;
    clock.skip(b":")?;
    let minute = clock.number(2)?;
    clock.skip(b":")?;
    let time = Time::from_hms(narrow(hour)?, narrow(minute)?, narrow(clock.number(2)?)?).ok()?;
    if !matches!(parts.next(), Some("GMT" | "UTC" | "+0000")) {
        return None;
    }
    let moment = date(year, month as u32, day)?.with_time(time).assume_utc();
    Some(Duration::from_secs(
        u64::try_from(moment.unix_timestamp()).unwrap_or(0),
    ))
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    let month = Month::try_from(narrow(month)?).ok()?;
    Date::from_calendar_date(i32::try_from(year).ok()?, month, narrow(day)?).ok()
}

fn narrow(number: u32) -> Option<u8> {
    u8::try_from(number).ok()
}

/// What is left to read.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// A number of exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u32::from(digit - b'0'))
        })
    }

    /// One of these characters.
    fn skip(&mut self, any: &[u8]) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = any.contains(first).then_some(rest)?;
        Some(())
    }

    /// The fraction of a second; digits beyond a nanosecond mean nothing.
    fn nanoseconds(&mut self) -> Option<u32> {
        let count = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        let padded = digits.iter().copied().chain(std::iter::repeat(b'0'));
        let sum = |sum, digit: u8| sum * 10 + u32::from(digit - b'0');
        (count > 0).then(|| padded.take(9).fold(0, sum))
    }
}

/// How the fields of records are written.
pub(crate) mod rfc3339 {
    use serde::Serializer;
    use time::OffsetDateTime;

    pub(crate) fn serialize<S: Serializer>(
        moment: &OffsetDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::format(*moment))
    }

    /// For fields that may be absent.
    pub(crate) mod option {
        use super::*;

        pub(crate) fn serialize<S: Serializer>(
            moment: &Option<OffsetDateTime>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match moment {
                Some(moment) => super::serialize(moment, serializer),
                None => serializer.serialize_none(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::format_description::well_known::{Rfc2822, Rfc3339};

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_and_both_agree_with_a_library(
            seconds in -30_000_000_000i64..200_000_000_000,
            nanos in 0u32..1_000_000_000,
        ) {
            let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let moment = moment.replace_nanosecond(nanos).unwrap();
            let text = format(moment);
            prop_assert_eq!(&text, &moment.format(&Rfc3339).unwrap());
            prop_assert_eq!(parse(&text), Some(moment));
        }

        #[test]
        fn dates_of_headers_are_read_as_a_library_writes_them(seconds in 0u32..) {
            let moment = OffsetDateTime::from_unix_timestamp(seconds.into()).unwrap();
            let text = moment.format(&Rfc2822).unwrap();
            prop_assert_eq!(parse_http(&text), Some(Duration::from_secs(seconds.into())));
            let text = text.replace("+0000", "GMT");
            prop_assert_eq!(parse_http(&text), Some(Duration::from_secs(seconds.into())));
        }

        #[test]
        fn nothing_is_taken_for_a_time_that_a_library_refuses(
            text in r"[0-9]{3,5}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})",
        ) {
            if let Ok(theirs) = OffsetDateTime::parse(&text, &Rfc3339) {
                prop_assert_eq!(parse(&text).map(|t| t.unix_timestamp()), Some(theirs.unix_timestamp()));
            }
        }
    }

    #[test]
    fn forms_beside_the_usual() {
        let moment = parse("2026-11-23T20:30:00Z").unwrap();
        for text in [
            "2026-11-23T20:30Z",
            "2026-11-23 21:30:00+01:00",
            "2026-11-23T19:00:00.000-0130",
            "2026-11-23T20:30:00",
        ] {
            assert_eq!(parse(text), Some(moment), "{text}");
        }
        for text in [
            "",
            "2026-11-23",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T20:30:00.Z",
            "2026-11-23T20:30:00Zx",
            "1700000000",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
