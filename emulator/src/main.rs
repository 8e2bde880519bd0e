//! The Deno Sandbox service on one machine, for development and tests.

mod agent;
mod api;
mod api_error;
mod app;
mod cli;
mod data_plane;
mod exec;
mod faults;
mod ids;
mod reaper;
mod sandboxes;
mod service;
mod storage;
mod store;
mod volumes;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Cli, Command};
use crate::service::{Prepared, Service, note};

fn main() -> ExitCode {
    // Not of the command line: a sandbox starts this program so.
    if std::env::args_os().nth(1).is_some_and(|arg| arg == "agent") {
        agent::run();
    }
    let cli = Cli::read();
    run(cli).unwrap_or_else(|(status, message)| {
        note(&message);
        ExitCode::from(status)
    })
}

fn run(cli: Cli) -> Result<ExitCode, (u8, String)> {
    let failed = |message: String| (1, message);
    let (options, default_address, command) = match cli.command {
        None => (cli.options, "127.0.0.1:8787", None),
        Some(Command::Exec { options, command }) => (options, "127.0.0.1:0", Some(command)),
    };
    let prepared = Prepared::new(options).map_err(failed)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed(error.to_string()))?;
    let result = runtime.block_on(async {
        let service = prepared.serve(default_address).await.map_err(failed)?;
        let status = match &command {
            Some(command) => exec::run(&service, command).await,
            None => serve(&service)
                .await
                .map(|()| 0)
                .map_err(|error| failed(error.to_string())),
        };
        service.shut_down().await;
        status
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    result.map(ExitCode::from)
}

/// Tells how to reach the service, and waits to be told to end.
async fn serve(service: &Service) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stdout = std::io::stdout();
    for (name, value) in service.variables() {
        // Who reads this may be gone; that is no reason to end.
        let _ = writeln!(stdout, "export {name}='{value}'");
    }
    let _ = stdout.flush();
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
