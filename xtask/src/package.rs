//! What is published, built from a clean tree and checked as its registry would check it.

use anyhow::Result;

use crate::language::Languages;
use crate::run;

pub(crate) fn run(languages: Languages) -> Result<()> {
    languages.check()?;
    run::run(run::cargo().args(["package", "--package", "deno-sandbox"]))?;
    println!("rust     {}", run::target_dir().join("package").display());
    for (language, line) in languages.missing() {
        println!("{:<8} {line}", language.name());
    }
    Ok(())
}
