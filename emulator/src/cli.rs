//! The command line.

use std::ffi::OsString;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use deno_sandbox::model::Region;

use crate::storage;

/// The Deno Sandbox service on one machine, for development and tests.
///
/// Prints, as shell assignments, the variables that point any SDK at it, and serves until it is
/// interrupted.
#[derive(Debug, Parser)]
#[command(
    name = "deno-sandbox-emulator",
    version,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve on a free port while a command runs with the variables set, and end with its status.
    Exec {
        #[command(flatten)]
        options: Options,
        /// The command and its arguments.
        #[arg(last = true, required = true, value_name = "CMD")]
        command: Vec<OsString>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where to listen; port 0 is any free port [default: 127.0.0.1:8787, with exec 127.0.0.1:0].
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Serve other machines too, who then run programs on this one.
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Where to keep everything across restarts [default: a temporary folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// How long the storage of what was deleted is kept, like 24h, 30m, 10s or 0s.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub(crate) grace: Duration,
    /// The access token to demand [default: a new one at each start].
    #[arg(long, value_parser = token)]
    pub(crate) token: Option<String>,
    /// A Debian root file system, for volumes created from "builtin:debian-13".
    #[arg(long, value_name = "DIR")]
    pub(crate) base_image: Option<PathBuf>,
    /// The bubblewrap program [default: bwrap in PATH].
    #[arg(long, value_name = "PATH")]
    pub(crate) bwrap: Option<PathBuf>,
    /// A region to serve; may be given several times [default: ord and ams].
    #[arg(long = "region", value_name = "REGION", value_parser = region)]
    pub(crate) regions: Vec<Region>,
    /// How many sandboxes may run at once.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = count)]
    pub(crate) max_sandboxes: usize,
    /// How to store new volumes.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) storage: storage::Choice,
}

impl Options {
    /// The regions served, the default ones when none is named.
    pub(crate) fn regions(&self) -> Vec<Region> {
        if self.regions.is_empty() {
            return vec![Region::ord(), Region::ams()];
        }
        self.regions.clone()
    }
}

impl Cli {
    /// Reads the command line; on a mistake says in one line what it is, and ends the program.
    pub(crate) fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            if !error.use_stderr() {
                error.exit();
            }
            let text = error.to_string();
            let message: Vec<&str> = text
                .lines()
                .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect();
            eprintln!(
                "deno-sandbox-emulator: {}; see --help",
                message.join(" ").trim_start_matches("error: ")
            );
            std::process::exit(2)
        })
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let expected = "must be an address and a port, like 127.0.0.1:8787";
    let mut addresses = text.to_socket_addrs().map_err(|_| expected.to_owned())?;
    addresses.next().ok_or_else(|| expected.to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let expected = "must be a whole number and one of ms, s, m, h, d, like 24h";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(expected.to_owned()),
    };
    let count: u64 = count.parse().map_err(|_| expected.to_owned())?;
    count
        .checked_mul(milliseconds)
        .map(Duration::from_millis)
        .ok_or_else(|| "is too long".to_owned())
}

/// The token goes into a header and between shell quotes.
fn token(text: &str) -> Result<String, String> {
    if text.is_empty()
        || !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.~".contains(&b))
    {
        return Err("must have letters, digits and \"_-.~\" only".to_owned());
    }
    Ok(text.to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    text.parse()
        .map_err(|invalid: deno_sandbox::model::Invalid| invalid.to_string())
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("must be a whole number above 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        for text in ["", "5", "h", "-1s", "1.5h", "99999999999999999999d", "1 h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
