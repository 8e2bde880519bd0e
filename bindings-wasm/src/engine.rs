//! What the module asks of the JavaScript around it: `js/src/host/engine.ts`.

use std::cell::OnceCell;

use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The JavaScript side of this instance.
    pub type Engine;

    /// A promise for a task's outcome; the signal cancels the task.
    #[wasm_bindgen(method)]
    pub fn promise(this: &Engine, task: u32, signal: &JsValue) -> JsValue;
    /// Whether a signal has been given already.
    #[wasm_bindgen(method, js_name = isAborted)]
    pub fn is_aborted(this: &Engine, signal: &JsValue) -> bool;
    /// A promise that a signal has had rejected already.
    #[wasm_bindgen(method)]
    pub fn aborted(this: &Engine, signal: &JsValue) -> JsValue;
    /// Fulfils or rejects the promise of a task.
    #[wasm_bindgen(method)]
    pub fn settle(this: &Engine, task: u32, fulfilled: bool, value: &JsValue);
    /// Has `run` called soon.
    #[wasm_bindgen(method)]
    pub fn schedule(this: &Engine);
    /// Has `timer` called after this time, instead of any time before.
    #[wasm_bindgen(method, js_name = setTimer)]
    pub fn set_timer(this: &Engine, milliseconds: f64);
    #[wasm_bindgen(method, js_name = clearTimer)]
    pub fn clear_timer(this: &Engine);
    /// Milliseconds since a fixed moment.
    #[wasm_bindgen(method)]
    pub fn now(this: &Engine) -> f64;
    /// Milliseconds since 1970.
    #[wasm_bindgen(method, js_name = unixTime)]
    pub fn unix_time(this: &Engine) -> f64;
    #[wasm_bindgen(method)]
    pub fn random(this: &Engine) -> f64;
    /// 32 bits nobody can predict.
    #[wasm_bindgen(method)]
    pub fn mask(this: &Engine) -> u32;

    /// Sends a request; `fetched` or `operationFailed` follows. `headers` alternates names and values.
    #[wasm_bindgen(method)]
    pub fn fetch(
        this: &Engine,
        host: &JsValue,
        operation: u32,
        method: &str,
        url: &str,
        headers: Array,
        body: Option<JsString>,
        connect_timeout: Option<f64>,
    );
    /// Opens a socket; `socketOpened`, `socketRefused` or `operationFailed` follows.
    #[wasm_bindgen(method, js_name = openSocket)]
    pub fn open_socket(
        this: &Engine,
        host: &JsValue,
        operation: u32,
        url: &str,
        headers: Array,
        connect_timeout: Option<f64>,
    ) -> HostSocket;
    /// Lets a socket go at once.
    #[wasm_bindgen(method, js_name = closeSocket)]
    pub fn close_socket(this: &Engine, socket: &HostSocket);
    /// Asks a source for its next part; `pulled` or `pullFailed` follows.
    #[wasm_bindgen(method)]
    pub fn pull(this: &Engine, source: &JsValue, operation: u32);
    /// Gives an operation up: a request is cancelled, and nothing follows.
    #[wasm_bindgen(method, js_name = giveUp)]
    pub fn give_up(this: &Engine, operation: u32);

    /// Bytes in both directions.
    #[derive(Clone)]
    pub type HostSocket;

    /// Sends both parts; false when it is better to wait for `socketDrained`.
    #[wasm_bindgen(method)]
    pub fn write(this: &HostSocket, head: &[u8], body: &[u8]) -> bool;
    #[wasm_bindgen(method)]
    pub fn pause(this: &HostSocket);
    #[wasm_bindgen(method)]
    pub fn resume(this: &HostSocket);
    #[wasm_bindgen(method)]
    pub fn end(this: &HostSocket);
}

thread_local! {
    static ENGINE: OnceCell<Engine> = const { OnceCell::new() };
}

/// Called once for an instance, before anything else.
#[wasm_bindgen]
pub fn start(engine: Engine) {
    ENGINE.with(|cell| {
        // A second call would be a mistake of the loader; the first engine stays.
        let _ = cell.set(engine);
    });
}

/// Uses the engine. Nothing happens before `start`.
pub(crate) fn with<T>(use_it: impl FnOnce(&Engine) -> T) -> T {
    ENGINE.with(|cell| match cell.get() {
        Some(engine) => use_it(engine),
        None => wasm_bindgen::throw_str("`start` comes first"),
    })
}

/// Bytes as JavaScript has them.
pub(crate) fn to_js_bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
