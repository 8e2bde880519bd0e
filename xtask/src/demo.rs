//! The volume story, told by a real program of each language against a real emulator.

use anyhow::Result;

use crate::language::{Language, Languages};
use crate::{js, kotlin, python, rust, swift};

pub(crate) fn run(languages: Languages) -> Result<()> {
    for language in languages.each() {
        match language {
            Language::Rust => rust::demo()?,
            Language::Js => js::demo(None)?,
            Language::Python => python::demo()?,
            Language::Swift => swift::demo()?,
            Language::Kotlin => kotlin::demo()?,
        }
    }
    Ok(())
}
