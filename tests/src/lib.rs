//! What the tests of every language share: a running emulator, and the tools of other ecosystems.

mod emulator;
pub mod tools;

pub use emulator::{Emulator, EmulatorBuilder};
