//! What the tests of every language share: a running emulator, and the tools of other ecosystems.

mod emulator;
mod packages;
mod socket;
pub mod tools;

pub use emulator::{Emulator, EmulatorBuilder};
pub use packages::{NpmPackage, python};
pub use socket::{Refusal, Socket};
