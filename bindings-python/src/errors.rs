use std::error::Error as _;

use deno_sandbox::Error;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// Why a call failed: in the SDK, or in Python code that it called.
pub(crate) enum Failure {
    Sdk(Error),
    /// In the SDK, and the path in the sandbox that it is about.
    File(Error, String),
    Python(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sdk(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl Failure {
    /// The failure with the path in the sandbox that it is about.
    pub(crate) fn about(self, path: String) -> Self {
        match self {
            Self::Sdk(error) => Self::File(error, path),
            other => other,
        }
    }

    pub(crate) fn into_exception(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Sdk(error) => exception(py, &error),
            Self::File(error, path) => {
                let exception = exception(py, &error);
                if exception.is_instance_of::<PyOSError>(py) {
                    // An `OSError` has this attribute, and it can be set.
                    exception.value(py).setattr("filename", path).ok();
                }
                exception
            }
            Self::Python(error) => error,
        }
    }
}

/// The exception for an error; which class it has is the face's business.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    match build(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

fn build<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    static BUILD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let facts = PyDict::new(py);
    facts.set_item("code", error.code().as_str())?;
    facts.set_item("kind", error.code().class().as_str())?;
    facts.set_item("operation", error.operation())?;
    facts.set_item("status", error.status())?;
    facts.set_item("service_code", error.service_code())?;
    facts.set_item("class_name", error.class_name())?;
    facts.set_item("close_code", error.close_code())?;
    facts.set_item("close_reason", error.close_reason())?;
    facts.set_item("trace_id", error.trace_id())?;
    facts.set_item("retryable", error.is_retryable())?;
    facts.set_item("causes", causes(error))?;
    BUILD
        .import(py, "deno_sandbox.errors", "_from_native")?
        .call((error.to_string(),), Some(&facts))
}

/// What lies behind an error, outermost first.
fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes
}
