//! Sizes as people write them: a decimal number and a unit, counted exactly.

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
    let digits = text
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "" if !number.contains('.') => Some(1),
        "KB" => Some(1_000),
        _ => UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|&(_, size)| size),
    };
    let parsed = decimal(number);
    let (Some(factor), Some((whole, fraction))) = (factor, parsed) else {
        return Err(SizeError::Malformed(suggest(text)));
    };
    let (part, is_whole) = part_of(factor, fraction);
    // Digits only: what does not parse does not fit.
    let whole = whole.parse::<u64>().ok();
    let bytes = whole
        .and_then(|whole| whole.checked_mul(factor))
        .and_then(|whole| whole.checked_add(part))
        .ok_or(SizeError::TooLarge)?;
    Ok(ExactSize { bytes, is_whole })
}

/// `0.fraction` of `factor` rounded down, and whether nothing was lost.
fn part_of(factor: u64, fraction: &str) -> (u64, bool) {
    // From the last digit on, each is worth a tenth of the one before it. What was lost on the way
    // is less than one, and never makes up for the next whole number.
    fraction
        .bytes()
        .rev()
        .fold((0, true), |(part, is_whole), digit| {
            let tenfold = u64::from(digit - b'0') * factor + part;
            (tenfold / 10, is_whole && tenfold.is_multiple_of(10))
        })
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

/// Splits `12.5` into its digits before and after the point.
fn decimal(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(w, f)| (w, Some(f)));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    match fraction {
        _ if !all_digits(whole) => None,
        None => Some((whole, "")),
        Some(fraction) if all_digits(fraction) => Some((whole, fraction)),
        Some(_) => None,
    }
}

/// Right spellings near `text`: same number, units that differ only in case, spacing or the `B`.
fn suggest(text: &str) -> Option<String> {
    let compact: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '_' && *c != ',')
        .collect();
    let digits = compact
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let (number, unit) = compact.split_at(digits);
    decimal(number)?;
    let letter = unit.chars().next()?.to_ascii_lowercase();
    let unit = unit.to_ascii_lowercase();
    // "Gi", "GiB", "gibibytes", and not "gigabytes".
    let is_binary = unit.contains("ib") || unit.ends_with('i');
    let pair: &[&str] = match letter {
        'g' if is_binary => &["GiB"],
        'm' if is_binary => &["MiB"],
        'k' if is_binary => &["KiB"],
        'g' => &["GB", "GiB"],
        'm' => &["MB", "MiB"],
        'k' => &["kB", "KiB"],
        'b' if !number.contains('.') => return Some(format!("did you mean \"{number}\"?")),
        't' => {
            return Some("the largest unit is \"GB\" (or \"GiB\")".to_owned());
        }
        _ => return None,
    };
    let spellings: Vec<String> = pair
        .iter()
        .map(|unit| format!("\"{number}{unit}\""))
        .collect();
    Some(format!("did you mean {}?", spellings.join(" or ")))
}
