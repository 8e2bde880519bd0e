//! The content of files: methods of [`NativeSandbox`].

use std::cell::RefCell;
use std::rc::Rc;

use deno_sandbox::model::Quoted;
use deno_sandbox::{Result, WriteOptions};
use wasm_bindgen::prelude::*;

use crate::dynamic::Js;
use crate::error::rejection;
use crate::executor::{call, promise, promise_of};
use crate::sandbox::NativeSandbox;
use crate::streams::parts_of;

#[wasm_bindgen]
impl NativeSandbox {
    #[wasm_bindgen(js_name = readFile)]
    pub fn read_file(&self, path: String, signal: &JsValue) -> JsValue {
        call(signal, self.0.read_file(path))
    }

    #[wasm_bindgen(js_name = readTextFile)]
    pub fn read_text_file(&self, path: String, signal: &JsValue) -> JsValue {
        call(signal, self.0.read_text_file(path))
    }

    #[wasm_bindgen(js_name = readStream)]
    pub fn read_stream(&self, path: String, signal: &JsValue) -> JsValue {
        call(signal, self.0.fs().read_stream(path))
    }

    #[wasm_bindgen(js_name = writeFile)]
    pub fn write_file(
        &self,
        path: String,
        data: Vec<u8>,
        options: JsValue,
        signal: &JsValue,
    ) -> JsValue {
        self.write(path, Content::Bytes(data), options, signal)
    }

    #[wasm_bindgen(js_name = writeTextFile)]
    pub fn write_text_file(
        &self,
        path: String,
        text: String,
        options: JsValue,
        signal: &JsValue,
    ) -> JsValue {
        self.write(path, Content::Text(text), options, signal)
    }

    #[wasm_bindgen(js_name = writeStream)]
    pub fn write_stream(
        &self,
        path: String,
        source: JsValue,
        options: JsValue,
        signal: &JsValue,
    ) -> JsValue {
        let fs = self.0.fs();
        let options = write_options(options, &path);
        let thrown = Rc::new(RefCell::new(None));
        let parts = parts_of(source, thrown.clone());
        let outcome = async move {
            let write = async { fs.write_stream(path, parts, options?).await };
            match write.await {
                Ok(()) => Ok(JsValue::UNDEFINED),
                Err(error) => Err(thrown.take().unwrap_or_else(|| rejection(&error))),
            }
        };
        promise_of(signal, Box::pin(outcome))
    }
}

/// All that a file is to hold.
enum Content {
    Bytes(Vec<u8>),
    Text(String),
}

impl NativeSandbox {
    fn write(&self, path: String, content: Content, options: JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = write_options(options, &path);
        promise(signal, async move {
            match content {
                Content::Bytes(data) => fs.write_file_with(path, data, options?).await,
                Content::Text(text) => fs.write_text_file_with(path, text, options?).await,
            }
        })
    }
}

fn write_options(options: JsValue, path: &str) -> Result<WriteOptions> {
    let options = WriteOptions::read(&Js(options));
    options.map_err(|error| error.during(format_args!("write {}", Quoted(path))))
}
