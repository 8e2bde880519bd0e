//! No request makes the side that carries it out do more than refuse it.
#![no_main]

use deno_sandbox::rpc::methods::Request;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|input: (u8, &str)| {
    let (method, params) = input;
    let method = Request::NAMES[usize::from(method) % Request::NAMES.len()];
    if let Ok(params) = serde_json::from_str::<&RawValue>(params) {
        let _ = Request::decode(method, params);
    }
});
