//! What every request shares.

use std::net::SocketAddr;
use std::sync::Arc;

use deno_sandbox::model::Region;

use crate::faults::Faults;
use crate::sandboxes::Sandboxes;
use crate::volumes::Volumes;

/// How the emulator was started.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where it listens, with the port it really has.
    pub(crate) address: SocketAddr,
    /// What a caller must present; in no message or log.
    pub(crate) token: Token,
    /// The regions served, the first of them by default.
    pub(crate) regions: Vec<Region>,
}

/// The access token, which `Debug` does not show.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(token: String) -> Self {
        Self(token)
    }

    /// Whether `given` is this token, in a time that tells nothing about where they differ.
    pub(crate) fn is(&self, given: &str) -> bool {
        let (own, given) = (self.0.as_bytes(), given.as_bytes());
        own.len() == given.len() && own.iter().zip(given).fold(0, |d, (a, b)| d | (a ^ b)) == 0
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The service's state.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) volumes: Volumes,
    pub(crate) sandboxes: Sandboxes,
    pub(crate) faults: Faults,
}

impl App {
    pub(crate) fn new(config: Config, volumes: Volumes, sandboxes: Sandboxes) -> Arc<Self> {
        Arc::new(Self {
            config,
            volumes,
            sandboxes,
            faults: Faults::default(),
        })
    }
}
