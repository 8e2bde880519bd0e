//! The private native module under the Python package; `python/deno_sandbox/_native.pyi` is its contract.

mod arguments;
mod call;
mod client;
mod errors;
mod event_loop;
mod file;
mod fs;
mod module;
mod page;
mod process;
mod records;
mod results;
mod runtime;
mod sandbox;
mod streams;
mod transfer;
