//! Decimal numbers as people write them, counted exactly.

/// A number like `2` or `12.5`: digits, and maybe a point and more digits.
#[derive(Clone, Copy)]
pub(super) struct Decimal<'a> {
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// The number a text starts with, and what follows it.
    pub(super) fn split(text: &'a str) -> Option<(Self, &'a str)> {
        let (whole, rest) = split_digits(text)?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => split_digits(rest)?,
            None => ("", rest),
        };
        Some((Self { whole, fraction }, rest))
    }

    /// Whether it is written without a point.
    pub(super) fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }

    /// So many times `factor`, rounded down, and whether that lost nothing; `None` beyond a `u64`.
    /// `factor` is small enough for ten of it.
    pub(super) fn times(&self, factor: u64) -> Option<(u64, bool)> {
        // From the last digit on, each is worth a tenth of the one before it. What was lost on the way
        // is less than one, and never makes up for the next whole number.
        let (part, is_exact) =
            self.fraction
                .bytes()
                .rev()
                .fold((0, true), |(part, is_exact), digit| {
                    let tenfold = u64::from(digit - b'0') * factor + part;
                    (tenfold / 10, is_exact && tenfold.is_multiple_of(10))
                });
        // Digits only: what does not parse does not fit.
        let whole = self.whole.parse::<u64>().ok()?.checked_mul(factor)?;
        Some((whole.checked_add(part)?, is_exact))
    }
}

/// The digits a text starts with, at least one, and what follows them.
fn split_digits(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| text.split_at(digits))
}

/// A text without spaces and in lower case, to see what it was meant to be.
pub(super) fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
