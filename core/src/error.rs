use std::error::Error as StdError;
use std::fmt;

use crate::model::{Field, Invalid};

/// The result of every fallible call in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in one shape for every part of the SDK.
///
/// `Display` is one line that names what was being done and to what. [`code`](Self::code) is stable
/// and meant for programs; see [`ErrorCode`] for the table.
pub struct Error(Box<Inner>);

struct Inner {
    code: ErrorCode,
    message: String,
    /// What was being done, and to what: `create volume "training-cache"`.
    operation: Option<String>,
    status: Option<u16>,
    service_code: Option<String>,
    class_name: Option<String>,
    close: Option<(u16, String)>,
    trace_id: Option<String>,
    retryable: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $class:ident, $retry:literal;)+) => {
        /// A stable, machine-readable name for each way a call can fail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as text, the same in every language: kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Whose doing it is.
            pub fn class(self) -> ErrorClass {
                match self { $(Self::$variant => ErrorClass::$class,)+ }
            }

            /// What it means, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// Whether the same call can succeed later without a change by the caller.
            pub fn can_retry_help(self) -> bool {
                match self { $(Self::$variant => $retry,)+ }
            }
        }
    };
}

error_codes! {
    /// The capacity is malformed or out of range.
    InvalidCapacity = "invalid-capacity", Usage, false;
    /// The slug breaks the naming rule.
    InvalidSlug = "invalid-slug", Usage, false;
    /// The text can be neither a slug nor an id.
    InvalidReference = "invalid-reference", Usage, false;
    /// The region is malformed, or differs from that of a mounted volume.
    InvalidRegion = "invalid-region", Usage, false;
    /// The memory is malformed or out of range.
    InvalidMemory = "invalid-memory", Usage, false;
    /// The timeout is malformed or zero.
    InvalidTimeout = "invalid-timeout", Usage, false;
    /// The mount path is not absolute, is `/`, or is used twice.
    InvalidMountPath = "invalid-mount-path", Usage, false;
    /// The sandbox id is malformed.
    InvalidSandboxId = "invalid-sandbox-id", Usage, false;
    /// The labels break a limit.
    InvalidLabels = "invalid-labels", Usage, false;
    /// The name or value of an environment variable is malformed.
    InvalidEnv = "invalid-env", Usage, false;
    /// A secret is malformed.
    InvalidSecret = "invalid-secret", Usage, false;
    /// A pattern of allowed hosts is malformed.
    InvalidAllowNet = "invalid-allow-net", Usage, false;
    /// A path is empty, too long or holds a NUL character.
    InvalidPath = "invalid-path", Usage, false;
    /// An endpoint is not a base URL.
    InvalidEndpoint = "invalid-endpoint", Usage, false;
    /// Another option is malformed.
    InvalidOption = "invalid-option", Usage, false;
    /// No access token was given, neither as an option nor in the environment.
    MissingToken = "missing-token", Usage, false;
    /// A personal token needs an organization beside it.
    MissingOrg = "missing-org", Usage, false;
    /// The token cannot be a token: empty or with characters no header may carry.
    MalformedToken = "malformed-token", Usage, false;
    /// The call is not possible in the object's present state.
    InvalidState = "invalid-state", Usage, false;

    /// The service does not accept the token.
    InvalidToken = "invalid-token", Service, false;
    /// The token is good but may not do this.
    Forbidden = "forbidden", Service, false;
    /// The named thing does not exist.
    NotFound = "not-found", Service, false;
    /// The change conflicts with the present state, like a slug in use or a volume still mounted.
    Conflict = "conflict", Service, false;
    /// The service refused the request as malformed or out of limits.
    Rejected = "rejected", Service, false;
    /// Too many requests.
    RateLimited = "rate-limited", Service, true;
    /// The service failed or is overloaded.
    Unavailable = "unavailable", Service, true;
    /// The service answered something outside the protocol.
    ProtocolViolation = "protocol-violation", Service, false;
    /// A list repeated a cursor, so following it would never end.
    CursorRepeated = "cursor-repeated", Service, false;

    /// The service could not be reached.
    ConnectFailed = "connect-failed", Connection, true;
    /// Connecting took longer than the connect deadline.
    ConnectTimeout = "connect-timeout", Connection, true;
    /// The answer took longer than the request deadline.
    RequestTimeout = "request-timeout", Connection, true;
    /// Nothing was heard for longer than the idle deadline.
    IdleTimeout = "idle-timeout", Connection, true;
    /// The connection broke while a request was under way.
    ConnectionBroken = "connection-broken", Connection, true;
    /// The sandbox connection is closed.
    ConnectionClosed = "connection-closed", Connection, false;
    /// The call was cancelled.
    Cancelled = "cancelled", Connection, false;

    /// A file or folder in the sandbox does not exist.
    FileNotFound = "file-not-found", Sandbox, false;
    /// A file or folder in the sandbox exists already.
    FileExists = "file-exists", Sandbox, false;
    /// The sandbox's permissions forbid it.
    PermissionDenied = "permission-denied", Sandbox, false;
    /// A file was meant, and the path is a folder.
    IsADirectory = "is-a-directory", Sandbox, false;
    /// A folder was meant, and the path is something else.
    NotADirectory = "not-a-directory", Sandbox, false;
    /// The folder is not empty.
    DirectoryNotEmpty = "directory-not-empty", Sandbox, false;
    /// Too many symbolic links were followed.
    TooManyLinks = "too-many-links", Sandbox, false;
    /// The volume or disk is full.
    StorageFull = "storage-full", Sandbox, false;
    /// The file system is mounted read-only.
    ReadOnly = "read-only", Sandbox, false;
    /// The file is too large for one message; open it and read it in parts.
    FileTooLarge = "file-too-large", Sandbox, false;
    /// The process has ended already.
    ProcessExited = "process-exited", Sandbox, false;
    /// A command ended with a status other than success.
    CommandFailed = "command-failed", Sandbox, false;
    /// A stream ended with an error.
    StreamFailed = "stream-failed", Sandbox, false;
    /// The output is not valid UTF-8.
    InvalidUtf8 = "invalid-utf8", Sandbox, false;
    /// Anything else the sandbox reported.
    SandboxFailed = "sandbox-failed", Sandbox, false;

    /// The sandbox has no such method.
    UnsupportedMethod = "unsupported-method", Service, false;
    /// A local file could not be read or written.
    LocalIo = "local-io", Local, false;
    /// A path received from the sandbox would leave the destination folder.
    UnsafePath = "unsafe-path", Sandbox, false;
    /// A defect in this SDK; please report it.
    Internal = "internal", Local, false;
}

