//! Sizes as people write them: a decimal number and a unit, counted exactly.

use super::decimal::{Decimal, compact};

/// Units in the order they are tried for display, each with its number of bytes.
pub(super) const UNITS: [(&str, u64); 6] = [
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("kB", 1_000),
    ("KiB", 1 << 10),
];

/// Formats a byte count for people: the largest decimal unit that leaves at least one before the
/// point, one decimal rounded half up, no trailing `.0`.
///
/// ```
/// use deno_sandbox::format_bytes;
/// assert_eq!(format_bytes(0), "0 B");
/// assert_eq!(format_bytes(2_000_000_000), "2 GB");
/// assert_eq!(format_bytes(1_536_000), "1.5 MB");
/// ```
pub fn format_bytes(bytes: u64) -> String {
    const DECIMAL: [(&str, u64); 6] = [
        ("EB", 1_000_000_000_000_000_000),
        ("PB", 1_000_000_000_000_000),
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
    ];
    // 999 950 bytes round up to "1 MB", not "1000 kB": compare what would be printed.
    let unit = DECIMAL
        .iter()
        .find(|(_, size)| bytes >= size - size / 20_000);
    let Some(&(name, size)) = unit else {
        return format!("{bytes} B");
    };
    // Near the largest number the half does not fit, and makes no difference.
    let tenths = bytes.saturating_add(size / 20) / (size / 10);
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

/// What is wrong with the text of a size.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SizeError {
    /// Not a decimal number followed by a known unit; a right spelling close to it, if any.
    Malformed(Option<String>),
    /// The number of bytes is not whole.
    FractionOfByte,
    /// More than a `u64` can hold.
    TooLarge,
}

/// A size rounded down to bytes, and whether that lost nothing: a caller may refuse what was lost.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExactSize {
    pub(super) bytes: u64,
    pub(super) is_whole: bool,
}

/// Parses a bare whole number of bytes, or a decimal number directly followed by a unit.
pub(super) fn parse(text: &str) -> Result<ExactSize, SizeError> {
    let malformed = || SizeError::Malformed(suggest(text));
    let (number, unit) = Decimal::split(text).ok_or_else(malformed)?;
    let factor = match unit {
        "" if number.is_whole() => Some(1),
        "KB" => Some(1_000),
        _ => UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|&(_, size)| size),
    };
    let (bytes, is_whole) = number
        .times(factor.ok_or_else(malformed)?)
        .ok_or(SizeError::TooLarge)?;
    Ok(ExactSize { bytes, is_whole })
}

/// Parses a size that must come to a whole number of bytes.
pub(super) fn parse_whole(text: &str) -> Result<u64, SizeError> {
    let size = parse(text)?;
    if size.is_whole {
        Ok(size.bytes)
    } else {
        Err(SizeError::FractionOfByte)
    }
}

/// The shortest exact spelling: the largest unit that divides the count, else plain bytes.
pub(super) fn exact_spelling(bytes: u64) -> String {
    let unit = UNITS
        .iter()
        .find(|(_, size)| bytes >= *size && bytes.is_multiple_of(*size));
    match unit {
        Some((name, size)) => format!("{}{name}", bytes / size),
        None => bytes.to_string(),
    }
}

/// Right spellings near `text`: same number, units that differ only in case, spacing or the `B`.
fn suggest(text: &str) -> Option<String> {
    let plain = compact(text).replace(['_', ','], "");
    let (number, unit) = Decimal::split(&plain)?;
    let digits = &plain[..plain.len() - unit.len()];
    let (decimal, binary) = match unit.chars().next()? {
        'g' => ("GB", "GiB"),
        'm' => ("MB", "MiB"),
        'k' => ("kB", "KiB"),
        'b' if number.is_whole() => return Some(format!("did you mean \"{digits}\"?")),
        't' => return Some("the largest unit is \"GB\" (or \"GiB\")".to_owned()),
        _ => return None,
    };
    // "Gi", "GiB", "gibibytes", and not "gigabytes".
    let is_binary = unit.ends_with('i') || unit.as_bytes().windows(2).any(|pair| pair == b"ib");
    Some(if is_binary {
        format!("did you mean \"{digits}{binary}\"?")
    } else {
        format!("did you mean \"{digits}{decimal}\" or \"{digits}{binary}\"?")
    })
}
