use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use deno_sandbox::Sandbox as Core;

use crate::call::{Cancellation, call};
use crate::failure::Failure;
use crate::fs::Fs;
use crate::mailbox::calls;
use crate::options::{CommandOptions, ShOptions};
use crate::process::{Output, Process};

/// A running sandbox and the connection to it.
#[derive(Debug, uniffi::Object)]
pub struct Sandbox(Core);

impl Sandbox {
    pub(crate) fn new(core: Core) -> Arc<Self> {
        Arc::new(Self(core))
    }
}

calls!(Sandbox {
    /// Reads an environment variable.
    env_get, begin_env_get[name]() -> Option<String>: |this| async { this.0.env().get(name).await };

    /// Sets an environment variable.
    env_set, begin_env_set[name, value]() -> ():
        |this| async { this.0.env().set(name, value).await };

    /// Removes an environment variable.
    env_delete, begin_env_delete[name]() -> (): |this| async { this.0.env().delete(name).await };

    /// Reads all environment variables.
    env_to_map, begin_env_to_map[]() -> HashMap<String, String>:
        |this| async { Ok(this.0.env().to_map().await?.into_iter().collect()) };

    /// Has it end this long from now; gives when.
    extend_timeout, begin_extend_timeout[timeout]() -> SystemTime:
        |this| async { Ok(this.0.extend_timeout(timeout.as_str()).await?.into()) };
});

#[uniffi::export]
impl Sandbox {
    /// Its id.
    pub fn id(&self) -> String {
        self.0.id().to_owned()
    }

    /// The region it runs in.
    pub fn region(&self) -> String {
        self.0.region()
    }

    /// The id to quote to support.
    pub fn trace_id(&self) -> Option<String> {
        self.0.trace_id().map(str::to_owned)
    }

    /// Its files.
    pub fn fs(&self) -> Arc<Fs> {
        Arc::new(Fs(self.0.fs()))
    }

    /// Starts a process.
    pub async fn spawn(
        &self,
        command: CommandOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Process>, Failure> {
        let process = call(cancellation, self.0.spawn(command.into())).await?;
        Ok(Process::new(process))
    }

    /// Runs a command line and collects its output.
    pub async fn sh(
        &self,
        script: String,
        options: ShOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Output>, Failure> {
        let sh = options.apply(self.0.sh(script));
        Ok(Output::new(call(cancellation, sh.into_future()).await?))
    }

    /// Starts a command line.
    pub async fn spawn_sh(
        &self,
        script: String,
        options: ShOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Process>, Failure> {
        let sh = options.apply(self.0.sh(script));
        Ok(Process::new(call(cancellation, sh.spawn()).await?))
    }

    /// Ends the sandbox and its connection.
    pub async fn kill(&self, cancellation: Arc<Cancellation>) -> Result<(), Failure> {
        call(cancellation, self.0.kill()).await
    }

    /// Closes the connection.
    pub async fn close(&self, cancellation: Arc<Cancellation>) -> Result<(), Failure> {
        call(cancellation, async {
            self.0.close().await;
            Ok(())
        })
        .await
    }

    /// Whether the connection is closed.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Waits until the connection is closed, by either side.
    pub async fn closed(&self, cancellation: Arc<Cancellation>) -> Result<CloseReason, Failure> {
        call(cancellation, async {
            let reason = self.0.closed().await;
            Ok(CloseReason {
                code: reason.code,
                reason: reason.reason,
            })
        })
        .await
    }
}

/// Why a connection is closed.
#[derive(Debug, uniffi::Record)]
pub struct CloseReason {
    /// The close code; 1005 where the peer gave none, 1006 where the connection just ended.
    pub code: u16,
    /// The peer's own words.
    pub reason: String,
}
