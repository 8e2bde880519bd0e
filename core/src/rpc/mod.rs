//! The sandbox connection: the table of methods and the protocol as a machine without I/O.

pub mod methods;
pub mod values;
