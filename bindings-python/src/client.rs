use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use deno_sandbox::model::Labels;
use deno_sandbox::{
    Client, Error, ErrorCode, ListOptions, SandboxOptions, Snapshot, Volume, VolumeOptions,
};
use pyo3::prelude::*;

use crate::arguments::{Lifetime, Scalar, VolumeSource, named};
use crate::errors::exception;
use crate::page::NativePage;
use crate::runtime::{Home, runtime};
use crate::sandbox::NativeSandbox;

/// The way to the service for one account.
#[pyclass(frozen, name = "Client")]
pub(crate) struct NativeClient {
    options: Options,
    blocking: bool,
    current: Mutex<(Home, Client)>,
}

#[derive(Clone)]
struct Options {
    token: Option<String>,
    org: Option<String>,
    endpoint: Option<String>,
    sandbox_endpoint: Option<String>,
    connect_timeout: Option<Duration>,
    request_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
}

impl Options {
    fn build(&self, py: Python<'_>) -> PyResult<Client> {
        let runtime = runtime(py)?;
        let _entered = runtime.enter();
        let mut builder = Client::builder()
            .user_agent(concat!("deno-sandbox-python/", env!("CARGO_PKG_VERSION")));
        let options = self.clone();
        if let Some(token) = options.token {
            builder = builder.token(token);
        }
        if let Some(org) = options.org {
            builder = builder.org(org);
        }
        if let Some(endpoint) = options.endpoint {
            builder = builder.endpoint(endpoint);
        }
        if let Some(endpoint) = options.sandbox_endpoint {
            builder = builder.sandbox_endpoint(endpoint);
        }
        if let Some(timeout) = options.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(timeout) = options.request_timeout {
            builder = builder.request_timeout(timeout);
        }
        if let Some(timeout) = options.idle_timeout {
            builder = builder.idle_timeout(timeout);
        }
        builder.build().map_err(|error| exception(py, &error))
    }
}

impl NativeClient {
    /// The core's client, and where calls are made from. A forked process has connections of its own.
    fn core(&self, py: Python<'_>) -> PyResult<(Home, Client)> {
        // Only ever locked by who holds the interpreter.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0.is_foreign() {
            let client = self.options.build(py)?;
            std::mem::forget(std::mem::replace(
                &mut *current,
                (Home::new(self.blocking), client),
            ));
        }
        Ok(current.clone())
    }
}

fn seconds(py: Python<'_>, name: &str, seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let Some(seconds) = seconds else {
        return Ok(None);
    };
    Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| {
        let message = format!("{name} must be a number of seconds from 0 on, not {seconds}");
        exception(py, &Error::new(ErrorCode::InvalidOption, message))
    })
}

