//! Arguments in the forms Python has for them; their values are checked by the core.

use std::time::Duration;

use deno_sandbox::{Error, ErrorCode, Regex, Source, Stdio, Timeout};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyInt, PyMemoryView, PyString};
use time::OffsetDateTime;

use crate::errors::exception;

/// What PyO3 makes of an argument, with a `TypeError` that can take the argument's name.
pub(crate) fn named<'a, 'py, T: FromPyObject<'a, 'py>>(
    value: &'a Bound<'py, PyAny>,
) -> PyResult<T> {
    T::extract(value.as_borrowed()).map_err(|error| {
        let error = error.into();
        if error
            .get_type(value.py())
            .is(value.py().get_type::<PyTypeError>())
        {
            type_error(value.py(), error.value(value.py()).to_string())
        } else {
            error
        }
    })
}

/// A path in the sandbox: `str`, or anything with `__fspath__` that gives one.
pub(crate) struct SandboxPath(pub(crate) String);

impl<'a, 'py> FromPyObject<'a, 'py> for SandboxPath {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self(text.to_cow()?.into_owned()));
        }
        // `pathlib.Path` on Windows writes backslashes, which in the sandbox are part of a name.
        let path = value
            .call_method0("as_posix")
            .or_else(|_| value.call_method0("__fspath__"))
            .map_err(|_| wrong(&value, "str or os.PathLike"))?;
        let text = path
            .cast::<PyString>()
            .map_err(|_| wrong(&value, "a path of text, not of bytes"))?;
        Ok(Self(text.to_cow()?.into_owned()))
    }
}

impl AsRef<str> for SandboxPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A text or a whole number.
pub(crate) enum Scalar {
    Text(String),
    Number(u64),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Scalar {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self::Text(text.to_cow()?.into_owned()));
        }
        if value.is_instance_of::<PyBool>() {
            return Err(wrong(&value, "int or str"));
        }
        match value.extract::<u64>() {
            Ok(number) => Ok(Self::Number(number)),
            // Too large or negative: the core says what is allowed, in the user's own digits.
            Err(_) if value.is_instance_of::<PyInt>() => {
                Ok(Self::Text(value.str()?.to_cow()?.into_owned()))
            }
            Err(_) => Err(wrong(&value, "int or str")),
        }
    }
}

/// A time to live: text like `"5m"`, a number of seconds, or a `timedelta`.
pub(crate) enum Lifetime {
    Text(String),
    Span(Duration),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Lifetime {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self::Text(text.to_cow()?.into_owned()));
        }
        let seconds = if value.hasattr("total_seconds")? {
            value.call_method0("total_seconds")?.extract::<f64>()?
        } else if value.is_instance_of::<PyBool>() {
            return Err(wrong(&value, "str, a number of seconds or timedelta"));
        } else {
            value
                .extract::<f64>()
                .map_err(|_| wrong(&value, "str, a number of seconds or timedelta"))?
        };
        match Duration::try_from_secs_f64(seconds) {
            Ok(span) => Ok(Self::Span(span)),
            Err(_) => Ok(Self::Text(format!("{seconds}s"))),
        }
    }
}

impl Lifetime {
    pub(crate) fn checked(self, py: Python<'_>) -> PyResult<Timeout> {
        let timeout = match self {
            Self::Text(text) => Timeout::try_from(text.as_str()),
            Self::Span(span) => Timeout::try_from(span),
        };
        timeout.map_err(|invalid| exception(py, &invalid.into()))
    }
}

/// A volume or snapshot: its slug or id, or its record, whose region is then compared.
pub(crate) struct VolumeSource(pub(crate) Source);

impl<'a, 'py> FromPyObject<'a, 'py> for VolumeSource {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self(Source::from(&*text.to_cow()?)));
        }
        let field = |key: &str| value.get_item(key)?.extract::<String>();
        match (field("slug"), field("region")) {
            (Ok(slug), Ok(region)) => Ok(Self(Source::in_region(slug, region))),
            _ => Err(wrong(&value, "a slug or id, or a Volume or Snapshot")),
        }
    }
}

