//! Frames: what a received message means, and how a sent one is written.

use std::fmt::Write as _;

use base64_simd::STANDARD;
use bytes::Bytes;
use memchr::memchr;

use super::errors::{ErrorObject, ProtocolError};
use super::values::Blob;
use crate::json::{self, FromJson};

pub(crate) const PING: &str = "ping";
const PONG: &[u8] = b"pong";

const START: &str = "$sandbox.stream.start";
const ENQUEUE: &str = "$sandbox.stream.enqueue";
const END: &str = "$sandbox.stream.end";
const ERROR: &str = "$sandbox.stream.error";
const CANCEL: &str = "$sandbox.stream.cancel";

/// The largest id: what a JavaScript number holds exactly.
const MAX_ID: u64 = 1 << 53;

/// What a received message means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Inbound {
    Reply {
        call: u64,
        outcome: Outcome,
    },
    StreamStart(u64),
    StreamData(u64, Bytes),
    StreamEnd(u64),
    StreamError(u64, Box<ErrorObject>),
    StreamCancel(u64),
    /// The service could not read one of our requests, and does not know which.
    Unattributed(Box<ProtocolError>),
    /// A sign of life, or something this version does not know.
    Nothing,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The JSON text of the result.
    Ok(Bytes),
    Failed(Box<ErrorObject>),
    Refused(Box<ProtocolError>),
    /// Neither a result nor an error.
    Malformed,
}

/// A message outside the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malformed {
    Json,
    Message,
}

impl From<json::Error> for Malformed {
    fn from(error: json::Error) -> Self {
        match error {
            json::Error::Malformed => Self::Json,
            _ => Self::Message,
        }
    }
}

/// Reads one message. No copy is made of a result, and bytes of a stream are decoded out of the
/// message at once.
pub(crate) fn parse(message: &Bytes) -> Result<Inbound, Malformed> {
    if message[..] == *PONG {
        return Ok(Inbound::Nothing);
    }
    if let Some(inbound) = parse_data(message).or_else(|| parse_text_reply(message)) {
        return Ok(inbound);
    }
    let names = ["jsonrpc", "id", "method", "params", "result", "error"];
    let [version, id, method, params, result, error] = json::pick(message, names)?;
    if version != Some(br#""2.0""#) {
        return Err(Malformed::Message);
    }
    match (json::present(method), id) {
        // The service has nothing to ask of a client.
        (Some(_), Some(_)) => Ok(Inbound::Nothing),
        (Some(method), None) => parse_notification(&String::from_json(method)?, params),
        (None, Some(id)) => parse_reply(message, id, result, json::present(error)),
        (None, None) => Err(Malformed::Message),
    }
}

