//! What is published, built from a clean tree and checked as its registry would check it.

use anyhow::Result;

use crate::language::{Language, Languages};
use crate::{js, kotlin, python, rust, swift};

pub(crate) fn run(languages: Languages) -> Result<()> {
    for language in languages.each() {
        match language {
            Language::Rust => rust::package()?,
            Language::Js => js::package()?,
            Language::Python => python::package()?,
            Language::Swift => swift::package()?,
            Language::Kotlin => kotlin::package()?,
        }
    }
    Ok(())
}
