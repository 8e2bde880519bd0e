//! Measurements against an emulator built for speed.

use anyhow::Result;

use crate::language::{Language, Languages};
use crate::{js, kotlin, python, rust, swift};

pub(crate) fn run(languages: Languages) -> Result<()> {
    for language in languages.each() {
        match language {
            Language::Rust => rust::bench()?,
            Language::Js => js::bench()?,
            Language::Python => python::bench()?,
            Language::Swift => swift::bench()?,
            Language::Kotlin => kotlin::bench()?,
        }
    }
    Ok(())
}
