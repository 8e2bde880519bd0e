//! Functions of text.

/// Text as one word of a POSIX shell's command line.
#[uniffi::export]
pub fn quote(text: String) -> String {
    deno_sandbox::quote(&text)
}

/// A byte count for people.
#[uniffi::export]
pub fn format_bytes(bytes: u64) -> String {
    deno_sandbox::format_bytes(bytes)
}
