//! How the service refuses: a status and a JSON body of `code` and `message`.

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use deno_sandbox::model::{Field, Invalid};
use serde::Serialize;

/// A refusal as it goes to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// What a program branches on.
    pub(crate) code: Code,
    /// What a person reads.
    pub(crate) message: String,
}

impl ApiError {
    /// A refusal with the status its code always has.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            status: code.status(),
            code,
            message: message.into(),
        }
    }

    /// A failure of the emulator itself; the message says of what.
    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self::new(Code::InternalError, message.to_string())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code.as_str())
    }
}

impl std::error::Error for ApiError {}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        let code = match invalid.field() {
            Field::Capacity => Code::InvalidCapacity,
            Field::Slug => Code::InvalidSlug,
            Field::Region => Code::InvalidRegion,
            _ => Code::InvalidRequest,
        };
        Self::new(code, invalid.to_string())
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            code: &'a str,
            message: &'a str,
        }
        let body = Json(Body {
            code: self.code.as_str(),
            message: &self.message,
        });
        (self.status, body).into_response()
    }
}

macro_rules! codes {
    ($($variant:ident = $text:literal, $status:ident, $meaning:literal;)*) => {
        /// Every reason for a refusal, with the status it travels with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// The code as it travels.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The status that goes with it.
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    InvalidRequest = "INVALID_REQUEST", BAD_REQUEST, "The request is not one the service understands.";
    InvalidCapacity = "INVALID_CAPACITY", BAD_REQUEST, "The capacity is malformed or out of range.";
    InvalidSlug = "INVALID_SLUG", BAD_REQUEST, "The slug breaks the rule for slugs.";
    InvalidRegion = "INVALID_REGION", BAD_REQUEST, "The region is malformed or not served.";
    InvalidCursor = "INVALID_CURSOR", BAD_REQUEST, "The cursor is not one a list returned.";
    InvalidSandboxConfig = "INVALID_SANDBOX_CONFIG", BAD_REQUEST, "The configuration of a sandbox is malformed.";
    RegionMismatch = "REGION_MISMATCH", BAD_REQUEST, "A volume or snapshot and what uses it are in different regions.";
    MountPathInUse = "MOUNT_PATH_IN_USE", BAD_REQUEST, "Two volumes share a mount path, or the path is not allowed.";
    NotBootable = "NOT_BOOTABLE", BAD_REQUEST, "The volume or snapshot cannot be a root file system.";
    InvalidToken = "INVALID_TOKEN", UNAUTHORIZED, "The bearer token is missing or wrong.";
    NotFound = "NOT_FOUND", NOT_FOUND, "No such path.";
    VolumeNotFound = "VOLUME_NOT_FOUND", NOT_FOUND, "No volume has this slug or id.";
    SnapshotNotFound = "SNAPSHOT_NOT_FOUND", NOT_FOUND, "No snapshot has this slug or id.";
    SandboxNotFound = "SANDBOX_NOT_FOUND", NOT_FOUND, "No running sandbox has this id.";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "The path does not take this method.";
    SlugInUse = "SLUG_IN_USE", CONFLICT, "A live volume or snapshot has this slug.";
    VolumeInUse = "VOLUME_IN_USE", CONFLICT, "The volume is attached to a sandbox.";
    BaseImageUnavailable = "BASE_IMAGE_UNAVAILABLE", UNPROCESSABLE_ENTITY, "The emulator has no base image.";
    AllowNetUnsupported = "ALLOW_NET_UNSUPPORTED", UNPROCESSABLE_ENTITY, "The emulator cannot enforce this network rule.";
    TooManySandboxes = "TOO_MANY_SANDBOXES", TOO_MANY_REQUESTS, "The limit of running sandboxes is reached.";
    InternalError = "INTERNAL_ERROR", INTERNAL_SERVER_ERROR, "The emulator failed.";
    SandboxStartFailed = "SANDBOX_START_FAILED", INTERNAL_SERVER_ERROR, "The container did not start.";
    NotSupportedByEmulator = "NOT_SUPPORTED_BY_EMULATOR", NOT_IMPLEMENTED, "The service has it, the emulator has not.";
    BubblewrapMissing = "BUBBLEWRAP_MISSING", SERVICE_UNAVAILABLE, "Sandboxes need bubblewrap, which is not installed.";
    StorageFailed = "STORAGE_FAILED", SERVICE_UNAVAILABLE, "The machine could not provide the storage.";
    FaultInjected = "FAULT_INJECTED", SERVICE_UNAVAILABLE, "A test asked for this failure.";
}
