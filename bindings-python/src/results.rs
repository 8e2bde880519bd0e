use std::collections::BTreeMap;

use bytes::Bytes;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

/// What a call gives, as Python has it.
pub(crate) trait IntoPython {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

/// What PyO3 converts by itself.
macro_rules! into_python {
    ($($type:ty),+ $(,)?) => {
        $(impl IntoPython for $type {
            fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                self.into_bound_py_any(py)
            }
        })+
    };
}

into_python!(
    bool,
    u32,
    u64,
    usize,
    String,
    BTreeMap<String, String>,
    crate::client::NativeClient,
    crate::file::NativeFile,
    crate::page::NativePage,
    crate::process::NativeProcess,
    crate::sandbox::NativeSandbox,
    crate::streams::NativeByteStream,
    crate::streams::NativeEntryStream,
    crate::streams::NativeFileWriter,
);

impl IntoPython for () {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(py.None().into_bound(py))
    }
}

impl IntoPython for Bytes {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyBytes::new(py, &self).into_any())
    }
}

impl<T: IntoPython> IntoPython for Option<T> {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Some(value) => value.into_python(py),
            None => ().into_python(py),
        }
    }
}

impl<T: IntoPython> IntoPython for Vec<T> {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let items = self.into_iter().map(|item| item.into_python(py));
        Ok(PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any())
    }
}

impl<A: IntoPython, B: IntoPython> IntoPython for (A, B) {
    fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        (self.0.into_python(py)?, self.1.into_python(py)?).into_bound_py_any(py)
    }
}
