use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener as StdListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};

use super::connection;
use super::limits::Limits;
use super::sandbox::Sandbox;

/// Serves clients on the listening socket that is standard input, for as long as the sandbox lives.
///
/// The command line is `agent --stream-base N [--limit BYTES=PATH]…`: the streams it announces are
/// numbered from `N`, and calls do not make what is mounted at a `PATH` larger than `BYTES`.
pub(crate) fn run() -> ! {
    let args: Vec<String> = std::env::args().skip(2).collect();
    let ended = match read(&args) {
        Some((stream_base, limits)) => listen(stream_base, limits),
        None => Err(io::Error::other(
            "usage: agent --stream-base NUMBER [--limit BYTES=PATH]…",
        )),
    };
    let reason = ended.map_or_else(|error| error.to_string(), |()| "it has ended".to_owned());
    eprintln!("deno-sandbox-emulator: the agent runs only inside a sandbox: {reason}");
    std::process::exit(2)
}

fn read(args: &[String]) -> Option<(u64, Vec<(PathBuf, u64)>)> {
    let (mut stream_base, mut limits) = (None, Vec::new());
    for pair in args.chunks(2) {
        match pair {
            [flag, number] if flag == "--stream-base" => stream_base = Some(number.parse().ok()?),
            [flag, limit] if flag == "--limit" => {
                let (bytes, path) = limit.split_once('=')?;
                limits.push((path.into(), bytes.parse().ok()?));
            }
            _ => return None,
        }
    }
    Some((stream_base?, limits))
}

fn listen(stream_base: u64, limits: Vec<(PathBuf, u64)>) -> io::Result<()> {
    let listener = StdListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    listener.set_nonblocking(true)?;
    let sandbox = Arc::new(Sandbox::new(stream_base, Limits::new(limits)?));
    // One thread: a small call costs less than it would to hand it to another. Files have threads of
    // their own.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(sandbox, listener))
}

async fn serve(sandbox: Arc<Sandbox>, listener: StdListener) -> io::Result<()> {
    let listener = UnixListener::from_std(listener)?;
    // A shell has what it starts in the background ignore these, and what is ignored is inherited. What is caught
    // is not: the processes of a sandbox take signals as they would anywhere.
    for kind in [
        SignalKind::hangup(),
        SignalKind::interrupt(),
        SignalKind::quit(),
    ] {
        // Caught from now on, whether or not anybody listens.
        let _ = signal(kind)?;
    }
    // Who started this waits for a line before the first client is let in.
    println!("ready");
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                let sandbox = sandbox.clone();
                tokio::spawn(async move {
                    // A connection that breaks has ended: there is nobody to tell.
                    let _ = connection::serve(sandbox, socket).await;
                });
            }
            // Standard input is no listening socket.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            // Out of files, say: that passes.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
