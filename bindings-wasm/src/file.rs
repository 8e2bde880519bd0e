use std::rc::Rc;

use deno_sandbox::FsFile;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::executor::{act, call, promise};
use crate::values::whole_argument;

/// An open file.
#[wasm_bindgen]
pub struct NativeFile(pub(crate) Rc<FsFile>);

impl IntoJs for FsFile {
    fn into_js(self) -> JsValue {
        NativeFile(Rc::new(self)).into()
    }
}

#[wasm_bindgen]
impl NativeFile {
    pub fn read(&self, length: f64, signal: &JsValue) -> JsValue {
        let length = whole_argument(length, "number of bytes");
        act(
            signal,
            length.map(|length| self.0.read(length).map(IntoJs::into_js)),
        )
    }

    pub fn write(&self, data: Vec<u8>, signal: &JsValue) -> JsValue {
        call(signal, self.0.write(data).map(|written| written as u64))
    }

    #[wasm_bindgen(js_name = writeAll)]
    pub fn write_all(&self, data: Vec<u8>, signal: &JsValue) -> JsValue {
        let file = self.0.clone();
        promise(signal, async move { file.write_all(data).await })
    }

    pub fn close(&self) -> JsValue {
        let file = self.0.clone();
        promise(&JsValue::UNDEFINED, async move { file.close().await })
    }
}
