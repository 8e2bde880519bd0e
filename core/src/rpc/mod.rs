//! The sandbox connection without I/O: the method table, the values on the wire, and the state
//! machine that multiplexes calls and streams over one WebSocket.

pub mod connection;
pub mod dynamic;
pub mod methods;
pub mod shape;
pub mod values;

mod cause;
mod errors;
mod exchange;
mod frames;
pub(crate) mod given;
mod incoming;
mod params;

#[cfg(test)]
mod replay;
