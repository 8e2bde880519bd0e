//! What a process can be started with.

use super::{Field, Invalid};

/// Checks the name of a program.
pub(crate) fn check(name: &str) -> Result<(), Invalid> {
    if name.is_empty() || name.as_bytes().contains(&0) {
        let rule = "a program's name must not be empty nor contain a NUL character";
        return Err(Invalid::new(Field::Option, name, rule));
    }
    Ok(())
}

/// Checks an argument of a program.
pub(crate) fn check_argument(text: &str) -> Result<(), Invalid> {
    if text.as_bytes().contains(&0) {
        let rule = "an argument must not contain a NUL character";
        return Err(Invalid::new(Field::Option, text, rule));
    }
    Ok(())
}

/// That a process cannot have the input it was to have.
pub(crate) fn no_input() -> Invalid {
    Invalid::new(
        Field::Option,
        "stdin",
        "a process in a sandbox cannot inherit this program's input",
    )
    .with_hint("pipe it, and write to the process's `stdin`")
}
