use deno_sandbox::{Error, ErrorCode, Sandbox};
use wasm_bindgen::prelude::*;

use crate::convert::{IntoJs, to_js};
use crate::executor::{self, act, promise};
use crate::values::{kind_of, scalar};

/// A sandbox and its connection.
#[wasm_bindgen]
pub struct NativeSandbox(pub(crate) Sandbox);

impl IntoJs for Sandbox {
    fn into_js(self) -> JsValue {
        // The connection must not close because a collector of garbage found nothing to refer to it.
        let kept = self.clone();
        executor::spawn(Box::pin(async move {
            kept.closed().await;
        }));
        NativeSandbox(self).into()
    }
}

#[derive(serde::Serialize)]
struct Closed<'a> {
    code: u16,
    reason: &'a str,
}

#[wasm_bindgen]
impl NativeSandbox {
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.0.id().to_owned()
    }

    #[wasm_bindgen(getter)]
    pub fn region(&self) -> String {
        self.0.region()
    }

    #[wasm_bindgen(getter, js_name = traceId)]
    pub fn trace_id(&self) -> Option<String> {
        self.0.trace_id().map(str::to_owned)
    }

    #[wasm_bindgen(getter, js_name = isClosed)]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    pub fn closed(&self, signal: &JsValue) -> JsValue {
        let sandbox = self.0.clone();
        promise(signal, async move {
            let closed = sandbox.closed().await;
            Ok(to_js(&Closed {
                code: closed.code,
                reason: &closed.reason,
            }))
        })
    }

    pub fn close(&self) -> JsValue {
        let sandbox = self.0.clone();
        promise(&JsValue::UNDEFINED, async move {
            sandbox.close().await;
            Ok(())
        })
    }

    pub fn kill(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.kill())
    }

    #[wasm_bindgen(js_name = extendTimeout)]
    pub fn extend_timeout(&self, timeout: JsValue, signal: &JsValue) -> JsValue {
        let text = scalar(&timeout).ok_or_else(|| {
            let message = format!("a timeout is a string, not {}", kind_of(&timeout));
            Error::new(ErrorCode::InvalidTimeout, message)
        });
        let extend = |text: String| self.0.extend_timeout(text.as_str()).map(IntoJs::into_js);
        act(signal, text.map(extend))
    }
}
