use std::time::Duration;

use deno_sandbox::model::{Labels, Quoted};
use deno_sandbox::{
    Client, Error, ErrorCode, ListOptions, Result, Sandbox, SandboxOptions, Source, VolumeOptions,
};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::error::rejection;
use crate::executor::{act, promise};
use crate::options::{Options, kind_of, texts_of};
use crate::transport::Host;

/// How the SDK names itself to the service.
const USER_AGENT: &str = concat!("deno-sandbox-js/", env!("CARGO_PKG_VERSION"));

/// The way to the service for one account.
#[wasm_bindgen]
pub struct NativeClient {
    client: Client,
    host: Host,
}

#[wasm_bindgen]
impl NativeClient {
    #[wasm_bindgen(constructor)]
    pub fn new(config: &JsValue, host: JsValue) -> Result<NativeClient, JsValue> {
        let host = Host::new(host);
        match configure(config, &host) {
            Ok(client) => Ok(Self { client, host }),
            Err(error) => Err(rejection(&error.during("configure the client"))),
        }
    }

    #[wasm_bindgen(getter)]
    pub fn endpoint(&self) -> String {
        self.client.endpoint().to_owned()
    }

    #[wasm_bindgen(getter)]
    pub fn org(&self) -> Option<String> {
        self.client.org().map(str::to_owned)
    }

    #[wasm_bindgen(js_name = createVolume)]
    pub fn create_volume(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let volumes = self.client.volumes();
        let options = volume_options(options).map_err(|error| error.during("create a volume"));
        act(signal, options.map(|options| volumes.create(options)))
    }

    #[wasm_bindgen(js_name = getVolume)]
    pub fn get_volume(&self, reference: String, signal: &JsValue) -> JsValue {
        let volumes = self.client.volumes();
        promise(signal, volumes.get(reference))
    }

    #[wasm_bindgen(js_name = listVolumes)]
    pub fn list_volumes(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let volumes = self.client.volumes();
        let options = list_options(options).map_err(|error| error.during("list volumes"));
        act(signal, options.map(|options| volumes.list(options)))
    }

    #[wasm_bindgen(js_name = deleteVolume)]
    pub fn delete_volume(&self, reference: String, signal: &JsValue) -> JsValue {
        let volumes = self.client.volumes();
        promise(signal, volumes.delete(reference))
    }

    #[wasm_bindgen(js_name = snapshotVolume)]
    pub fn snapshot_volume(
        &self,
        reference: String,
        options: &JsValue,
        signal: &JsValue,
    ) -> JsValue {
        let volumes = self.client.volumes();
        let mut options = Options::new(options);
        let slug = options.required_text("slug");
        let slug = options.finish(slug);
        let slug = slug.map_err(|error| error.during("take a snapshot"));
        act(signal, slug.map(|slug| volumes.snapshot(reference, slug)))
    }

    #[wasm_bindgen(js_name = getSnapshot)]
    pub fn get_snapshot(&self, reference: String, signal: &JsValue) -> JsValue {
        let snapshots = self.client.snapshots();
        promise(signal, snapshots.get(reference))
    }

    #[wasm_bindgen(js_name = listSnapshots)]
    pub fn list_snapshots(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let snapshots = self.client.snapshots();
        let options = list_options(options).map_err(|error| error.during("list snapshots"));
        act(signal, options.map(|options| snapshots.list(options)))
    }

    #[wasm_bindgen(js_name = deleteSnapshot)]
    pub fn delete_snapshot(&self, reference: String, signal: &JsValue) -> JsValue {
        let snapshots = self.client.snapshots();
        promise(signal, snapshots.delete(reference))
    }

    #[wasm_bindgen(js_name = createSandbox)]
    pub fn create_sandbox(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let client = self.client.clone();
        let options = sandbox_options(options);
        let possible = self.opens_sockets();
        promise(signal, async move {
            let named = |error: Error| error.during("create a sandbox");
            let options = options.map_err(named)?;
            possible.map_err(named)?;
            Sandbox::create(&client, options).await
        })
    }

    #[wasm_bindgen(js_name = connectSandbox)]
    pub fn connect_sandbox(&self, id: String, signal: &JsValue) -> JsValue {
        let client = self.client.clone();
        let possible = self.opens_sockets();
        promise(signal, async move {
            possible.map_err(|error| {
                error.during(format_args!("connect to sandbox {}", Quoted(&id)))
            })?;
            Sandbox::connect(&client, id).await
        })
    }

    #[wasm_bindgen(js_name = listSandboxes)]
    pub fn list_sandboxes(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let sandboxes = self.client.sandboxes();
        let mut options = Options::new(options);
        let labels = options.record("labels", ErrorCode::InvalidLabels);
        let labels = options.finish(labels);
        promise(signal, async move {
            let named = |error: Error| error.during("list sandboxes");
            let labels =
                Labels::new(labels.map_err(named)?).map_err(|invalid| named(invalid.into()))?;
            sandboxes.list(&labels).await
        })
    }

    #[wasm_bindgen(js_name = killSandbox)]
    pub fn kill_sandbox(&self, id: String, signal: &JsValue) -> JsValue {
        let sandboxes = self.client.sandboxes();
        promise(signal, sandboxes.kill(id))
    }
}

