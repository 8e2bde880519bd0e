//! What the client sends, taken apart.

use std::borrow::Cow;

use deno_sandbox::rpc::methods::Request;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::frame::Frame;

/// A request (with an id) or a notification.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) method: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) params: Option<&'a RawValue>,
}

/// The parameters of the notifications about streams.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StreamParams<'a> {
    pub(super) stream_id: u64,
    #[serde(borrow, default)]
    pub(super) data: Cow<'a, str>,
    #[serde(default)]
    pub(super) error: Value,
}

/// Decodes a message; otherwise what to answer.
pub(super) fn parse(frame: &[u8]) -> Result<Message<'_>, Frame> {
    let message: Message<'_> = serde_json::from_slice(frame).map_err(|error| {
        if error.is_data() {
            Frame::error(None, -32600, "Invalid Request", None)
        } else {
            Frame::error(None, -32700, "Parse error", None)
        }
    })?;
    match message.id.map(|id| id.get().as_bytes()) {
        // Objects, lists and truths name no call.
        Some([b'{' | b'[' | b't' | b'f', ..]) => {
            Err(Frame::error(None, -32600, "Invalid Request", None))
        }
        _ => Ok(message),
    }
}

/// Decodes a call; otherwise what to answer.
pub(super) fn decode(id: &RawValue, message: &Message<'_>) -> Result<Request, Frame> {
    let params = message.params.map_or("{}", RawValue::get);
    match Request::decode(&message.method, params) {
        Some(Ok(request)) => Ok(request),
        Some(Err(error)) => {
            let data = json!({
                "constructorName": "ZodError",
                "message": json!([issue(params, &error)]).to_string(),
            });
            Err(Frame::error(Some(id), -32602, "Invalid params", Some(data)))
        }
        None => Err(Frame::error(Some(id), -32601, "Method not found", None)),
    }
}

/// What is wrong with parameters, in the form clients of the service know.
fn issue(params: &str, error: &serde_json::Error) -> Value {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    if let Some(field) = message.strip_prefix("missing field `") {
        let field = field.trim_end_matches('`');
        return json!({
            "expected": "value",
            "code": "invalid_type",
            "path": [field],
            "message": format!("Invalid input: {message}"),
        });
    }
    let expected = message
        .split_once(", expected ")
        .map_or("value", |(_, expected)| expected);
    json!({
        "expected": expected,
        "code": if message.starts_with("invalid type") { "invalid_type" } else { "invalid_value" },
        "path": path_at(params, error.column()),
        "message": format!("Invalid input: {message}"),
    })
}

/// The keys that lead to where an error was noticed, which is at the value's end.
fn path_at(params: &str, column: usize) -> Vec<String> {
    let mut path: Vec<Option<String>> = Vec::new();
    let mut rest = params.get(..column).unwrap_or(params);
    let mut last = None;
    while let Some(next) = rest.chars().next() {
        match next {
            '"' => {
                let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let Some(Ok(text)) = texts.next() else { break };
                rest = &rest[texts.byte_offset()..];
                last = Some(text);
                continue;
            }
            ':' => {
                if let Some(key) = path.last_mut() {
                    *key = last.take();
                }
            }
            '{' | '[' => path.push(None),
            '}' | ']' if rest.len() > 1 => drop(path.pop()),
            _ => {}
        }
        rest = &rest[next.len_utf8()..];
    }
    path.into_iter().flatten().collect()
}

/// The stream and the data of an `enqueue` in the usual form, found without parsing all of it.
pub(super) fn quick_enqueue(frame: &[u8]) -> Option<(u64, Vec<u8>)> {
    let mut rest = frame;
    for token in [
        &b"{"[..],
        b"\"jsonrpc\"",
        b":",
        b"\"2.0\"",
        b",",
        b"\"method\"",
        b":",
        b"\"$sandbox.stream.enqueue\"",
        b",",
        b"\"params\"",
        b":",
        b"{",
        b"\"streamId\"",
        b":",
    ] {
        rest = rest.trim_ascii_start().strip_prefix(token)?;
    }
    rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let id = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    rest = &rest[digits..];
    for token in [&b","[..], b"\"data\"", b":", b"\""] {
        rest = rest.trim_ascii_start().strip_prefix(token)?;
    }
    for token in [&b"}"[..], b"}", b"\""] {
        rest = rest.trim_ascii_end().strip_suffix(token)?;
    }
    // Whatever else the text may hold is not base64: it is parsed in full then.
    let bytes = base64_simd::STANDARD.decode_to_vec(rest).ok()?;
    Some((id, bytes))
}
