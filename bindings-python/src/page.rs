use std::sync::Arc;

use deno_sandbox::{Error, Page, Snapshot, Volume};
use pyo3::prelude::*;

use crate::results::IntoPython;
use crate::runtime::Home;

/// One page of a list.
#[pyclass(frozen, name = "Page")]
pub(crate) struct NativePage {
    home: Home,
    page: Items,
}

pub(crate) enum Items {
    Volumes(Arc<Page<Volume>>),
    Snapshots(Arc<Page<Snapshot>>),
}

impl From<Page<Volume>> for Items {
    fn from(page: Page<Volume>) -> Self {
        Self::Volumes(Arc::new(page))
    }
}

impl From<Page<Snapshot>> for Items {
    fn from(page: Page<Snapshot>) -> Self {
        Self::Snapshots(Arc::new(page))
    }
}

impl NativePage {
    pub(crate) fn new<T>(home: Home, page: Page<T>) -> Self
    where
        Page<T>: Into<Items>,
    {
        Self {
            home,
            page: page.into(),
        }
    }
}

#[pymethods]
impl NativePage {
    /// A new list at each call.
    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.page {
            Items::Volumes(page) => page.items().to_vec().into_python(py),
            Items::Snapshots(page) => page.items().to_vec().into_python(py),
        }
    }

    #[getter]
    fn has_more(&self) -> bool {
        match &self.page {
            Items::Volumes(page) => page.has_more(),
            Items::Snapshots(page) => page.has_more(),
        }
    }

    #[getter]
    fn next_cursor(&self) -> Option<&str> {
        match &self.page {
            Items::Volumes(page) => page.next_cursor(),
            Items::Snapshots(page) => page.next_cursor(),
        }
    }

    /// The next page; `None` after the last.
    fn next_page<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let home = self.home;
        match &self.page {
            Items::Volumes(page) => {
                let page = page.clone();
                home.run(py, async move {
                    let next = page.next_page().await?;
                    Ok::<_, Error>(next.map(|page| Self::new(home, page)))
                })
            }
            Items::Snapshots(page) => {
                let page = page.clone();
                home.run(py, async move {
                    let next = page.next_page().await?;
                    Ok::<_, Error>(next.map(|page| Self::new(home, page)))
                })
            }
        }
    }
}
