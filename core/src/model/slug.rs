use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid, Quoted};

/// The name of a volume or snapshot, unique among both in an organization.
///
/// 2 to 32 of `a-z`, `0-9` and `-`; no hyphen first or last; no `--` at positions 3 and 4 (that
/// form is reserved for encoded international names). The rule is the one documented with the
/// published packages.
///
/// ```
/// use deno_sandbox::model::Slug;
/// let slug: Slug = "training-cache".parse()?;
/// assert_eq!(slug.as_str(), "training-cache");
/// assert!("Training Cache".parse::<Slug>().unwrap_err().to_string().contains("training-cache"));
/// # Ok::<(), deno_sandbox::model::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |rule: &str| {
            Invalid::new(Field::Slug, text, rule).did_you_mean(nearest(text).as_deref())
        };
        if let Some(other) = text
            .chars()
            .find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-'))
        {
            let other = Quoted(other.encode_utf8(&mut [0; 4])).to_string();
            return Err(invalid(&format!(
                "may hold only a-z, 0-9 and hyphens, and {other} is none of them"
            )));
        }
        if !(2..=32).contains(&text.len()) {
            return Err(invalid(&format!(
                "must have 2 to 32 characters, and this has {}",
                text.len()
            )));
        }
        if text.starts_with('-') || text.ends_with('-') {
            return Err(invalid("must not start or end with a hyphen"));
        }
        if text.get(2..4) == Some("--") {
            return Err(invalid(
                "must not have \"--\" as its third and fourth characters",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The slug a person most likely meant: lower case, runs of anything else as one hyphen.
fn nearest(text: &str) -> Option<String> {
    let mut slug = String::new();
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(32);
    let slug = slug.trim_end_matches('-');
    (slug.len() >= 2 && slug != text).then(|| slug.to_owned())
}

text_conversions!(Slug);

/// A volume or snapshot as a caller names it: by slug or by id.
///
/// Ids are the service's own and opaque, so the only check is that the text can stand as one path
/// segment of a URL: not empty, not `.` or `..`, no control characters, at most 255 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_segment = !matches!(text, "" | "." | "..")
            && text.len() <= 255
            && !text.chars().any(char::is_control);
        if !is_segment {
            return Err(Invalid::new(
                Field::Reference,
                text,
                "must be the slug or the id of a volume or snapshot",
            )
            .with_hint("pass the `slug` or `id` of the record"));
        }
        Ok(Self(text.to_owned()))
    }
}

text_conversions!(Reference);

impl From<Slug> for Reference {
    fn from(slug: Slug) -> Self {
        Self(slug.0)
    }
}
