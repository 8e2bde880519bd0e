use std::sync::Arc;

use deno_sandbox::{Error, ErrorCode, FsFile, Whence};
use pyo3::prelude::*;

use crate::arguments::{Content, Moment, named};
use crate::errors::exception;
use crate::runtime::Home;

/// An open file in a sandbox.
#[pyclass(frozen, name = "File")]
pub(crate) struct NativeFile {
    home: Home,
    file: Arc<FsFile>,
}

impl NativeFile {
    pub(crate) fn new(home: Home, file: FsFile) -> Self {
        Self {
            home,
            file: Arc::new(file),
        }
    }
}

#[pymethods]
impl NativeFile {
    /// At most `length` bytes and at most 1 MiB; `None` at the end.
    fn read<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] size: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.read(size).await })
    }

    /// How many bytes were written.
    fn write<'py>(&self, py: Python<'py>, data: Content) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move {
            let count = data.0.len();
            file.write_all(data.0).await?;
            Ok::<_, Error>(count)
        })
    }

    /// `whence` as `io.SEEK_SET`, `io.SEEK_CUR`, `io.SEEK_END`.
    fn seek<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] offset: i64,
        #[pyo3(from_py_with = named)] whence: u8,
    ) -> PyResult<Bound<'py, PyAny>> {
        let whence = match whence {
            0 => Whence::Start,
            1 => Whence::Current,
            2 => Whence::End,
            other => {
                let message = format!(
                    "whence must be io.SEEK_SET (0), io.SEEK_CUR (1) or io.SEEK_END (2), not {other}"
                );
                return Err(exception(
                    py,
                    &Error::new(ErrorCode::InvalidOption, message),
                ));
            }
        };
        let file = self.file.clone();
        self.home
            .run(py, async move { file.seek(offset, whence).await })
    }

    fn stat<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.stat().await })
    }

    fn truncate<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] size: u64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.truncate(size).await })
    }

    fn sync<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.sync().await })
    }

    fn sync_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.sync_data().await })
    }

    fn utime<'py>(
        &self,
        py: Python<'py>,
        atime: Moment,
        mtime: Moment,
    ) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home
            .run(py, async move { file.utime(atime.0, mtime.0).await })
    }

    fn lock<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] exclusive: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.lock(exclusive).await })
    }

    fn unlock<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.unlock().await })
    }

    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let file = self.file.clone();
        self.home.run(py, async move { file.close().await })
    }
}
