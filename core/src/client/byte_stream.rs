use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream, StreamExt};

use super::streams::{ByteSink, ByteSource};
use crate::error::{Error, ErrorCode, Result};

/// Bytes from the sandbox as they arrive. Dropped before its end, it tells the sandbox to stop.
///
/// At most 8 MiB wait to be read in all streams of a connection together; past that nothing more is
/// received on it, replies to other calls included, until something is read or dropped.
pub struct ByteStream(ByteSource);

impl ByteStream {
    pub(super) fn new(source: ByteSource) -> Self {
        Self(source)
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// [`StreamFailed`](ErrorCode::StreamFailed) or a connection's error when it ends early.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.next().await {
            all.extend_from_slice(&chunk?);
        }
        Ok(all.freeze())
    }

    /// Reads all of it as UTF-8.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes), and [`InvalidUtf8`](ErrorCode::InvalidUtf8).
    pub async fn text(self) -> Result<String> {
        text_of(&self.bytes().await?)
    }

    /// Its UTF-8 text as it arrives; a character split between chunks comes whole.
    ///
    /// # Errors
    /// Each item as [`text`](Self::text); nothing follows the first error.
    pub fn text_chunks(self) -> impl Stream<Item = Result<String>> + Unpin {
        let start = Some((self, Utf8Decoder::default()));
        Box::pin(stream::unfold(start, |state| async move {
            let (mut bytes, mut decoder) = state?;
            loop {
                let text = match bytes.next().await {
                    Some(Ok(chunk)) => decoder.decode(&chunk),
                    Some(Err(error)) => return Some((Err(error), None)),
                    None => return decoder.finish().err().map(|error| (Err(error), None)),
                };
                match text {
                    Ok(text) if text.is_empty() => {}
                    Ok(text) => return Some((Ok(text), Some((bytes, decoder)))),
                    Err(error) => return Some((Err(error), None)),
                }
            }
        }))
    }

    /// Its lines of UTF-8 text as they arrive, without `\n` or `\r\n`. What follows the last line break
    /// is a line too, unless it is empty.
    ///
    /// # Errors
    /// Each item as [`text`](Self::text); nothing follows the first error.
    pub fn lines(self) -> impl Stream<Item = Result<String>> + Unpin {
        let start = Some((self, BytesMut::new(), 0));
        Box::pin(stream::unfold(start, |state| async move {
            let (mut bytes, mut rest, mut searched) = state?;
            loop {
                if let Some(at) = rest[searched..].iter().position(|b| *b == b'\n') {
                    let line = rest.split_to(searched + at + 1);
                    let line = line.strip_suffix(b"\n").unwrap_or(&line);
                    let line = text_of(line.strip_suffix(b"\r").unwrap_or(line));
                    let next = line.is_ok().then_some((bytes, rest, 0));
                    return Some((line, next));
                }
                searched = rest.len();
                match bytes.next().await {
                    Some(Ok(chunk)) => rest.extend_from_slice(&chunk),
                    Some(Err(error)) => return Some((Err(error), None)),
                    None if rest.is_empty() => return None,
                    None => return Some((text_of(&rest), None)),
                }
            }
        }))
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}

/// A process's standard input. Dropped or closed, the process reads the end.
pub struct ProcessInput(ByteSink);

impl ProcessInput {
    pub(super) fn new(sink: ByteSink) -> Self {
        Self(sink)
    }

    /// Writes all of `data`, waiting while too much is under way.
    ///
    /// # Errors
    /// [`StreamFailed`](ErrorCode::StreamFailed) when the process reads no more.
    pub async fn write_all(&mut self, data: impl AsRef<[u8]>) -> Result<()> {
        let mut data = data.as_ref();
        poll_fn(|cx| self.poll_write(cx, &mut data)).await
    }

    /// Writes what there is room for of `data`, and takes it off: all of it when this is ready.
    ///
    /// # Errors
    /// As [`write_all`](Self::write_all).
    pub fn poll_write(&mut self, cx: &mut Context<'_>, data: &mut &[u8]) -> Poll<Result<()>> {
        let result = self.0.poll_write(cx, data);
        result.map_err(|error| error.during("write to the process's input"))
    }

    /// Ends the input.
    pub fn close(self) {
        self.0.end();
    }
}

impl fmt::Debug for ProcessInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProcessInput")
    }
}

/// Bytes as text.
pub(super) fn text_of(bytes: &[u8]) -> Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(invalid_utf8(error.valid_up_to())),
    }
}

fn invalid_utf8(at: usize) -> Error {
    Error::new(
        ErrorCode::InvalidUtf8,
        format!("the output is not valid UTF-8 at byte {at}; read it as bytes"),
    )
}

/// Turns bytes into text piece by piece.
#[derive(Debug, Default)]
struct Utf8Decoder {
    /// The beginning of a character whose end has not arrived: at most 3 bytes.
    rest: Vec<u8>,
    /// Bytes decoded so far.
    position: usize,
}

impl Utf8Decoder {
    fn decode(&mut self, chunk: &[u8]) -> Result<String> {
        self.rest.extend_from_slice(chunk);
        let valid = match std::str::from_utf8(&self.rest) {
            Ok(_) => self.rest.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(error) => return Err(invalid_utf8(self.position + error.valid_up_to())),
        };
        self.position += valid;
        let rest = self.rest.split_off(valid);
        text_of(&std::mem::replace(&mut self.rest, rest))
    }

    fn finish(self) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(invalid_utf8(self.position))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_split_anywhere_arrives_the_same(text: String, cuts: Vec<prop::sample::Index>) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let mut decoder = Utf8Decoder::default();
            let mut decoded = String::new();
            for pair in cuts.windows(2) {
                decoded += &decoder.decode(&text.as_bytes()[pair[0]..pair[1]]).unwrap();
            }
            decoder.finish().unwrap();
            prop_assert_eq!(decoded, text);
        }
    }

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        let mut decoder = Utf8Decoder::default();
        decoder.decode("añb".as_bytes()).unwrap();
        let error = decoder.decode(b"x\xff").unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidUtf8);
        assert!(error.to_string().contains("byte 5"), "{error}");
        let mut cut = Utf8Decoder::default();
        assert_eq!(cut.decode(&"ñ".as_bytes()[..1]).unwrap(), "");
        assert_eq!(cut.finish().unwrap_err().code(), ErrorCode::InvalidUtf8);
    }
}
