//! No message from either end is more than an error: the lines of the input reach the client's end of a
//! connection one by one, and each is also read as the request it may be.
#![no_main]

use std::time::Duration;

use bytes::Bytes;
use deno_sandbox::Error;
use deno_sandbox::rpc::connection::{Connection, Event, Limits, Reply, StreamRead};
use deno_sandbox::rpc::methods::{
    FileHandle, FileRead, FileStat, ReadDir, ReadFile, Request, Spawn,
};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Small, so that the input reaches it.
const UNREAD: usize = 64;

fuzz_target!(|input: &str| {
    let limits = Limits {
        unread: UNREAD,
        ..Limits::default()
    };
    let mut now = Duration::ZERO;
    let mut connection = Connection::new(limits, now);
    let file = FileHandle { file_handle_id: 1 };
    for limit in [None, Some(Duration::from_secs(5))] {
        connection
            .call::<FileStat>(&file, None, limit, now)
            .expect("it is open");
    }
    let mut replies = 0;
    for line in input.lines() {
        now += Duration::from_millis(500);
        read_as_request(line);
        if connection.wants_read() {
            connection.handle_message(&Bytes::copy_from_slice(line.as_bytes()), now);
        }
        connection.handle_timeout(now);
        while let Some(event) = connection.poll_event() {
            replies += usize::from(matches!(event, Event::Replied(..)));
            handle(&mut connection, event, line.len());
        }
        while connection.poll_transmit(now).is_some() {}
        assert_eq!(connection.unsent_bytes(), 0);
        assert!(connection.unread_bytes() <= UNREAD + input.len());
    }
    connection.handle_close(1006, input);
    check(&connection.closed().expect("it was closed"));
    let mut closings = 0;
    while let Some(event) = connection.poll_event() {
        replies += usize::from(matches!(event, Event::Replied(..)));
        closings += usize::from(matches!(event, Event::Closed));
    }
    assert_eq!(replies, 2, "each call ends exactly once");
    assert!(closings <= 1);
});

fn handle(connection: &mut Connection, event: Event, length: usize) {
    match event {
        Event::Replied(_, Ok(reply)) => {
            decode_all(&reply);
            // Every other reply finds nobody who wants it.
            if length % 2 == 0 {
                connection.discard(&reply);
            }
        }
        Event::Replied(_, Err(error)) => check(&error),
        Event::Readable(stream) if length % 3 == 0 => connection.cancel(stream),
        Event::Readable(stream) => match connection.read(stream) {
            StreamRead::Chunk(bytes) => assert!(!bytes.is_empty()),
            StreamRead::Failed(error) => check(&error),
            StreamRead::End | StreamRead::Empty => {}
        },
        Event::Writable | Event::Closed => {}
    }
}

fn decode_all(reply: &Reply) {
    let _ = reply.decode::<ReadFile>();
    let _ = reply.decode::<ReadDir>();
    let _ = reply.decode::<FileRead>();
    let _ = reply.decode::<FileStat>();
    let _ = reply.decode::<Spawn>();
}

fn read_as_request(line: &str) {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        method: &'a str,
        #[serde(borrow)]
        params: &'a RawValue,
    }
    if let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(line) {
        let _ = Request::decode(envelope.method, envelope.params.get());
    }
}

fn check(error: &Error) {
    deno_sandbox_fuzz::check_error(error);
}