/// Bytes to send: `bytes`, `bytearray`, `memoryview` or any other buffer.
pub(crate) struct Content(pub(crate) Vec<u8>);

impl<'a, 'py> FromPyObject<'a, 'py> for Content {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return Ok(Self(bytes.as_bytes().to_vec()));
        }
        if value.is_instance_of::<PyString>() {
            return Err(wrong(&value, "bytes, bytearray or memoryview"));
        }
        let bytes = value
            .py()
            .get_type::<PyMemoryView>()
            .call1((value,))
            .and_then(|view| view.call_method0("tobytes"))
            .map_err(|_| wrong(&value, "bytes, bytearray or memoryview"))?;
        Ok(Self(bytes.cast::<PyBytes>()?.as_bytes().to_vec()))
    }
}

/// A moment: a `datetime`, seconds since the Unix epoch, or ISO 8601 text.
pub(crate) struct Moment(pub(crate) OffsetDateTime);

impl<'a, 'py> FromPyObject<'a, 'py> for Moment {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let moment = if value.is_instance_of::<PyString>() {
            let parse = value
                .py()
                .import("deno_sandbox.records")?
                .getattr("parse_time")?;
            parse.call1((value,))?
        } else {
            value.to_owned().into_any()
        };
        let seconds = if moment.hasattr("timestamp")? {
            moment.call_method0("timestamp")?.extract::<f64>()?
        } else {
            moment
                .extract::<f64>()
                .map_err(|_| wrong(&value, "datetime, a number of seconds or ISO 8601 text"))?
        };
        // Microseconds keep a present-day time exact within a float's precision.
        let nanoseconds = ((seconds * 1e6).round() as i128).saturating_mul(1_000);
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .map(Self)
            .map_err(|_| PyValueError::new_err(format!("the time {seconds} is out of range")))
    }
}

/// A regular expression: a compiled one, or its source.
pub(crate) struct Pattern(pub(crate) Regex);

impl<'a, 'py> FromPyObject<'a, 'py> for Pattern {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        const IGNORECASE: u32 = 2;
        let (source, flags) = match value.getattr("pattern") {
            Ok(source) => (source, value.getattr("flags")?.extract::<u32>()?),
            Err(_) => (value.to_owned().into_any(), 0),
        };
        let source = source
            .extract::<String>()
            .map_err(|_| wrong(&value, "str or a compiled pattern of str"))?;
        let flags = if flags & IGNORECASE == 0 { "" } else { "i" };
        Ok(Self(Regex {
            source,
            flags: flags.to_owned(),
        }))
    }
}

/// `"piped"`, `"inherit"` or `"null"`.
pub(crate) fn stdio(py: Python<'_>, name: &str, value: Option<String>) -> PyResult<Option<Stdio>> {
    let Some(value) = value else { return Ok(None) };
    match value.as_str() {
        "piped" => Ok(Some(Stdio::Piped)),
        "inherit" if name != "stdin" => Ok(Some(Stdio::Inherit)),
        "null" => Ok(Some(Stdio::Null)),
        _ => {
            let inherit = if name == "stdin" { "" } else { "\"inherit\", " };
            let message = format!("{name} must be \"piped\", {inherit}or \"null\", not {value:?}");
            Err(exception(
                py,
                &Error::new(ErrorCode::InvalidOption, message),
            ))
        }
    }
}

fn wrong(value: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    match value.get_type().name() {
        Ok(name) => type_error(value.py(), format!("must be {expected}, not {name}")),
        Err(error) => error,
    }
}

/// A `TypeError` that takes the argument's name into its message when PyO3 adds it as a note, which Python
/// 3.10 does not have.
fn type_error(py: Python<'_>, message: String) -> PyErr {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let error = CLASS
        .import(py, "deno_sandbox.errors", "ArgumentTypeError")
        .and_then(|class| class.call1((message,)));
    match error {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}
