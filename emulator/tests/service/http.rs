//! Plain HTTP, for what no SDK sends.

use std::io::{Read, Write};
use std::net::TcpStream;

use deno_sandbox_tests::Emulator;

/// Sends one request with the emulator's token; gives status and the whole answer.
///
/// `None` when the connection ended without an answer.
pub(crate) fn send(
    emulator: &Emulator,
    method: &str,
    path: &str,
    body: &str,
) -> Option<(u16, String)> {
    let address = emulator
        .variable("DENO_DEPLOY_ENDPOINT")
        .replace("http://", "");
    let token = emulator.variable("DENO_DEPLOY_TOKEN");
    let mut socket = TcpStream::connect(&address).unwrap();
    write!(
        socket,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    // A cut connection may end in a reset.
    let _ = socket.read_to_string(&mut answer);
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}
