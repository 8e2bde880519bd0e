//! No answer of the service, however malformed, is more than an error.
#![no_main]

use bytes::Bytes;
use deno_sandbox::transport::HttpResponse;
use libfuzzer_sys::fuzz_target;

const TYPES: [Option<&str>; 4] = [
    None,
    Some("application/json"),
    Some("text/html; charset=utf-8"),
    Some("\u{fc};;="),
];

fuzz_target!(|input: (u16, u8, Option<&str>, &[u8])| {
    let (status, content_type, trace_id, body) = input;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = Vec::new();
    headers
        .extend(TYPES[usize::from(content_type) % TYPES.len()].map(|t| header("content-type", t)));
    headers.extend(trace_id.map(|id| header("x-deno-trace-id", id)));
    // Every status there is, errors most often.
    let status = if status < 1000 {
        status
    } else {
        400 + status % 200
    };
    let answer = HttpResponse {
        status,
        headers,
        body: Bytes::copy_from_slice(body),
    };
    let (client, _) = deno_sandbox_fuzz::client(answer);
    match futures_executor::block_on(client.volumes().get("cache")) {
        Ok(None) => assert_eq!(status, 404),
        Ok(Some(_)) => assert!((200..300).contains(&status)),
        Err(error) => deno_sandbox_fuzz::check_error(&error),
    }
    match futures_executor::block_on(client.volumes().delete("cache")) {
        Ok(()) => assert!((200..300).contains(&status)),
        Err(error) => deno_sandbox_fuzz::check_error(&error),
    }
});
