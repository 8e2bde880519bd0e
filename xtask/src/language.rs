use std::str::FromStr;

use anyhow::{Result, bail};

/// A language the SDK speaks, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Js,
    Python,
    Swift,
    Kotlin,
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
        Self::Swift,
        Self::Kotlin,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Python => "python",
            Self::Swift => "swift",
            Self::Kotlin => "kotlin",
        }
    }
}

impl Languages {
    pub(crate) const RUST: Self = Self::One(Language::Rust);

    /// The languages asked for.
    pub(crate) fn each(self) -> impl Iterator<Item = Language> {
        Language::ALL
            .into_iter()
            .filter(move |language| match self {
                Self::All => true,
                Self::One(one) => one == *language,
            })
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
            None => bail!("{text:?} is not one of rust, js, python, swift, kotlin, all"),
        }
    }
}
