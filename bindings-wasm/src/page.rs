use deno_sandbox::JsonPage;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::dynamic::parsed;
use crate::executor::promise;

/// One page of a list.
#[wasm_bindgen]
pub struct NativePage(JsonPage);

impl IntoJs for JsonPage {
    fn into_js(self) -> JsValue {
        NativePage(self).into()
    }
}

#[wasm_bindgen]
impl NativePage {
    pub fn items(&self) -> JsValue {
        parsed(self.0.items())
    }

    #[wasm_bindgen(getter, js_name = nextCursor)]
    pub fn next_cursor(&self) -> Option<String> {
        self.0.next_cursor().map(str::to_owned)
    }

    #[wasm_bindgen(js_name = nextPage)]
    pub fn next_page(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.next_page().map(IntoJs::into_js))
    }
}
