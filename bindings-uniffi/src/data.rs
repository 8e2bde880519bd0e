//! Bytes on their way across the border, copied as a whole.
//!
//! The generator's own conversion of a `Vec<u8>` takes one byte after the other, which made large files
//! several times slower than the network.

#![allow(
    unsafe_code,
    reason = "the generator's traits of types that cross the border are unsafe to implement"
)]

use bytes::Bytes;
use uniffi::deps::anyhow::{Result, ensure};
use uniffi::{Lift, Lower, MetadataBuffer, RustBuffer, TypeId, derive_ffi_traits};

use crate::UniFfiTag;

/// What is called `Data` in Swift and `ByteArray` in Kotlin. Generated code takes it for a `Vec<u8>`, whose
/// description and encoding it has: the length in four bytes, the highest first, and then the bytes.
#[derive(Debug)]
pub struct Data(pub(crate) Bytes);

/// Bytes of the length.
const PREFIX: usize = 4;

// SAFETY: `write` writes what `try_read` of the foreign side reads, and `lower` gives away a buffer made of
// a `Vec`, as all that is lowered into a buffer.
unsafe impl Lower<UniFfiTag> for Data {
    type FfiType = RustBuffer;

    fn lower(data: Self) -> RustBuffer {
        Self::lower_into_rust_buffer(data)
    }

    fn write(data: Self, buffer: &mut Vec<u8>) {
        // A panic becomes an error of the call. Foreign arrays are not larger either.
        let length = i32::try_from(data.0.len()).expect("more than 2 GiB do not fit into memory");
        buffer.reserve_exact(PREFIX + data.0.len());
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(&data.0);
    }
}

// SAFETY: reads what `write` of the foreign side writes, and takes a buffer apart only as its owner.
unsafe impl Lift<UniFfiTag> for Data {
    type FfiType = RustBuffer;

    /// Without a copy: the rest of the buffer is the bytes.
    fn try_lift(buffer: RustBuffer) -> Result<Self> {
        let mut bytes = Bytes::from(buffer.destroy_into_vec());
        let length = length(&bytes)?;
        ensure!(length == bytes.len() - PREFIX, "bytes are left over");
        Ok(Self(bytes.split_off(PREFIX)))
    }

    fn try_read(buffer: &mut &[u8]) -> Result<Self> {
        let end = PREFIX + length(buffer)?;
        let data = Bytes::copy_from_slice(&buffer[PREFIX..end]);
        *buffer = &buffer[end..];
        Ok(Self(data))
    }
}

/// How many bytes follow the length, all of them there.
fn length(buffer: &[u8]) -> Result<usize> {
    let length = buffer
        .first_chunk()
        .map(|prefix| i32::from_be_bytes(*prefix));
    let length = usize::try_from(length.unwrap_or(-1))?;
    ensure!(length <= buffer.len() - PREFIX, "bytes are missing");
    Ok(length)
}

impl TypeId<UniFfiTag> for Data {
    const TYPE_ID_META: MetadataBuffer = <Vec<u8> as TypeId<UniFfiTag>>::TYPE_ID_META;
}

derive_ffi_traits!(impl LowerReturn<UniFfiTag> for Data);
