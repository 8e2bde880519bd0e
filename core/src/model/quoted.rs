use std::fmt::{self, Write as _};

/// A text in quotes and on one line, as it stands in messages.
///
/// `Debug` for text does about the same, by large tables of Unicode.
///
/// ```
/// use deno_sandbox::model::Quoted;
/// assert_eq!(Quoted("a\"b\n").to_string(), r#""a\"b\n""#);
/// ```
#[derive(Clone, Copy)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                _ if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
