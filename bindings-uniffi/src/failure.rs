use std::fmt;

use deno_sandbox::{Error, ErrorCode};

/// How a call failed.
#[derive(Debug, uniffi::Error)]
pub enum Failure {
    /// The only way: what differs is in the details.
    Failed {
        /// All that is known of it.
        details: FailureDetails,
    },
}

/// What the core's error says.
#[derive(Debug, uniffi::Record)]
pub struct FailureDetails {
    /// The stable name of what went wrong.
    pub code: String,
    /// One line, operation first.
    pub description: String,
    /// The sentence without the operation.
    pub message: String,
    /// What was being done, and to what.
    pub operation: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// The service's own code.
    pub service_code: Option<String>,
    /// The class the error had in the sandbox.
    pub class_name: Option<String>,
    /// The code the connection was closed with.
    pub close_code: Option<u16>,
    /// The words the connection was closed with.
    pub close_reason: Option<String>,
    /// The id to quote to support.
    pub trace_id: Option<String>,
    /// Whether the same call can succeed later without a change by the caller.
    pub retryable: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let details = FailureDetails {
            code: error.code().as_str().to_owned(),
            description: error.to_string(),
            message: error.message().to_owned(),
            operation: owned(error.operation()),
            status: error.status(),
            service_code: owned(error.service_code()),
            class_name: owned(error.class_name()),
            close_code: error.close_code(),
            close_reason: owned(error.close_reason()),
            trace_id: owned(error.trace_id()),
            retryable: error.is_retryable(),
        };
        Self::Failed { details }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { details } = self;
        f.write_str(&details.description)
    }
}

impl std::error::Error for Failure {}

/// One line of the table of error codes.
#[derive(Debug, uniffi::Record)]
pub struct ErrorCodeInfo {
    /// The code.
    pub code: String,
    /// Whose doing it is: `usage`, `service`, `connection`, `sandbox` or `local`.
    pub class: String,
    /// What it means.
    pub meaning: String,
    /// Whether the same call can succeed later.
    pub retryable: bool,
}

/// Every error code, for the packages' tests that none is missing there.
#[uniffi::export]
pub fn error_codes() -> Vec<ErrorCodeInfo> {
    let info = |code: &ErrorCode| ErrorCodeInfo {
        code: code.as_str().to_owned(),
        class: format!("{:?}", code.class()).to_lowercase(),
        meaning: code.meaning().to_owned(),
        retryable: code.can_retry_help(),
    };
    ErrorCode::ALL.iter().map(info).collect()
}
