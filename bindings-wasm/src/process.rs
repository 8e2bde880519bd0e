use std::rc::Rc;

use deno_sandbox::{ByteStream, Output, Process, ProcessStatus};
use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::convert::{IntoJs, to_js};
use crate::dynamic::Js;
use crate::engine::to_js_bytes;
use crate::error::{rejection, rejection_with};
use crate::executor::{call, promise, promise_of};
use crate::streams::{NativeProcessInput, NativeStream};

/// A process in a sandbox.
#[wasm_bindgen]
pub struct NativeProcess {
    process: Rc<Process>,
    stdin: Option<NativeProcessInput>,
    stdout: Option<ByteStream>,
    stderr: Option<ByteStream>,
}

impl IntoJs for Process {
    fn into_js(mut self) -> JsValue {
        let process = NativeProcess {
            stdin: self.stdin.take().map(NativeProcessInput::new),
            stdout: self.stdout.take(),
            stderr: self.stderr.take(),
            process: Rc::new(self),
        };
        process.into()
    }
}

#[wasm_bindgen]
impl NativeProcess {
    #[wasm_bindgen(getter)]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    #[wasm_bindgen(js_name = takeStdin)]
    pub fn take_stdin(&mut self) -> Option<NativeProcessInput> {
        self.stdin.take()
    }

    #[wasm_bindgen(js_name = takeStdout)]
    pub fn take_stdout(&mut self) -> Option<NativeStream> {
        self.stdout.take().map(NativeStream::new)
    }

    #[wasm_bindgen(js_name = takeStderr)]
    pub fn take_stderr(&mut self) -> Option<NativeStream> {
        self.stderr.take().map(NativeStream::new)
    }

    pub fn status(&self, signal: &JsValue) -> JsValue {
        let process = self.process.clone();
        promise(signal, async move { process.status().await })
    }

    pub fn output(&mut self, check: bool, signal: &JsValue) -> JsValue {
        let process = self.process.clone();
        let (stdout, stderr) = (self.stdout.take(), self.stderr.take());
        // A process that reads its input to the end would wait for ever.
        self.stdin = None;
        let outcome = async move {
            let output = process.output_of(stdout, stderr).await;
            let output = output.map_err(|error| rejection(&error))?;
            if check {
                let code = Some(output.status.code);
                output
                    .check()
                    .map_err(|error| rejection_with(&error, code))?;
            }
            Ok(output.into_js())
        };
        promise_of(signal, Box::pin(outcome))
    }

    pub fn call(&self, method: &str, params: JsValue, signal: &JsValue) -> JsValue {
        call(signal, self.process.call(method, &Js(params)))
    }
}

#[derive(Serialize)]
struct StatusRecord<'a> {
    success: bool,
    code: i32,
    signal: &'a Option<String>,
    oom: bool,
}

impl IntoJs for ProcessStatus {
    fn into_js(self) -> JsValue {
        to_js(&StatusRecord {
            success: self.success,
            code: self.code,
            signal: &self.signal,
            oom: self.oom.is_some(),
        })
    }
}

impl IntoJs for Output {
    fn into_js(self) -> JsValue {
        let object = Object::new();
        let set = |key: &str, value: JsValue| {
            // A fresh object takes any property.
            let _ = Reflect::set(&object, &key.into(), &value);
        };
        set("status", self.status.into_js());
        set("stdout", to_js_bytes(&self.stdout));
        set("stderr", to_js_bytes(&self.stderr));
        object.into()
    }
}