/// The form in which nearly all bytes of streams arrive: exactly this text, and base64 within.
fn parse_data(message: &[u8]) -> Option<Inbound> {
    let rest = message.strip_prefix(
        br#"{"jsonrpc":"2.0","method":"$sandbox.stream.enqueue","params":{"streamId":"#,
    )?;
    let (stream, rest) = leading_id(rest)?;
    let data = rest
        .strip_prefix(br#","data":""#)?
        .strip_suffix(br#""}}"#)?;
    // Anything that ends the text early or escapes a character is not in base64's alphabet.
    let data = STANDARD.decode_to_vec(data).ok()?;
    (stream <= MAX_ID).then(|| Inbound::StreamData(stream, data.into()))
}

/// The form in which the content of files arrives: exactly this text around a string, alone or as the
/// field `data`, which is not read until its result is decoded. Only its end is looked for.
fn parse_text_reply(message: &Bytes) -> Option<Inbound> {
    let rest = message.strip_prefix(br#"{"jsonrpc":"2.0","id":"#)?;
    let (call, rest) = leading_id(rest)?;
    let ok = rest
        .strip_prefix(br#","result":{"ok":"#)?
        .strip_suffix(b"}}")?;
    let text = match ok.strip_prefix(br#"{"data":""#) {
        Some(text) => text.strip_suffix(b"}")?,
        None => ok.strip_prefix(b"\"")?,
    };
    // A quote within the text would be escaped, or end it before the message does.
    (memchr(b'"', text)? + 1 == text.len()).then(|| Inbound::Reply {
        call,
        outcome: Outcome::Ok(message.slice_ref(ok)),
    })
}

/// The id in front, and what follows it.
fn leading_id(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take(16).take_while(|b| b.is_ascii_digit());
    let (digits, rest) = text.split_at(digits.count());
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

fn parse_notification(method: &str, params: Option<&[u8]>) -> Result<Inbound, Malformed> {
    if ![START, ENQUEUE, END, ERROR, CANCEL].contains(&method) {
        return Ok(Inbound::Nothing);
    }
    let malformed = |_| Malformed::Message;
    let params = params.ok_or(Malformed::Message)?;
    let [stream, data, error] =
        json::pick(params, ["streamId", "data", "error"]).map_err(malformed)?;
    let stream = json::number(stream.unwrap_or_default()).map_err(malformed)?;
    if stream > MAX_ID {
        return Err(Malformed::Message);
    }
    Ok(match method {
        START => Inbound::StreamStart(stream),
        END => Inbound::StreamEnd(stream),
        CANCEL => Inbound::StreamCancel(stream),
        ERROR => {
            let error = error.map(ErrorObject::from_json);
            Inbound::StreamError(stream, error.unwrap_or_default())
        }
        _ => {
            let Blob(data) = Blob::from_json(data.unwrap_or_default()).map_err(malformed)?;
            Inbound::StreamData(stream, data)
        }
    })
}

fn parse_reply(
    message: &Bytes,
    id: &[u8],
    result: Option<&[u8]>,
    error: Option<&[u8]>,
) -> Result<Inbound, Malformed> {
    let error = error.map(ProtocolError::from_json);
    if result.is_none() && error.is_none() {
        return Err(Malformed::Message);
    }
    let Ok(call) = json::number(id) else {
        return Ok(match error {
            Some(error) if id == b"null" => Inbound::Unattributed(error),
            // No call of ours has such an id.
            _ => Inbound::Nothing,
        });
    };
    let outcome = match error {
        Some(error) => Outcome::Refused(error),
        None => outcome_of(message, result),
    };
    Ok(Inbound::Reply { call, outcome })
}

fn outcome_of(message: &Bytes, result: Option<&[u8]>) -> Outcome {
    let found = result.and_then(|result| json::pick(result, ["error", "ok"]).ok());
    let [error, ok] = found.unwrap_or_default();
    match (json::present(error), ok) {
        (Some(error), _) => Outcome::Failed(ErrorObject::from_json(error)),
        (None, Some(ok)) => Outcome::Ok(message.slice_ref(ok)),
        (None, None) => Outcome::Malformed,
    }
}

/// A request for `method` with these parameters, which are JSON.
pub(crate) fn request(id: u64, method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
}

pub(crate) fn stream_start(stream: u64) -> String {
    notification(START, format_args!(r#"{{"streamId":{stream}}}"#))
}

pub(crate) fn stream_end(stream: u64) -> String {
    notification(END, format_args!(r#"{{"streamId":{stream}}}"#))
}

pub(crate) fn stream_cancel(stream: u64) -> String {
    notification(
        CANCEL,
        format_args!(r#"{{"streamId":{stream},"reason":null}}"#),
    )
}

pub(crate) fn stream_error(stream: u64, message: &str) -> String {
    // A `str` has no form that JSON text could not take.
    let message = serde_json::to_string(message).unwrap_or_else(|_| "null".to_owned());
    notification(
        ERROR,
        format_args!(
            r#"{{"streamId":{stream},"error":{{"constructorName":"Error","message":{message}}}}}"#
        ),
    )
}

/// Bytes of a stream, encoded straight into the text of their frame.
pub(crate) fn stream_data(stream: u64, data: &[u8]) -> String {
    let mut text = String::with_capacity(128 + STANDARD.encoded_length(data.len()));
    // Writing to a String does not fail.
    let _ = write!(
        text,
        r#"{{"jsonrpc":"2.0","method":"{ENQUEUE}","params":{{"streamId":{stream},"data":""#
    );
    STANDARD.encode_append(data, &mut text);
    text.push_str(r#""}}"#);
    text
}

fn notification(method: &str, params: std::fmt::Arguments<'_>) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#)
}