/// Whose doing an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The caller's: found before anything was sent.
    Usage,
    /// The service's: it answered, and not with success.
    Service,
    /// The network's, or a deadline's.
    Connection,
    /// Reported from inside the sandbox: files and processes.
    Sandbox,
    /// This machine's.
    Local,
}

impl ErrorClass {
    /// Its stable name, the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Service => "service",
            Self::Connection => "connection",
            Self::Sandbox => "sandbox",
            Self::Local => "local",
        }
    }
}

impl Error {
    /// An error with its code and a message without a trailing full stop.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            operation: None,
            status: None,
            service_code: None,
            class_name: None,
            close: None,
            trace_id: None,
            retryable: code.can_retry_help(),
            source: None,
        }))
    }

    /// The stable name of what went wrong.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The sentence without the operation.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What was being done, and to what.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The HTTP status of the answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code, like `INVALID_TOKEN` or `ENOENT`, where it sent one.
    pub fn service_code(&self) -> Option<&str> {
        self.0.service_code.as_deref()
    }

    /// The class the error had in the sandbox, like `NotFound` or `TypeError`, where it told.
    pub fn class_name(&self) -> Option<&str> {
        self.0.class_name.as_deref()
    }

    /// The code the connection was closed with, where that is what happened: 1005 where the peer
    /// gave none, 1006 where the connection just ended.
    pub fn close_code(&self) -> Option<u16> {
        self.0.close.as_ref().map(|(code, _)| *code)
    }

    /// The words the connection was closed with, where that is what happened.
    pub fn close_reason(&self) -> Option<&str> {
        self.0.close.as_ref().map(|(_, reason)| reason.as_str())
    }

    /// The id to quote to support, where the service sent one.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Whether the same call can succeed later without a change by the caller.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Names what was being done; the innermost name is kept.
    #[must_use]
    pub fn during(mut self, operation: impl fmt::Display) -> Self {
        self.0
            .operation
            .get_or_insert_with(|| operation.to_string());
        self
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the service's own code.
    #[must_use]
    pub fn with_service_code(mut self, code: impl Into<String>) -> Self {
        self.0.service_code = Some(code.into());
        self
    }

    /// Adds the class the error had in the sandbox.
    #[must_use]
    pub fn with_class_name(mut self, name: impl Into<String>) -> Self {
        self.0.class_name = Some(name.into());
        self
    }

    /// Adds the code and the words the connection was closed with.
    #[must_use]
    pub fn with_close(mut self, code: u16, reason: impl Into<String>) -> Self {
        self.0.close = Some((code, reason.into()));
        self
    }

    /// Adds the id to quote to support.
    #[must_use]
    pub fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.0.trace_id = trace_id;
        self
    }

    /// Overrides whether a retry can help, where the answer itself tells.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Adds what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

