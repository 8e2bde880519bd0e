use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::failure::Failure;

/// A message to the client with its length before it, built in one buffer.
#[derive(Debug)]
pub(super) struct Frame(Vec<u8>);

const LENGTH: usize = size_of::<u32>();

impl Frame {
    /// The answer to the call `id`.
    pub(super) fn ok(id: &RawValue, value: &impl Serialize) -> Result<Self, Failure> {
        let mut text = begin_ok(id, 128);
        serde_json::to_writer(&mut text, value)
            .map_err(|error| Failure::invalid(format!("the answer cannot be sent: {error}")))?;
        text.extend_from_slice(b"}}");
        Ok(Self::finish(text))
    }

    /// The answer to the call `id` that could not be carried out.
    pub(super) fn failed(id: &RawValue, failure: &Failure) -> Self {
        Self::json(&json!({"jsonrpc": "2.0", "id": id, "result": {"error": failure}}))
    }

    /// The answer to what is not a call that can be carried out at all.
    pub(super) fn error(
        id: Option<&RawValue>,
        code: i32,
        message: &str,
        data: Option<Value>,
    ) -> Self {
        let mut error = json!({"code": code, "message": message});
        if let Some(data) = data {
            error["data"] = data;
        }
        Self::json(&json!({"jsonrpc": "2.0", "id": id, "error": error}))
    }

    pub(super) fn notification(method: &str, params: &Value) -> Self {
        Self::json(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// A piece of a stream.
    pub(super) fn enqueue(stream: u64, bytes: &[u8]) -> Self {
        let mut text = Vec::with_capacity(LENGTH + ENQUEUE_OVERHEAD + bytes.len().div_ceil(3) * 4);
        text.extend_from_slice(&[0; LENGTH]);
        text.extend_from_slice(
            br#"{"jsonrpc":"2.0","method":"$sandbox.stream.enqueue","params":{"streamId":"#,
        );
        text.extend_from_slice(stream.to_string().as_bytes());
        text.extend_from_slice(br#","data":""#);
        base64_simd::STANDARD.encode_append(bytes, &mut text);
        text.extend_from_slice(br#""}}"#);
        Self::finish(text)
    }

    /// The message's size, without the length before it.
    pub(super) fn len(&self) -> usize {
        self.0.len() - LENGTH
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn json(value: &Value) -> Self {
        let mut text = vec![0; LENGTH];
        text.extend_from_slice(value.to_string().as_bytes());
        Self::finish(text)
    }

    fn finish(mut text: Vec<u8>) -> Self {
        // Frames are held to the client's limit, which is far below 4 GiB.
        let length = u32::try_from(text.len() - LENGTH).unwrap_or(u32::MAX);
        text[..LENGTH].copy_from_slice(&length.to_be_bytes());
        Self(text)
    }
}

/// More than the text of an `enqueue`, or of an answer, besides its data.
const ENQUEUE_OVERHEAD: usize = 128;

/// The most bytes an `enqueue` or an answer can carry in a message of `max_frame` bytes.
pub(super) fn chunk_limit(max_frame: usize) -> usize {
    (max_frame.saturating_sub(ENQUEUE_OVERHEAD) / 4 * 3).max(1)
}

/// An answer that carries bytes, encoded as they come into the buffer that is sent.
#[derive(Debug)]
pub(super) struct BlobAnswer {
    text: Vec<u8>,
    after: &'static str,
}

impl BlobAnswer {
    /// Bytes that are the whole value.
    pub(super) fn whole(id: &RawValue, expected: usize) -> Self {
        Self::new(id, expected, "\"", "\"}}")
    }

    /// Bytes that are the value's field `data`.
    pub(super) fn data_field(id: &RawValue, expected: usize) -> Self {
        Self::new(id, expected, "{\"data\":\"", "\"}}}")
    }

    fn new(id: &RawValue, expected: usize, before: &str, after: &'static str) -> Self {
        let mut text = begin_ok(id, before.len() + expected.div_ceil(3) * 4 + after.len());
        text.extend_from_slice(before.as_bytes());
        Self { text, after }
    }

    /// Adds bytes; all pieces but the last have a length that is a multiple of 3.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        base64_simd::STANDARD.encode_append(bytes, &mut self.text);
    }

    /// The size of the message as it stands.
    pub(super) fn len(&self) -> usize {
        self.text.len() - LENGTH + self.after.len()
    }

    pub(super) fn finish(mut self) -> Frame {
        self.text.extend_from_slice(self.after.as_bytes());
        Frame::finish(self.text)
    }
}

fn begin_ok(id: &RawValue, room: usize) -> Vec<u8> {
    let before: [&str; 3] = [
        "{\"jsonrpc\":\"2.0\",\"id\":",
        id.get(),
        ",\"result\":{\"ok\":",
    ];
    let mut text =
        Vec::with_capacity(LENGTH + before.iter().map(|part| part.len()).sum::<usize>() + room);
    text.extend_from_slice(&[0; LENGTH]);
    for part in before {
        text.extend_from_slice(part.as_bytes());
    }
    text
}
