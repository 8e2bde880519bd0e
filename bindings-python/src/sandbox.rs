use std::collections::BTreeMap;

use deno_sandbox::{Error, Sandbox};
use pyo3::prelude::*;

use crate::arguments::{Lifetime, SandboxPath, named, stdio};
use crate::fs::NativeFs;
use crate::process::{self, NativeProcess};
use crate::runtime::Home;

/// A sandbox and its connection.
#[pyclass(frozen, name = "Sandbox")]
pub(crate) struct NativeSandbox {
    pub(crate) home: Home,
    pub(crate) sandbox: Sandbox,
}

impl NativeSandbox {
    pub(crate) fn new(home: Home, sandbox: Sandbox) -> Self {
        Self { home, sandbox }
    }
}

#[pymethods]
impl NativeSandbox {
    #[getter]
    fn id(&self) -> &str {
        self.sandbox.id()
    }

    #[getter]
    fn region(&self) -> String {
        self.sandbox.region()
    }

    #[getter]
    fn trace_id(&self) -> Option<&str> {
        self.sandbox.trace_id()
    }

    #[getter]
    fn fs(&self) -> NativeFs {
        NativeFs::new(self.home, self.sandbox.fs())
    }

    /// Whether the connection is closed, here or by the other side. That of another process is not ours
    /// to close.
    #[getter]
    fn is_closed(&self) -> bool {
        self.home.is_foreign() || self.sandbox.is_closed()
    }

    fn closed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let sandbox = self.sandbox.clone();
        self.home.run(py, async move {
            let closed = sandbox.closed().await;
            Ok::<_, Error>((u32::from(closed.code), closed.reason))
        })
    }

    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let sandbox = self.sandbox.clone();
        self.home.run(py, async move {
            sandbox.close().await;
            Ok::<_, Error>(())
        })
    }

    fn kill<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let sandbox = self.sandbox.clone();
        self.home.run(py, async move { sandbox.kill().await })
    }

    fn extend_timeout<'py>(
        &self,
        py: Python<'py>,
        additional_s: Lifetime,
    ) -> PyResult<Bound<'py, PyAny>> {
        let sandbox = self.sandbox.clone();
        let additional_s = additional_s.checked(py)?;
        self.home.run(
            py,
            async move { sandbox.extend_timeout(additional_s).await },
        )
    }

    fn get_env<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] key: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let env = self.sandbox.env();
        self.home.run(py, async move { env.get(key).await })
    }

    fn set_env<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] key: String,
        #[pyo3(from_py_with = named)] value: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let env = self.sandbox.env();
        self.home.run(py, async move { env.set(key, value).await })
    }

    fn all_env<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let env = self.sandbox.env();
        self.home.run(py, async move { env.to_map().await })
    }

    fn delete_env<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] key: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let env = self.sandbox.env();
        self.home.run(py, async move { env.delete(key).await })
    }

    #[pyo3(signature = (command, *, args=None, cwd=None, clear_env=false, env=None, stdin=None,
        stdout=None, stderr=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn spawn<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] command: String,
        #[pyo3(from_py_with = named)] args: Option<Vec<String>>,
        cwd: Option<SandboxPath>,
        #[pyo3(from_py_with = named)] clear_env: bool,
        #[pyo3(from_py_with = named)] env: Option<BTreeMap<String, String>>,
        #[pyo3(from_py_with = named)] stdin: Option<String>,
        #[pyo3(from_py_with = named)] stdout: Option<String>,
        #[pyo3(from_py_with = named)] stderr: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, sandbox) = (self.home, self.sandbox.clone());
        let command = process::command(
            py, command, args, cwd, clear_env, env, stdin, stdout, stderr,
        )?;
        home.run(py, async move {
            let process = sandbox.spawn(command).await?;
            Ok::<_, Error>(NativeProcess::new(home, process))
        })
    }

    #[pyo3(signature = (script, *, cwd=None, env=None, sudo=false, stdin=None, stdout=None, stderr=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn sh<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] script: String,
        cwd: Option<SandboxPath>,
        #[pyo3(from_py_with = named)] env: Option<BTreeMap<String, String>>,
        #[pyo3(from_py_with = named)] sudo: bool,
        #[pyo3(from_py_with = named)] stdin: Option<String>,
        #[pyo3(from_py_with = named)] stdout: Option<String>,
        #[pyo3(from_py_with = named)] stderr: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let home = self.home;
        let mut sh = self.sandbox.sh(script);
        if let Some(cwd) = cwd {
            sh = sh.cwd(cwd.0);
        }
        for (name, value) in env.unwrap_or_default() {
            sh = sh.env(name, value);
        }
        if sudo {
            sh = sh.sudo();
        }
        if let Some(stdin) = stdio(py, "stdin", stdin)? {
            sh = sh.stdin(stdin);
        }
        if let Some(stdout) = stdio(py, "stdout", stdout)? {
            sh = sh.stdout(stdout);
        }
        if let Some(stderr) = stdio(py, "stderr", stderr)? {
            sh = sh.stderr(stderr);
        }
        home.run(py, async move {
            let process = sh.spawn().await?;
            Ok::<_, Error>(NativeProcess::new(home, process))
        })
    }
}
