//! Exports for the JavaScript face; `js/src/native.ts` is their contract.

// JavaScript has one thread, and what is said here of its values is true there alone: elsewhere this crate is empty.
#![cfg(target_arch = "wasm32")]

mod client;
mod convert;
mod dynamic;
mod engine;
mod error;
mod executor;
mod file;
mod fs;
mod helpers;
mod operations;
mod page;
mod process;
mod runtime;
mod sandbox;
mod streams;
mod transport;
mod values;
