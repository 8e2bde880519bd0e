//! The program as its users meet it: started, asked, ended, killed, started again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod command_line;
mod durability;
mod faults;
mod http;
mod volumes;
