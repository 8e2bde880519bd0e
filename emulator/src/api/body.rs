use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use deno_sandbox::model::{Capacity, Reference};
use serde_json::{Map, Value};

use crate::api_error::{ApiError, Code};

/// A JSON object as sent. Keys nobody asks for are ignored: callers send options of their own.
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let invalid = |message: String| ApiError::new(Code::InvalidRequest, message);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| invalid(format!("could not read the body: {rejection}")))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(invalid("the body must be a JSON object".to_owned())),
            Err(error) => Err(invalid(format!("the body is not JSON: {error}"))),
        }
    }
}

impl Body {
    /// A text that must be there.
    pub(super) fn text(&self, key: &str) -> Result<&str, ApiError> {
        self.optional_text(key)?.ok_or_else(|| missing(key))
    }

    /// A text that may be absent or `null`.
    pub(super) fn optional_text(&self, key: &str) -> Result<Option<&str>, ApiError> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::new(
                Code::InvalidRequest,
                format!("\"{key}\" must be text"),
            )),
        }
    }

    /// A number of bytes, or text such as `"2GB"`, that must be there.
    pub(super) fn capacity(&self, key: &str) -> Result<Capacity, ApiError> {
        match self.0.get(key) {
            None | Some(Value::Null) => Err(missing(key)),
            Some(value) => serde_json::from_value(value.clone())
                .map_err(|error| ApiError::new(Code::InvalidCapacity, error.to_string())),
        }
    }
}

fn missing(key: &str) -> ApiError {
    ApiError::new(Code::InvalidRequest, format!("\"{key}\" is missing"))
}

/// The slug or id a path ends in.
pub(super) struct Named(pub(super) Reference);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| ApiError::new(Code::InvalidRequest, rejection.body_text()))?;
        Ok(Self(text.parse()?))
    }
}
