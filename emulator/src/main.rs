//! The service on one machine.
fn main() {}
