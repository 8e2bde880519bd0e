use deno_sandbox::model::Quoted;
use deno_sandbox::rpc::dynamic::Dynamic as _;
use deno_sandbox::{Client, Error, ErrorCode, Result, Sandbox, SandboxOptions};
use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::dynamic::{Js, parsed};
use crate::error::rejection;
use crate::executor::{act, promise};
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

    pub fn call(&self, operation: &str, thing: &str, params: JsValue, signal: &JsValue) -> JsValue {
        let call = self.client.call(operation, thing, &Js(params));
        promise(signal, call.map(|json| parsed(&json)))
    }

    pub fn list(&self, list: &str, options: JsValue, signal: &JsValue) -> JsValue {
        let page = self.client.list(list, &Js(options));
        promise(signal, page.map(IntoJs::into_js))
    }

    #[wasm_bindgen(js_name = createSandbox)]
    pub fn create_sandbox(&self, options: JsValue, signal: &JsValue) -> JsValue {
        let options = SandboxOptions::read(&Js(options));
        let create = options.and_then(|options| {
            self.needs_sockets()?;
            Ok(Sandbox::create(&self.client, options))
        });
        act(
            signal,
            create.map_err(|error| error.during("create a sandbox")),
        )
    }

    #[wasm_bindgen(js_name = connectSandbox)]
    pub fn connect_sandbox(&self, id: &str, signal: &JsValue) -> JsValue {
        let possible = self.needs_sockets();
        let possible = possible
            .map_err(|error| error.during(format_args!("connect to sandbox {}", Quoted(id))));
        act(
            signal,
            possible.map(|()| Sandbox::connect(&self.client, id)),
        )
    }
}

impl NativeClient {
    fn needs_sockets(&self) -> Result<()> {
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
    let config = Js(config.clone());
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .transport(host.transport());
    if let Ok(lookup) = config.get("environment").0.dyn_into::<Function>() {
        builder = builder.environment_lookup(move |name| {
            let value = lookup.call1(&JsValue::UNDEFINED, &name.into());
            value.ok()?.as_string()
        });
    }
    builder.read(&config)?;
    builder.build()
}
