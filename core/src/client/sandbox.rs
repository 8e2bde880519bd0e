use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::select;
use time::OffsetDateTime;

use super::action::Name;
use super::connection::Rpc;
use super::sandbox_options::stop_at_ms;
use super::{Action, Client, Command, Env, Fs, Process, Request, SandboxOptions, Sh};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{self, Field, Invalid, SandboxId, Timeout};
use crate::rest::http::HttpRequest;
use crate::rest::retry::Repeat;
use crate::rest::sandboxes;
use crate::rpc::connection::Limits;
use crate::transport::{BoxFuture, CloseReason};

/// The largest message accepted, which bounds what one call can return: a file of about 96 MiB as one
/// message. Larger files are read in parts.
const MAX_MESSAGE: usize = 128 << 20;
/// How long to wait for the connection to close after the sandbox was ended.
const KILL_GRACE: Duration = Duration::from_secs(5);

/// A running sandbox and the connection to it. Cheap to clone; clones share the connection, which closes
/// when the last of them, and of the files and processes opened through them, is gone.
///
/// A sandbox without a timeout ends when the connection that created it closes.
///
/// ```no_run
/// # async fn example() -> deno_sandbox::Result<()> {
/// use deno_sandbox::{Client, Sandbox, SandboxOptions};
///
/// let client = Client::from_env()?;
/// let sandbox = Sandbox::create(&client, SandboxOptions::new()).await?;
/// sandbox.write_text_file("hello.txt", "Hello").await?;
/// assert_eq!(sandbox.sh("cat hello.txt").await?.text()?, "Hello");
/// sandbox.close().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    client: Client,
    id: SandboxId,
    trace_id: Option<String>,
    rpc: Rpc,
}

