use std::rc::Rc;

use deno_sandbox::model::Quoted;
use deno_sandbox::{ByteStream, Command, Error, ErrorCode, Output, Process, Result, Sh, Stdio};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::engine::to_js_bytes;
use crate::error::rejection_with;
use crate::executor::{Failure, promise, promise_of};
use crate::options::Options;
use crate::streams::{NativeByteStream, NativeProcessInput};

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
    pub fn take_stdout(&mut self) -> Option<NativeByteStream> {
        self.stdout.take().map(NativeByteStream::new)
    }

    #[wasm_bindgen(js_name = takeStderr)]
    pub fn take_stderr(&mut self) -> Option<NativeByteStream> {
        self.stderr.take().map(NativeByteStream::new)
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
            let output = output.map_err(Failure::Sdk)?;
            if check {
                let code = output.status.code;
                output
                    .check()
                    .map_err(|error| Failure::Thrown(rejection_with(&error, Some(code))))?;
            }
            Ok(output.into_js())
        };
        promise_of(signal, Box::pin(outcome))
    }

    pub fn kill(&self, name: Option<String>, signal: &JsValue) -> JsValue {
        promise(
            signal,
            match name {
                Some(name) => self.process.kill_with(name),
                None => self.process.kill(),
            },
        )
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

/// Options of a process to start.
pub(crate) fn command(program: String, options: &JsValue) -> Result<Command> {
    let mut options = Options::new(options);
    let mut command = Command::new(program).args(options.texts("args").unwrap_or_default());
    if let Some(cwd) = options.text("cwd") {
        command = command.cwd(cwd);
    }
    if options.flag("clearEnv").unwrap_or_default() {
        command = command.clear_env();
    }
    for (name, value) in options.record("env", ErrorCode::InvalidEnv) {
        command = command.env(name, value);
    }
    if let Some(stdin) = stdio(&mut options, "stdin")? {
        command = command.stdin(stdin);
    }
    command = command
        .stdout(output(&mut options, "stdout")?)
        .stderr(output(&mut options, "stderr")?);
    options.finish(command)
}

/// Options of a command line.
pub(crate) fn shell(mut sh: Sh, options: &JsValue) -> Result<Sh> {
    let mut options = Options::new(options);
    if let Some(cwd) = options.text("cwd") {
        sh = sh.cwd(cwd);
    }
    for (name, value) in options.record("env", ErrorCode::InvalidEnv) {
        sh = sh.env(name, value);
    }
    if options.flag("sudo").unwrap_or_default() {
        sh = sh.sudo();
    }
    if let Some(stdin) = stdio(&mut options, "stdin")? {
        sh = sh.stdin(stdin);
    }
    sh = sh
        .stdout(output(&mut options, "stdout")?)
        .stderr(output(&mut options, "stderr")?);
    options.finish(sh)
}

/// What is inherited is piped here, and copied by the face.
fn output(options: &mut Options, key: &'static str) -> Result<Stdio> {
    Ok(match stdio(options, key)? {
        None | Some(Stdio::Inherit) => Stdio::Piped,
        Some(stdio) => stdio,
    })
}

fn stdio(options: &mut Options, key: &'static str) -> Result<Option<Stdio>> {
    let Some(text) = options.text(key) else {
        return Ok(None);
    };
    Ok(Some(match text.as_str() {
        "piped" => Stdio::Piped,
        "inherit" => Stdio::Inherit,
        "null" => Stdio::Null,
        _ => {
            let message = format!(
                "\"{key}\" must be \"piped\", \"inherit\" or \"null\", not {}",
                Quoted(&text)
            );
            return Err(Error::new(ErrorCode::InvalidOption, message));
        }
    }))
}
