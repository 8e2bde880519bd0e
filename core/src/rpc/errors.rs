//! What went wrong in the sandbox, as it is told on the wire, and as this crate's error.

use super::methods::{Method, ProcessKill};
use crate::error::{self, Error, ErrorCode};
use crate::json::{self, Object};

/// The longest text of the sandbox's own that goes into a message, in bytes.
const MESSAGE_LIMIT: usize = 2000;

/// What the sandbox's system calls failures.
static BY_CODE: &[(&str, ErrorCode)] = &[
    ("ENOENT", ErrorCode::FileNotFound),
    ("EEXIST", ErrorCode::FileExists),
    ("EACCES", ErrorCode::PermissionDenied),
    ("EPERM", ErrorCode::PermissionDenied),
    ("EISDIR", ErrorCode::IsADirectory),
    ("ENOTDIR", ErrorCode::NotADirectory),
    ("ENOTEMPTY", ErrorCode::DirectoryNotEmpty),
    ("ELOOP", ErrorCode::TooManyLinks),
    ("ENOSPC", ErrorCode::StorageFull),
    ("EDQUOT", ErrorCode::StorageFull),
    ("EROFS", ErrorCode::ReadOnly),
    ("EFBIG", ErrorCode::FileTooLarge),
    ("EMSGSIZE", ErrorCode::FileTooLarge),
    ("ESRCH", ErrorCode::ProcessExited),
    ("EILSEQ", ErrorCode::InvalidUtf8),
];

/// The classes of Deno's errors.
static BY_CLASS: &[(&str, ErrorCode)] = &[
    ("NotFound", ErrorCode::FileNotFound),
    ("AlreadyExists", ErrorCode::FileExists),
    ("PermissionDenied", ErrorCode::PermissionDenied),
    ("NotCapable", ErrorCode::PermissionDenied),
    ("IsADirectory", ErrorCode::IsADirectory),
    ("NotADirectory", ErrorCode::NotADirectory),
    ("FilesystemLoop", ErrorCode::TooManyLinks),
    ("InvalidData", ErrorCode::InvalidUtf8),
    ("AbortError", ErrorCode::Cancelled),
];

/// A class that only the error's name tells.
static BY_NAME: &[(&str, ErrorCode)] = &[("AbortError", ErrorCode::Cancelled)];

/// An exception of the sandbox. Its stack and causes are not read: they are of no use here, and
/// nest as deep as a hostile peer likes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ErrorObject {
    pub(crate) constructor_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: String,
}

impl ErrorObject {
    /// Reads an error in any of the forms met: an object, bare text, or nothing.
    pub(crate) fn from_json(json: &[u8]) -> Box<Self> {
        let fields = |object: Object<'_>| {
            Ok(Box::new(Self {
                constructor_name: object.optional("constructorName")?,
                name: object.optional("name")?,
                code: object.optional("code")?,
                message: object.optional("message")?.unwrap_or_default(),
            }))
        };
        let error = Object::parse(json).and_then(fields);
        error.unwrap_or_else(|_| {
            let message = json::read(json).unwrap_or_default();
            Box::new(Self {
                message,
                ..Self::default()
            })
        })
    }

    /// As the failure of a call.
    pub(crate) fn into_error(self, method: &str) -> Error {
        let code = match self.error_code() {
            // The published packages know an ended process by this pair.
            Some(ErrorCode::FileNotFound) if method == ProcessKill::NAME => {
                ErrorCode::ProcessExited
            }
            Some(code) => code,
            None => ErrorCode::SandboxFailed,
        };
        self.with_code(code)
    }

    /// As the end of a stream.
    pub(crate) fn into_stream_error(self) -> Error {
        self.with_code(ErrorCode::StreamFailed)
    }

    fn error_code(&self) -> Option<ErrorCode> {
        let meaning = |table: &[(&str, ErrorCode)], word: &Option<String>| {
            let word = word.as_deref()?;
            let row = table.iter().find(|(known, _)| *known == word);
            row.map(|(_, code)| *code)
        };
        meaning(BY_CODE, &self.code)
            .or_else(|| meaning(BY_CLASS, &self.constructor_name))
            .or_else(|| meaning(BY_NAME, &self.name))
    }

    fn with_code(self, code: ErrorCode) -> Error {
        let message = match one_line(&self.message) {
            // `file-not-found` says it well enough, and its sentence is one of fifty that the module would carry.
            message if message.is_empty() => code.as_str().replace('-', " "),
            message => message,
        };
        let mut error = Error::new(code, message);
        if let Some(class) = &self.constructor_name {
            error = error.with_class_name(one_line(class));
        }
        match &self.code {
            Some(code) => error.with_service_code(one_line(code)),
            None => error,
        }
    }
}

/// A failure of the call itself, by the rules of JSON-RPC.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ProtocolError {
    pub(crate) code: i64,
    pub(crate) message: String,
    /// What it says about itself in words.
    pub(crate) detail: Option<String>,
}

impl ProtocolError {
    pub(crate) fn from_json(json: &[u8]) -> Box<Self> {
        let fields = |object: Object<'_>| {
            let data = object.present("data");
            let data = data.and_then(|data| Object::parse(data).ok());
            Ok(Box::new(Self {
                code: object.optional("code")?.unwrap_or_default(),
                message: object.optional("message")?.unwrap_or_default(),
                detail: data.and_then(|data| data.optional("message").ok()?),
            }))
        };
        let error = Object::parse(json).and_then(fields);
        error.unwrap_or_else(|_| {
            Box::new(Self {
                message: "malformed error".to_owned(),
                ..Self::default()
            })
        })
    }

    pub(crate) fn into_error(self, method: &str) -> Error {
        let code = match self.code {
            _ if self.message == "Method not found" => ErrorCode::UnsupportedMethod,
            -32601 => ErrorCode::UnsupportedMethod,
            -32602 => ErrorCode::Rejected,
            2 => ErrorCode::Cancelled,
            _ => ErrorCode::SandboxFailed,
        };
        let message = if code == ErrorCode::UnsupportedMethod {
            format!("the sandbox has no method \"{method}\"")
        } else {
            match &self.detail {
                Some(detail) => format!("{}: {}", one_line(&self.message), one_line(detail)),
                None => one_line(&self.message),
            }
        };
        Error::new(code, message).with_service_code(self.code.to_string())
    }
}

/// Text of the sandbox's as part of one line.
pub(crate) fn one_line(text: &str) -> String {
    error::one_line(text, MESSAGE_LIMIT)
}
