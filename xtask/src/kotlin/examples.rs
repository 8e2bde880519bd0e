//! The examples of the documentation, as code that has to compile.

use std::fmt::Write;
use std::fs;

use anyhow::{Result, ensure};

use super::project::copy_when_other;
use super::sources;
use crate::run;

/// What stands above the examples: what they import, and that some leave what they name to their reader.
const HEAD: &str = "\
// Made from the documentation by `cargo xtask test kotlin`.
@file:Suppress(\"NAME_SHADOWING\", \"UNUSED_VARIABLE\", \"UNUSED_PARAMETER\", \"ASSIGNED_BUT_NEVER_ACCESSED_VARIABLE\")

import com.deno.sandbox.*
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.flow.*
";

/// Writes every example of the package's sources and its README into one file of its tests: each is a
/// function of a client and a sandbox.
pub(super) fn write() -> Result<()> {
    let package = sources();
    let mut files = vec![package.join("README.md")];
    for entry in fs::read_dir(package.join("src/main/kotlin/com/deno/sandbox"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut code = HEAD.to_owned();
    let mut count = 0;
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        for (line, example) in examples(&fs::read_to_string(file)?) {
            count += 1;
            writeln!(
                code,
                "\n// {name}, line {line}\nsuspend fun example{count}(client: Client, sandbox: Sandbox) {{\n{example}}}"
            )?;
        }
    }
    ensure!(
        count >= 20,
        "only {count} examples were found in the Kotlin documentation"
    );
    let made = run::target_dir().join("kotlin/Examples.kt");
    fs::write(&made, code)?;
    copy_when_other(&made, &package.join("core/examples/Examples.kt"))
}

/// What stands between `` ```kotlin `` and `` ``` ``, and on which line it begins. Imports go to the top of
/// the file, where they are already.
fn examples(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let comment = line.trim_start().strip_prefix('*');
        let line = comment.unwrap_or(line);
        match line.trim() {
            "```kotlin" => {
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
        let text = "/**\n * Words.\n * ```kotlin\n * import com.deno.sandbox.Client\n * val a = 1\n *     + 2\n * ```\n\
                    ```text\nno\n```\n```kotlin\nb()\n```\n";
        assert_eq!(
            examples(text),
            [
                (4, " val a = 1\n     + 2\n".to_owned()),
                (12, "b()\n".to_owned())
            ]
        );
    }
}
