//! The examples of the documentation, as code that has to compile.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use super::copy_when_other;
use crate::run;

/// Writes every example of the package's sources and its README into one file of its tests: each is a
/// function of a client and a sandbox.
pub(super) fn write(package: &Path) -> Result<()> {
    let mut files = vec![package.join("README.md")];
    for entry in fs::read_dir(package.join("Sources/DenoSandbox"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut code = String::from(
        "// Made from the documentation by `cargo xtask test swift`.\n\nimport DenoSandbox\nimport Foundation\n",
    );
    let mut count = 0;
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        for (line, example) in examples(&fs::read_to_string(file)?) {
            count += 1;
            let used = used(&example);
            writeln!(
                code,
                "\n// {name}, line {line}\nfunc example{count}(client: Client, sandbox: Sandbox) async throws {{\n{example}{used}}}"
            )?;
        }
    }
    ensure!(
        count >= 20,
        "only {count} examples were found in the Swift documentation"
    );
    let made = run::target_dir().join("swift/Examples.swift");
    fs::create_dir_all(run::target_dir().join("swift"))?;
    fs::write(&made, code)?;
    copy_when_other(
        &made,
        &package.join("Tests/DenoSandboxTests/Generated/Examples.swift"),
    )?;
    Ok(())
}

/// Uses of what an example names last and leaves to its reader.
fn used(example: &str) -> String {
    let names = example.lines().filter_map(|line| {
        let line = line.strip_prefix(' ').unwrap_or(line);
        line.strip_prefix("let ")?.split([' ', ':']).next()
    });
    names.map(|name| format!("_ = {name}\n")).collect()
}

/// What stands between `` ```swift `` and `` ``` ``, and on which line it begins. Imports go to the
/// top of the file, where they are already.
fn examples(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start().trim_start_matches("///");
        match line.trim() {
            "```swift" => {
                inside = true;
                found.push((number + 2, String::new()));
            }
            "```" => inside = false,
            import if import.starts_with("import ") => {}
            _ if inside => {
                if let Some((_, example)) = found.last_mut() {
                    example.push_str(line);
                    example.push('\n');
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_come_without_what_surrounds_them() {
        let text = "/// Words.\n/// ```swift\n/// import DenoSandbox\n/// let a = 1\n///     + 2\n/// ```\n\
                    /// ```text\n/// no\n/// ```\n```swift\nb()\n```\n";
        assert_eq!(
            examples(text),
            [
                (3, " let a = 1\n     + 2\n".to_owned()),
                (11, "b()\n".to_owned())
            ]
        );
    }
}
