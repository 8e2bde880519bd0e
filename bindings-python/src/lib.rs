//! The private native module under the Python package.

use pyo3::prelude::*;

/// `deno_sandbox._native`.
#[pymodule]
fn _native(_module: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
