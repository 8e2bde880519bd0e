use deno_sandbox::{Capacity, ErrorCode, format_bytes, quote};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arguments::{Scalar, named};
use crate::client::NativeClient;
use crate::errors::exception;
use crate::file::NativeFile;
use crate::fs::NativeFs;
use crate::page::NativePage;
use crate::process::NativeProcess;
use crate::sandbox::NativeSandbox;
use crate::streams::{NativeByteStream, NativeEntryStream, NativeFileWriter, NativeProcessInput};

/// `deno_sandbox._native`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<NativeClient>()?;
    module.add_class::<NativePage>()?;
    module.add_class::<NativeSandbox>()?;
    module.add_class::<NativeFs>()?;
    module.add_class::<NativeFile>()?;
    module.add_class::<NativeProcess>()?;
    module.add_class::<NativeProcessInput>()?;
    module.add_class::<NativeByteStream>()?;
    module.add_class::<NativeEntryStream>()?;
    module.add_class::<NativeFileWriter>()?;
    for class in module.index()?.extract::<Vec<String>>()? {
        // For those who check types: the same classes, whose calls give awaitables.
        module.add(format!("Async{class}"), module.getattr(&class)?)?;
    }
    module.add_function(wrap_pyfunction!(capacity_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(format_bytes_, module)?)?;
    module.add_function(wrap_pyfunction!(shell_quote, module)?)?;
    module.add_function(wrap_pyfunction!(error_codes, module)?)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}

/// The bytes that a capacity means.
#[pyfunction]
fn capacity_bytes(py: Python<'_>, capacity: Scalar) -> PyResult<u64> {
    let capacity = match capacity {
        Scalar::Text(text) => Capacity::try_from(text.as_str()),
        Scalar::Number(bytes) => Capacity::try_from(bytes),
    };
    capacity
        .map(Capacity::bytes)
        .map_err(|invalid| exception(py, &invalid.into()))
}

/// A number of bytes for people.
#[pyfunction]
#[pyo3(name = "format_bytes")]
fn format_bytes_(#[pyo3(from_py_with = named)] bytes: u64) -> String {
    format_bytes(bytes)
}

/// Text as one word of a shell's command line.
#[pyfunction]
#[pyo3(name = "quote")]
fn shell_quote(text: &str) -> String {
    quote(text)
}

/// The table of error codes: dictionaries with `code`, `kind`, `retryable`, `meaning`.
#[pyfunction]
fn error_codes(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let rows = ErrorCode::ALL.iter().map(|code| {
        let row = PyDict::new(py);
        row.set_item("code", code.as_str())?;
        row.set_item("kind", code.class().as_str())?;
        row.set_item("retryable", code.can_retry_help())?;
        row.set_item("meaning", code.meaning())?;
        Ok(row)
    });
    PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
}