impl Sandbox {
    /// Creates a sandbox and connects to it.
    ///
    /// Sent once: it is repeated only where the service was not reached at all. When a later step fails,
    /// or the call is given up meanwhile, the sandbox is ended again.
    ///
    /// # Errors
    /// The first malformed option, before anything is sent; what the service answers, like
    /// [`NotFound`](ErrorCode::NotFound) for a volume that does not exist.
    pub fn create(client: &Client, options: SandboxOptions) -> BoxFuture<'static, Result<Self>> {
        let checked = options.checked(client.transport().runtime.unix_time());
        let start = checked.map(|(config, env)| Start {
            handshake: sandboxes::create(&client.data(&config.region), &config),
            repeat: Repeat::Doubles,
            id: None,
            env,
        });
        Self::start(client, Name::plain(sandboxes::CREATE.verb), start)
    }

    /// Connects to a sandbox that runs already. Its region is told by its id.
    ///
    /// # Errors
    /// [`InvalidSandboxId`](ErrorCode::InvalidSandboxId) before anything is sent;
    /// [`NotFound`](ErrorCode::NotFound) when it does not run.
    pub fn connect(client: &Client, id: impl AsRef<str>) -> BoxFuture<'static, Result<Self>> {
        let text = id.as_ref();
        let parsed: Result<SandboxId, Invalid> = text.parse();
        let start = parsed.map(|id| Start {
            handshake: sandboxes::connect(&client.data(&id.region()), &id),
            repeat: Repeat::Harmless,
            id: Some(id),
            env: model::Env::default(),
        });
        Self::start(client, Name::of(sandboxes::CONNECT.verb, text), start)
    }

    fn start(
        client: &Client,
        name: Name,
        start: Result<Start, Invalid>,
    ) -> BoxFuture<'static, Result<Self>> {
        let client = client.clone();
        Box::pin(async move {
            let started = async { Self::open(client, start?).await };
            started.await.map_err(|error| error.during(name))
        })
    }

    async fn open(client: Client, start: Start) -> Result<Self> {
        let Start {
            handshake,
            repeat,
            id,
            env,
        } = start;
        let socket = client
            .open_websocket(handshake, repeat, MAX_MESSAGE)
            .await?;
        let header = |name: &str| {
            let found = socket.headers.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| value.clone())
        };
        let trace_id = header("x-deno-trace-id");
        let id = match id {
            Some(id) => id,
            None => header("x-deno-sandbox-id")
                .unwrap_or_default()
                .parse()
                .map_err(|invalid: Invalid| {
                    let message = format!("the service gave no usable sandbox id: {invalid}");
                    Error::new(ErrorCode::ProtocolViolation, message)
                        .with_trace_id(trace_id.clone())
                })?,
        };
        let deadlines = client.deadlines();
        let limits = Limits {
            idle: deadlines.idle,
            ..Limits::default()
        };
        let runtime = client.transport().runtime.clone();
        let rpc = Rpc::start(socket, runtime, limits, deadlines.request);
        let sandbox = Self(Arc::new(Inner {
            client,
            id,
            trace_id,
            rpc,
        }));
        match env.is_empty() {
            true => Ok(sandbox),
            false => set_up(sandbox, env).await,
        }
    }

    pub(super) fn rpc(&self) -> &Rpc {
        &self.0.rpc
    }

    /// Its id, to connect to it again.
    pub fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// The region it runs in.
    pub fn region(&self) -> String {
        self.0.id.region().into()
    }

    /// The id to quote to support about this connection, where the service sent one.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Its files.
    pub fn fs(&self) -> Fs {
        Fs::new(self.0.rpc.clone())
    }

    /// Its environment variables.
    pub fn env(&self) -> Env {
        Env::new(self.0.rpc.clone())
    }

    /// Starts a process.
    ///
    /// # Errors
    /// [`InvalidEnv`](ErrorCode::InvalidEnv) or [`InvalidOption`](ErrorCode::InvalidOption) before
    /// anything is sent; [`FileNotFound`](ErrorCode::FileNotFound) when there is no such program.
    pub fn spawn(&self, command: Command) -> Action<Process> {
        Process::spawn(&self.0.rpc, &command)
    }

    /// A command line for `bash`, run when awaited; see [`Sh`].
    pub fn sh(&self, script: impl Into<String>) -> Sh {
        Sh::new(self.clone(), script.into())
    }

    /// Reads a whole file; see [`Fs::read_file`].
    ///
    /// # Errors
    /// As [`Fs::read_file`].
    pub fn read_file(&self, path: impl AsRef<str>) -> Action<Bytes> {
        self.fs().read_file(path)
    }

    /// Reads a whole file of text; see [`Fs::read_text_file`].
    ///
    /// # Errors
    /// As [`Fs::read_text_file`].
    pub fn read_text_file(&self, path: impl AsRef<str>) -> Action<String> {
        self.fs().read_text_file(path)
    }

    /// Writes a whole file; see [`Fs::write_file`].
    ///
    /// # Errors
    /// As [`Fs::write_file`].
    pub async fn write_file(&self, path: impl AsRef<str>, data: impl AsRef<[u8]>) -> Result<()> {
        self.fs().write_file(path, data).await
    }

    /// Writes a whole file of text; see [`Fs::write_text_file`].
    ///
    /// # Errors
    /// As [`Fs::write_text_file`].
    pub async fn write_text_file(
        &self,
        path: impl AsRef<str>,
        text: impl AsRef<str>,
    ) -> Result<()> {
        self.fs().write_text_file(path, text).await
    }

    /// Has it end this long from now, a time like `"5m"`, instead of when it would have.
    /// Returns when it ends now, which the service may have put earlier than asked for.
    ///
    /// # Errors
    /// [`InvalidTimeout`](ErrorCode::InvalidTimeout) before anything is sent, also for `"session"`.
    pub fn extend_timeout(
        &self,
        timeout: impl TryInto<Timeout, Error: Into<Invalid>>,
    ) -> Request<OffsetDateTime> {
        let request = self.extension(timeout.try_into().map_err(Into::into));
        let name = Name::of(sandboxes::EXTEND_TIMEOUT.verb, self.id());
        let client = &self.0.client;
        Request::new(
            client,
            name,
            request.map_err(Into::into),
            sandboxes::timeout_extended,
        )
    }

    fn extension(&self, timeout: Result<Timeout, Invalid>) -> Result<HttpRequest, Invalid> {
        let Timeout::After(duration) = timeout? else {
            let rule = "must be a time like \"5m\"; a running sandbox cannot be tied to a session";
            return Err(Invalid::new(Field::Timeout, "session", rule));
        };
        let client = &self.0.client;
        let stop_at_ms = stop_at_ms(client.transport().runtime.unix_time(), duration);
        let service = client.data(&self.0.id.region());
        Ok(sandboxes::extend_timeout(&service, &self.0.id, stop_at_ms))
    }

    /// Ends the sandbox and its connection. One that has ended already is fine.
    ///
    /// # Errors
    /// What the service answers.
    pub fn kill(&self) -> BoxFuture<'static, Result<()>> {
        let sandbox = self.clone();
        Box::pin(async move {
            match sandbox.0.client.sandboxes().kill(sandbox.id()).await {
                Err(error) if error.code() == ErrorCode::NotFound => {}
                result => result?,
            }
            let rpc = sandbox.rpc();
            let closed = std::pin::pin!(rpc.closed());
            select(closed, rpc.runtime().sleep(KILL_GRACE)).await;
            // A service that has not closed by now is told, and not waited for again.
            rpc.begin_close();
            Ok(())
        })
    }

    /// Closes the connection: calls under way fail with
    /// [`ConnectionClosed`](ErrorCode::ConnectionClosed). A sandbox without a timeout ends if this is the
    /// connection that created it. Closing twice is fine.
    pub async fn close(&self) {
        self.0.rpc.close().await;
    }

    /// Whether the connection is closed, by either side.
    pub fn is_closed(&self) -> bool {
        self.0.rpc.is_closed()
    }

    /// Waits until the connection is closed, by either side; gives the close code and reason.
    pub async fn closed(&self) -> CloseReason {
        self.0.rpc.closed().await
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// How a connection is made.
struct Start {
    handshake: HttpRequest,
    repeat: Repeat,
    /// Of a sandbox that runs already.
    id: Option<SandboxId>,
    /// For a new one.
    env: model::Env,
}

/// Gives a new sandbox its variables, or ends it again.
async fn set_up(sandbox: Sandbox, env: model::Env) -> Result<Sandbox> {
    let mut unfinished = Unfinished(Some(sandbox.clone()));
    let result = sandbox.env().set_all(&env).await;
    unfinished.0 = None;
    let Err(error) = result else {
        return Ok(sandbox);
    };
    let outcome = match sandbox.kill().await {
        Ok(()) => "the sandbox was ended again".to_owned(),
        Err(kill) => format!("and ending the sandbox again failed: {kill}"),
    };
    let message = format!("set-up failed: {error}; {outcome}");
    Err(Error::new(error.code(), message).with_source(error))
}

/// A sandbox that is still being set up; ended when that is given up.
struct Unfinished(Option<Sandbox>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(sandbox) = self.0.take() {
            let runtime = sandbox.0.rpc.runtime().clone();
            runtime.spawn(Box::pin(async move {
                // Nobody is left to tell.
                let _ = sandbox.kill().await;
            }));
        }
    }
}