fn list_options(limit: Option<u32>, cursor: Option<String>, search: Option<String>) -> ListOptions {
    let mut options = ListOptions::default();
    if let Some(limit) = limit {
        options = options.limit(limit);
    }
    if let Some(cursor) = cursor {
        options = options.cursor(cursor);
    }
    if let Some(search) = search {
        options = options.search(search);
    }
    options
}

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (blocking, *, token=None, org=None, endpoint=None, sandbox_endpoint=None,
        connect_timeout=None, request_timeout=None, idle_timeout=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = named)] blocking: bool,
        #[pyo3(from_py_with = named)] token: Option<String>,
        #[pyo3(from_py_with = named)] org: Option<String>,
        #[pyo3(from_py_with = named)] endpoint: Option<String>,
        #[pyo3(from_py_with = named)] sandbox_endpoint: Option<String>,
        #[pyo3(from_py_with = named)] connect_timeout: Option<f64>,
        #[pyo3(from_py_with = named)] request_timeout: Option<f64>,
        #[pyo3(from_py_with = named)] idle_timeout: Option<f64>,
    ) -> PyResult<Self> {
        let options = Options {
            token,
            org,
            endpoint,
            sandbox_endpoint,
            connect_timeout: seconds(py, "connect_timeout", connect_timeout)?,
            request_timeout: seconds(py, "request_timeout", request_timeout)?,
            idle_timeout: seconds(py, "idle_timeout", idle_timeout)?,
        };
        let client = options.build(py)?;
        Ok(Self {
            options,
            blocking,
            current: Mutex::new((Home::new(blocking), client)),
        })
    }

    #[getter]
    fn endpoint(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.core(py)?.1.endpoint().to_owned())
    }

    #[getter]
    fn org(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(self.core(py)?.1.org().map(str::to_owned))
    }

    fn create_volume<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] slug: String,
        #[pyo3(from_py_with = named)] region: String,
        capacity: Scalar,
        #[pyo3(from_py_with = named)] from_snapshot: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        let options = match capacity {
            Scalar::Text(text) => VolumeOptions::new(slug, region, text),
            Scalar::Number(bytes) => VolumeOptions::new(slug, region, bytes),
        };
        let options = match from_snapshot {
            Some(snapshot) => options.from(snapshot),
            None => options,
        };
        home.run(py, async move { client.volumes().create(options).await })
    }

    fn get_volume<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] id_or_slug: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move { client.volumes().get(id_or_slug).await })
    }

    fn list_volumes<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] limit: Option<u32>,
        #[pyo3(from_py_with = named)] cursor: Option<String>,
        #[pyo3(from_py_with = named)] search: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        let options = list_options(limit, cursor, search);
        home.run(py, async move {
            let page = client.volumes().list(options).await?;
            Ok::<_, Error>(NativePage::new::<Volume>(home, page))
        })
    }

    fn delete_volume<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] id_or_slug: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move { client.volumes().delete(id_or_slug).await })
    }

    fn snapshot_volume<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] id_or_slug: String,
        #[pyo3(from_py_with = named)] slug: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move {
            client.volumes().snapshot(id_or_slug, slug).await
        })
    }

    fn get_snapshot<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] id_or_slug: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move { client.snapshots().get(id_or_slug).await })
    }

    fn list_snapshots<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] limit: Option<u32>,
        #[pyo3(from_py_with = named)] cursor: Option<String>,
        #[pyo3(from_py_with = named)] search: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        let options = list_options(limit, cursor, search);
        home.run(py, async move {
            let page = client.snapshots().list(options).await?;
            Ok::<_, Error>(NativePage::new::<Snapshot>(home, page))
        })
    }

    fn delete_snapshot<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] id_or_slug: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(
            py,
            async move { client.snapshots().delete(id_or_slug).await },
        )
    }

    #[pyo3(signature = (*, region=None, memory=None, timeout=None, labels=None, root=None, volumes=None,
        allow_net=None, secrets=None, env=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn create_sandbox<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] region: Option<String>,
        memory: Option<Scalar>,
        timeout: Option<Lifetime>,
        #[pyo3(from_py_with = named)] labels: Option<BTreeMap<String, String>>,
        root: Option<VolumeSource>,
        #[pyo3(from_py_with = named)] volumes: Option<BTreeMap<String, VolumeSource>>,
        #[pyo3(from_py_with = named)] allow_net: Option<Vec<String>>,
        #[pyo3(from_py_with = named)] secrets: Option<BTreeMap<String, (Vec<String>, String)>>,
        #[pyo3(from_py_with = named)] env: Option<BTreeMap<String, String>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        let mut options = SandboxOptions::new();
        if let Some(region) = region {
            options = options.region(region);
        }
        options = match memory {
            Some(Scalar::Text(text)) => options.memory(text.as_str()),
            Some(Scalar::Number(bytes)) => options.memory(bytes),
            None => options,
        };
        if let Some(timeout) = timeout {
            options = options.timeout(timeout.checked(py)?);
        }
        for (key, value) in labels.unwrap_or_default() {
            options = options.label(key, value);
        }
        if let Some(root) = root {
            options = options.root(root.0);
        }
        for (path, volume) in volumes.unwrap_or_default() {
            options = options.volume(path, volume.0);
        }
        if let Some(patterns) = allow_net {
            options = options.allow_net(patterns.iter().map(String::as_str));
        }
        for (name, (hosts, value)) in secrets.unwrap_or_default() {
            options = options.secret(name, hosts, value);
        }
        for (name, value) in env.unwrap_or_default() {
            options = options.env(name, value);
        }
        home.run(py, async move {
            let sandbox = client.sandboxes().create(options).await?;
            Ok::<_, Error>(NativeSandbox::new(home, sandbox))
        })
    }

    fn connect_sandbox<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] sandbox_id: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move {
            let sandbox = client.sandboxes().connect(sandbox_id).await?;
            Ok::<_, Error>(NativeSandbox::new(home, sandbox))
        })
    }

    fn list_sandboxes<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] labels: BTreeMap<String, String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move {
            let labels = Labels::new(labels).map_err(Error::from)?;
            client.sandboxes().list(&labels).await
        })
    }

    fn kill_sandbox<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] sandbox_id: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (home, client) = self.core(py)?;
        home.run(py, async move { client.sandboxes().kill(sandbox_id).await })
    }
}
