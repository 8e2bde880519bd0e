use std::str::FromStr;

use anyhow::{Result, bail};

/// A language the SDK speaks, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Js,
    Python,
    Kotlin,
    Swift,
}

/// What a command was asked to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Languages {
    All,
    One(Language),
}

impl Language {
    pub(crate) const ALL: [Self; 5] = [
        Self::Rust,
        Self::Js,
        Self::Python,
        Self::Kotlin,
        Self::Swift,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
        }
    }
}

impl Languages {
    pub(crate) const RUST: Self = Self::One(Language::Rust);

    /// Refuses a single language that has no SDK yet; of all languages, only those that have one
    /// run, and [`missing`](Self::missing) names the others.
    pub(crate) fn check(self) -> Result<()> {
        match self {
            Self::All | Self::RUST => Ok(()),
            Self::One(language) => bail!("{}", absent(language)),
        }
    }

    /// One line for each language asked for that has no SDK yet.
    pub(crate) fn missing(self) -> Vec<(Language, String)> {
        match self {
            Self::One(_) => Vec::new(),
            Self::All => Language::ALL[1..].iter().map(|&l| (l, absent(l))).collect(),
        }
    }
}

impl FromStr for Languages {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "all" {
            return Ok(Self::All);
        }
        match Language::ALL
            .into_iter()
            .find(|language| language.name() == text)
        {
            Some(language) => Ok(Self::One(language)),
            None => bail!("{text:?} is not one of rust, js, python, kotlin, swift, all"),
        }
    }
}

fn absent(language: Language) -> String {
    let published = match language {
        Language::Js => "; the published npm package runs against the emulator in the rust tests",
        Language::Python => {
            "; the published PyPI package runs against the emulator in the rust tests"
        }
        _ => "",
    };
    format!(
        "this repository has no {} SDK yet{published}",
        language.name()
    )
}
