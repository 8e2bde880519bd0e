//! RFC 6455 framing, the client's side: what it sends is masked, what it receives is not.

use bytes::Bytes;

/// What may be reserved for a frame before any of it has arrived.
const MAX_RESERVE: usize = 4 << 20;
/// A control frame's payload is at most this long.
const MAX_CONTROL: usize = 125;
/// How many bytes are masked at once.
const LANE: usize = 16;

/// What a frame is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return None,
        })
    }

    fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xA,
        }
    }

    fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// Masks `payload` and gives the header that goes before it.
pub(super) fn encode(opcode: Opcode, payload: &mut [u8], mask: u32) -> Vec<u8> {
    let mask = mask.to_ne_bytes();
    let mut head = Vec::with_capacity(14);
    head.push(0x80 | opcode.bits());
    match payload.len() {
        length @ ..=125 => head.push(0x80 | length as u8),
        length @ ..=0xFFFF => {
            head.push(0x80 | 126);
            head.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            head.push(0x80 | 127);
            head.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    head.extend_from_slice(&mask);
    apply_mask(payload, mask);
    head
}

fn apply_mask(payload: &mut [u8], mask: [u8; 4]) {
    let wide = u128::from_ne_bytes(std::array::from_fn(|at| mask[at % 4]));
    let (lanes, rest) = payload.as_chunks_mut::<LANE>();
    for lane in lanes {
        *lane = (u128::from_ne_bytes(*lane) ^ wide).to_ne_bytes();
    }
    for (at, byte) in rest.iter_mut().enumerate() {
        *byte ^= mask[at % 4];
    }
}

/// Something received, complete.
pub(super) enum Received {
    Message(Bytes),
    Ping(Bytes),
    Pong,
    /// The code and the words, where the peer gave them.
    Close(Option<(u16, String)>),
}

/// Takes frames out of a stream of bytes.
pub(super) struct Decoder {
    /// The largest message to accept.
    limit: usize,
    /// The start of a header that has not arrived as a whole.
    head: Vec<u8>,
    /// The frame whose payload is arriving, and how much of it is missing.
    frame: Option<(Header, usize)>,
    /// The payload so far, of a control frame.
    control: Vec<u8>,
    /// The payload so far, of a message's frames.
    message: Vec<u8>,
    /// Whether a message's further frames are to come.
    continued: bool,
}

#[derive(Clone, Copy)]
struct Header {
    opcode: Opcode,
    last: bool,
}

impl Decoder {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            head: Vec::new(),
            frame: None,
            control: Vec::new(),
            message: Vec::new(),
            continued: false,
        }
    }

    /// Takes what arrived; the error is in what way the peer broke the protocol.
    pub(super) fn feed(
        &mut self,
        mut chunk: Bytes,
        mut received: impl FnMut(Received),
    ) -> Result<(), String> {
        loop {
            let (header, missing) = match self.frame {
                Some(frame) => frame,
                None => {
                    if chunk.is_empty() {
                        return Ok(());
                    }
                    match self.take_header(&mut chunk)? {
                        Some(frame) => frame,
                        None => return Ok(()),
                    }
                }
            };
            let part = chunk.split_to(missing.min(chunk.len()));
            let whole = part.len() == missing;
            if whole && self.is_untouched(header) {
                // The usual case, and no copy.
                self.frame = None;
                received(finish(header, part)?);
                continue;
            }
            let buffer = if header.opcode.is_control() {
                &mut self.control
            } else {
                &mut self.message
            };
            if buffer.capacity() - buffer.len() < part.len() {
                buffer.reserve(missing.min(MAX_RESERVE));
            }
            buffer.extend_from_slice(&part);
            if !whole {
                self.frame = Some((header, missing - part.len()));
                return Ok(());
            }
            self.frame = None;
            if header.opcode.is_control() || header.last {
                let payload = std::mem::take(buffer);
                received(finish(header, payload.into())?);
            }
        }
    }

    /// Whether nothing of the frame, or of its message, was kept yet.
    fn is_untouched(&self, header: Header) -> bool {
        if header.opcode.is_control() {
            self.control.is_empty()
        } else {
            self.message.is_empty() && header.last
        }
    }

    /// The header at the start of what was kept and of `chunk`, once it is complete.
    fn take_header(&mut self, chunk: &mut Bytes) -> Result<Option<(Header, usize)>, String> {
        loop {
            let length = header_length(&self.head);
            if length == Some(self.head.len()) {
                break;
            }
            if chunk.is_empty() {
                return Ok(None);
            }
            let missing = length.unwrap_or(2) - self.head.len();
            let taken = chunk.split_to(missing.min(chunk.len()));
            self.head.extend_from_slice(&taken);
        }
        let head = std::mem::take(&mut self.head);
        let frame = self.parse_header(&head)?;
        self.frame = Some(frame);
        Ok(Some(frame))
    }

    fn parse_header(&mut self, head: &[u8]) -> Result<(Header, usize), String> {
        if head[0] & 0x70 != 0 {
            return Err("it used an extension that was not agreed on".into());
        }
        if head[1] & 0x80 != 0 {
            return Err("it masked a frame".into());
        }
        let Some(opcode) = Opcode::from_bits(head[0] & 0x0F) else {
            return Err(format!(
                "it sent a frame of an unknown kind, {}",
                head[0] & 0x0F
            ));
        };
        let header = Header {
            opcode,
            last: head[0] & 0x80 != 0,
        };
        let length = match &head[2..] {
            [] => u64::from(head[1]),
            rest => rest.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if opcode.is_control() {
            if length > MAX_CONTROL || !header.last {
                return Err("it sent a control frame that is too long or in parts".into());
            }
            return Ok((header, length));
        }
        if (opcode == Opcode::Continuation) != self.continued {
            return Err("it mixed the frames of two messages".into());
        }
        self.continued = !header.last;
        if length > self.limit.saturating_sub(self.message.len()) {
            return Err(format!(
                "it sent a message of more than {} bytes",
                self.limit
            ));
        }
        Ok((header, length))
    }
}

/// How long the header is that starts so; `None` while that is not known.
fn header_length(start: &[u8]) -> Option<usize> {
    Some(match start.get(1)? & 0x7F {
        126 => 4,
        127 => 10,
        _ => 2,
    })
}

fn finish(header: Header, payload: Bytes) -> Result<Received, String> {
    Ok(match header.opcode {
        Opcode::Ping => Received::Ping(payload),
        Opcode::Pong => Received::Pong,
        Opcode::Close => Received::Close(close_reason(&payload)?),
        _ => Received::Message(payload),
    })
}

fn close_reason(payload: &[u8]) -> Result<Option<(u16, String)>, String> {
    match payload {
        [] => Ok(None),
        [_] => Err("it closed the connection with half a code".into()),
        [high, low, words @ ..] => match std::str::from_utf8(words) {
            Ok(words) => Ok(Some((u16::from_be_bytes([*high, *low]), words.to_owned()))),
            Err(_) => Err("it closed the connection with words that are not UTF-8".into()),
        },
    }
}