impl NativeClient {
    fn opens_sockets(&self) -> Result<()> {
        if self.host.opens_sockets() {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::InvalidState,
            "this host cannot open a sandbox connection, which needs a WebSocket with headers of its own; \
             volumes, snapshots and lists work here, and sandboxes in Deno, Node and Bun",
        ))
    }
}

fn configure(config: &JsValue, host: &Host) -> Result<Client> {
    let mut config = Options::new(config);
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .transport(host.transport());
    if let Some(token) = config.text("token") {
        builder = builder.token(token);
    }
    if let Some(org) = config.text("org") {
        builder = builder.org(org);
    }
    if let Some(url) = config.text("endpoint") {
        builder = builder.endpoint(url);
    }
    if let Some(url) = config.text("sandboxEndpoint") {
        builder = builder.sandbox_endpoint(url);
    }
    if let Some(name) = config.text("sandboxBaseDomain") {
        builder = builder.sandbox_base_domain(name);
    }
    let milliseconds = |ms: u64| Duration::from_millis(ms);
    if let Some(limit) = config.whole("connectTimeoutMs") {
        builder = builder.connect_timeout(milliseconds(limit));
    }
    if let Some(limit) = config.whole("requestTimeoutMs") {
        builder = builder.request_timeout(milliseconds(limit));
    }
    if let Some(limit) = config.whole("idleTimeoutMs") {
        builder = builder.idle_timeout(milliseconds(limit));
    }
    if let Some(budget) = config.whole("retryBudgetMs") {
        builder = builder.retry_budget(milliseconds(budget));
    }
    if let Some(lookup) = config.value("environment") {
        let lookup: Function = lookup.unchecked_into();
        builder = builder.environment_lookup(move |name| {
            let value = lookup.call1(&JsValue::UNDEFINED, &name.into());
            value.ok()?.as_string()
        });
    }
    config.finish(builder)?.build()
}

fn volume_options(options: &JsValue) -> Result<VolumeOptions> {
    let mut options = Options::new(options);
    let slug = options.required_text("slug");
    let region = options.required_text("region");
    let capacity = options.text_or_number("capacity").unwrap_or_else(|| {
        options.missing("capacity", ErrorCode::InvalidCapacity);
        String::new()
    });
    let mut volume = VolumeOptions::new(slug, region, capacity);
    if let Some(snapshot) = options.text("from") {
        volume = volume.from(snapshot);
    }
    options.finish(volume)
}

fn list_options(options: &JsValue) -> Result<ListOptions> {
    let mut options = Options::new(options);
    let mut list = ListOptions::default();
    if let Some(limit) = options.whole_u32("limit") {
        list = list.limit(limit);
    }
    if let Some(cursor) = options.text("cursor") {
        list = list.cursor(cursor);
    }
    if let Some(search) = options.text("search") {
        list = list.search(search);
    }
    options.finish(list)
}

fn sandbox_options(options: &JsValue) -> Result<SandboxOptions> {
    let mut options = Options::new(options);
    let mut sandbox = SandboxOptions::new();
    if let Some(region) = options.text("region") {
        sandbox = sandbox.region(region);
    }
    if let Some(memory) = options.text_or_number("memory") {
        sandbox = sandbox.memory(memory.as_str());
    }
    if let Some(timeout) = options.text_or_number("timeout") {
        sandbox = sandbox.timeout(timeout.as_str());
    }
    for (key, value) in options.record("labels", ErrorCode::InvalidLabels) {
        sandbox = sandbox.label(key, value);
    }
    if let Some(root) = options.value("root") {
        sandbox = sandbox.root(source("root", &root)?);
    }
    for (path, volume) in options.entries("volumes") {
        sandbox = sandbox.volume(path, source("volumes", &volume)?);
    }
    if let Some(hosts) = options.texts("allowNet") {
        sandbox = sandbox.allow_net(hosts.iter().map(String::as_str));
    }
    for (name, secret) in options.entries("secrets") {
        let (hosts, value) = secret_parts(&name, &secret)?;
        sandbox = sandbox.secret(name, hosts, value);
    }
    for (name, value) in options.record("env", ErrorCode::InvalidEnv) {
        sandbox = sandbox.env(name, value);
    }
    options.finish(sandbox)
}

/// A volume or snapshot by slug or id, or as its record.
fn source(key: &str, value: &JsValue) -> Result<Source> {
    if let Some(reference) = value.as_string() {
        return Ok(reference.into());
    }
    let field = |name: &str| Reflect::get(value, &name.into()).ok()?.as_string();
    match (field("slug"), field("region")) {
        (Some(slug), Some(region)) => Ok(Source::in_region(slug, region)),
        _ => {
            let message = format!(
                "`{key}` takes a slug, an id, or a volume or snapshot, not {}",
                kind_of(value)
            );
            Err(Error::new(ErrorCode::InvalidReference, message))
        }
    }
}

fn secret_parts(name: &str, secret: &JsValue) -> Result<(Vec<String>, String)> {
    let mut parts = Options::new(secret);
    let hosts = parts.value("hosts").as_ref().and_then(texts_of);
    let value = parts.value("value").and_then(|value| value.as_string());
    match (hosts, value) {
        (Some(hosts), Some(value)) => Ok((hosts, value)),
        _ => {
            let message = format!(
                "the secret {} must be {{ hosts: string[], value: string }}",
                Quoted(name)
            );
            Err(Error::new(ErrorCode::InvalidSecret, message))
        }
    }
}