/// `could not create volume "x": the slug is in use (HTTP 409, SLUG_IN_USE, trace 0af…)`
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "could not {operation}: ")?;
        }
        f.write_str(&inner.message)?;
        let mut before = " (";
        let mut fact = |kind: &str, fact: &str| {
            let written = write!(f, "{before}{kind}{fact}");
            before = ", ";
            written
        };
        if let Some(status) = inner.status {
            fact("HTTP ", &status.to_string())?;
        }
        if let Some(code) = &inner.service_code {
            fact("", code)?;
        }
        if let Some(id) = &inner.trace_id {
            fact("trace ", id)?;
        }
        f.write_str(if before == ", " { ")" } else { "" })
    }
}

/// The code, the line of `Display`, and every cause on a line of its own.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {self}", self.0.code.as_str())?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// Text of a peer's as part of one line: so many bytes and hardly more, without control characters and
/// rows of spaces.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    for c in text.trim().chars() {
        if line.len() >= limit {
            line.push('…');
            break;
        }
        match c {
            _ if !c.is_control() && c != ' ' => line.push(c),
            _ if !line.ends_with(' ') => line.push(' '),
            _ => {}
        }
    }
    line
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        let code = match invalid.field() {
            Field::Capacity => ErrorCode::InvalidCapacity,
            Field::Slug => ErrorCode::InvalidSlug,
            Field::Reference => ErrorCode::InvalidReference,
            Field::Region => ErrorCode::InvalidRegion,
            Field::Memory => ErrorCode::InvalidMemory,
            Field::Timeout => ErrorCode::InvalidTimeout,
            Field::MountPath => ErrorCode::InvalidMountPath,
            Field::SandboxId => ErrorCode::InvalidSandboxId,
            Field::Labels => ErrorCode::InvalidLabels,
            Field::Env => ErrorCode::InvalidEnv,
            Field::Secrets => ErrorCode::InvalidSecret,
            Field::AllowNet => ErrorCode::InvalidAllowNet,
            Field::Token => ErrorCode::MalformedToken,
            Field::Org => ErrorCode::MissingOrg,
            Field::Endpoint => ErrorCode::InvalidEndpoint,
            Field::Path => ErrorCode::InvalidPath,
            Field::Option => ErrorCode::InvalidOption,
        };
        Self::new(code, invalid.to_string())
    }
}
