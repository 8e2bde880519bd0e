use std::fmt;
use std::io;

use nix::errno::Errno;
use serde::Serialize;

/// What a call answers instead of a value, in the wire's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    constructor_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    message: String,
    /// Sent also where there is none: the published npm package reads an absent code as one to set.
    code: Option<String>,
}

impl Failure {
    pub(super) fn new(
        constructor_name: &'static str,
        code: Errno,
        message: impl Into<String>,
    ) -> Self {
        Self {
            constructor_name,
            name: None,
            message: message.into(),
            code: Some(format!("{code:?}")),
        }
    }

    /// A value the call cannot be carried out with.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new("TypeError", Errno::EINVAL, message)
    }

    /// What a call answers that the client gave up.
    ///
    /// Without a code: JavaScript's `DOMException` has one of its own that cannot be set.
    pub(super) fn aborted() -> Self {
        Self {
            constructor_name: "DOMException",
            name: Some("AbortError"),
            message: "The call was aborted".to_owned(),
            code: None,
        }
    }

    /// An answer larger than the client accepts in one frame.
    pub(super) fn too_large(max_frame: usize) -> Self {
        Self::new(
            "Error",
            Errno::EFBIG,
            format!(
                "File too large (os error 27): the answer does not fit the {max_frame} bytes this \
                 client accepts in one message; open the file and read it in smaller parts"
            ),
        )
    }

    /// A failure of a system call, told as Deno tells it: the cause, then what was being done.
    pub(super) fn io(error: &io::Error, doing: impl fmt::Display) -> Self {
        let errno = error
            .raw_os_error()
            .map_or_else(|| errno_of(error.kind()), Errno::from_raw);
        Self::new(constructor_name(errno), errno, format!("{error}: {doing}"))
    }
}

/// Turns a failed system call into a [`Failure`] that says what was being done.
pub(super) trait Doing<T> {
    /// `operation` is a system call's name.
    fn doing(self, operation: &str) -> Result<T, Failure>;

    /// As [`doing`](Self::doing), to a path as the caller gave it.
    fn at(self, operation: &str, path: &str) -> Result<T, Failure>;

    /// As [`at`](Self::at), for an operation on two paths.
    fn between(self, operation: &str, from: &str, to: &str) -> Result<T, Failure>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, operation: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::io(&error.into(), operation))
    }

    fn at(self, operation: &str, path: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::io(&error.into(), format_args!("{operation} '{path}'")))
    }

    fn between(self, operation: &str, from: &str, to: &str) -> Result<T, Failure> {
        self.map_err(|error| {
            Failure::io(
                &error.into(),
                format_args!("{operation} '{from}' -> '{to}'"),
            )
        })
    }
}

fn constructor_name(errno: Errno) -> &'static str {
    match errno {
        Errno::ENOENT => "NotFound",
        Errno::EEXIST => "AlreadyExists",
        Errno::EACCES | Errno::EPERM => "PermissionDenied",
        Errno::EISDIR => "IsADirectory",
        Errno::ENOTDIR => "NotADirectory",
        Errno::ELOOP => "FilesystemLoop",
        _ => "Error",
    }
}

/// The number of an error the standard library found before any system call.
fn errno_of(kind: io::ErrorKind) -> Errno {
    match kind {
        io::ErrorKind::NotFound => Errno::ENOENT,
        io::ErrorKind::PermissionDenied => Errno::EACCES,
        io::ErrorKind::AlreadyExists => Errno::EEXIST,
        io::ErrorKind::InvalidInput => Errno::EINVAL,
        io::ErrorKind::BrokenPipe => Errno::EPIPE,
        io::ErrorKind::WriteZero => Errno::ENOSPC,
        _ => Errno::EIO,
    }
}
