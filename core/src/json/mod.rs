//! JSON without `serde`, whose code is compiled for each type anew: with every case of each field, and every way
//! to be wrong. Here a field costs a call to read and an entry of a list to write, and the WebAssembly module is
//! measured by its code.

mod read;
mod write;

pub(crate) use read::*;
pub(crate) use write::*;
