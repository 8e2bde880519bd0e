//! What the tests of every language share: a running emulator.

mod emulator;

pub use emulator::{Emulator, EmulatorBuilder};
