//! One running sandbox, from the start of its container until nothing of it is left.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use deno_sandbox::model::{Labels, Region, SandboxId, SandboxInfo, SandboxStatus};
use time::OffsetDateTime;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::Child;
use tokio::sync::watch;

use super::bubblewrap::{Bubblewrap, Container};
use super::cgroup::Cgroup;
use super::config::{Lifetime, SandboxConfig};
use super::launcher::Launcher;
use crate::api_error::{ApiError, Code};
use crate::volumes::{Attachment, Parting};

/// A running sandbox, as connections and the registry hold it.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) id: SandboxId,
    pub(crate) region: Region,
    lifetime: Lifetime,
    labels: Labels,
    created_at: OffsetDateTime,
    /// The folder that holds the agent's socket, kept open: its path can be longer than a socket
    /// address may be.
    folder: File,
    /// When it is to end, in milliseconds since 1970.
    stop_at_ms: watch::Sender<Option<u64>>,
    /// Set once, when something asks for the end.
    end: watch::Sender<Option<End>>,
    /// Set once nothing of it is left.
    gone: watch::Sender<Option<OffsetDateTime>>,
    /// Told when a test wants its connections to end without a word.
    cut: watch::Sender<()>,
    /// For the end: those who want one of its volumes wait from then on.
    partings: Vec<Parting>,
}

/// Why a sandbox ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Somebody asked for it.
    Killed,
    /// The connection that created it closed.
    SessionClosed,
    /// Its time was up.
    TimedOut,
    /// Its agent ended by itself.
    Crashed,
    /// The emulator ends.
    Shutdown,
}

impl End {
    /// What the WebSockets of the sandbox are told.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Killed => "the sandbox was killed",
            Self::SessionClosed => "the session has ended",
            Self::TimedOut => "the sandbox's time was up",
            Self::Crashed => "the sandbox has crashed",
            Self::Shutdown => "the emulator is shutting down",
        }
    }
}

/// What a sandbox holds and gives back when it ends.
#[derive(Debug)]
pub(crate) struct Belongings {
    pub(crate) folder: PathBuf,
    pub(crate) root: Option<Attachment>,
    pub(crate) volumes: Vec<(String, Attachment)>,
    pub(crate) cgroup: Option<Cgroup>,
}

impl Sandbox {
    /// Starts the container and waits until its agent listens.
    pub(crate) async fn start(
        id: SandboxId,
        region: Region,
        config: SandboxConfig,
        mut belongings: Belongings,
        stream_base: u64,
        bubblewrap: &Bubblewrap,
        launcher: &Launcher,
    ) -> Result<Arc<Self>, ApiError> {
        let started =
            Self::launch(&config, &mut belongings, stream_base, bubblewrap, launcher).await;
        let (child, folder) = match started {
            Ok(started) => started,
            Err(error) => {
                belongings.give_back().await;
                return Err(ApiError::new(
                    Code::SandboxStartFailed,
                    format!("the sandbox did not start: {error}"),
                ));
            }
        };
        let stop_at_ms = match config.lifetime {
            Lifetime::Session => None,
            Lifetime::Until(stop_at_ms) => Some(stop_at_ms),
        };
        let sandbox = Arc::new(Self {
            id,
            region,
            lifetime: config.lifetime,
            labels: config.labels,
            created_at: OffsetDateTime::now_utc(),
            folder,
            stop_at_ms: watch::Sender::new(stop_at_ms),
            end: watch::Sender::new(None),
            gone: watch::Sender::new(None),
            cut: watch::Sender::new(()),
            partings: belongings.partings(),
        });
        tokio::spawn(supervise(sandbox.clone(), child, belongings));
        Ok(sandbox)
    }

    async fn launch(
        config: &SandboxConfig,
        belongings: &mut Belongings,
        stream_base: u64,
        bubblewrap: &Bubblewrap,
        launcher: &Launcher,
    ) -> io::Result<(Child, File)> {
        let home = belongings.folder.join("home");
        std::fs::create_dir_all(&home)?;
        let folder = File::open(&belongings.folder)?;
        let listener = UnixListener::bind(socket_path(&folder))?;
        let container = Container {
            home,
            root: belongings.root.as_ref().map(|root| root.host_dir.clone()),
            volumes: belongings
                .volumes
                .iter()
                .map(|(path, volume)| (path.clone(), volume.host_dir.clone()))
                .collect(),
            limits: belongings.limits(),
            network: config.network,
            env: config.env.clone(),
            stream_base,
        };
        let bubblewrap = bubblewrap.clone();
        let command = move |cgroup: Option<&Cgroup>| {
            let mut command = bubblewrap.command(&container, cgroup);
            command.stdin(Stdio::from(OwnedFd::from(listener)));
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .kill_on_drop(true);
            command
        };
        let memory = u64::from(config.memory.mib()) << 20;
        let started = launcher.spawn(memory, command).await?;
        belongings.cgroup = started.cgroup;
        let mut child = started.child;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("stdout is piped"))?;
        let mut ready = String::new();
        let mut stdout = BufReader::new(stdout);
        let wait = stdout.read_line(&mut ready);
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        if matches!(waited, Ok(Ok(length)) if length > 0) {
            return Ok((child, folder));
        }
        let _ = child.start_kill();
        let mut complaint = String::new();
        if let Some(stderr) = child.stderr.take() {
            let _ = stderr.take(2_000).read_to_string(&mut complaint).await;
        }
        let _ = child.wait().await;
        Err(io::Error::other(complaint.trim().to_owned()))
    }

    /// Opens a connection to the agent.
    pub(crate) async fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(socket_path(&self.folder)).await
    }

    /// Ends its connections without a word, as a test wants.
    pub(crate) fn cut(&self) {
        self.cut.send_replace(());
    }

    /// Changes when the connections that exist now are to be cut.
    pub(crate) fn cuts(&self) -> watch::Receiver<()> {
        self.cut.subscribe()
    }

    /// How long it was to live when it was created.
    pub(crate) fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// How lists show it.
    pub(crate) fn info(&self) -> SandboxInfo {
        let stopped_at = *self.gone.borrow();
        SandboxInfo {
            id: self.id.to_string(),
            created_at: self.created_at,
            stopped_at,
            region: self.region.to_string(),
            status: match stopped_at {
                None => SandboxStatus::Running,
                Some(_) => SandboxStatus::Stopped,
            },
            labels: self.labels.clone(),
        }
    }

    /// Asks for the end; the first reason counts. From now on who wants one of its volumes waits for it.
    pub(crate) fn end(&self, end: End) {
        self.partings.iter().for_each(Parting::begin);
        self.end.send_if_modified(|slot| {
            let is_first = slot.is_none();
            if is_first {
                *slot = Some(end);
            }
            is_first
        });
    }

    /// Whether its end has been asked for.
    pub(crate) fn is_ending(&self) -> bool {
        self.end.borrow().is_some()
    }

    /// Waits until its end has been asked for.
    pub(crate) async fn ending(&self) -> End {
        let mut end = self.end.subscribe();
        match end.wait_for(Option::is_some).await {
            Ok(end) => (*end).unwrap_or(End::Killed),
            Err(_) => End::Killed,
        }
    }

    /// Waits until nothing of it is left.
    pub(crate) async fn gone(&self) {
        let _ = self.gone.subscribe().wait_for(Option::is_some).await;
    }

    /// Moves its end; a sandbox that lives with its session gets a fixed end from now on.
    pub(crate) fn stop_at(&self, stop_at_ms: u64) {
        self.stop_at_ms.send_replace(Some(stop_at_ms));
    }

    /// Waits for the moment it is to end, wherever that is moved.
    async fn time_up(&self) {
        let mut stop_at = self.stop_at_ms.subscribe();
        loop {
            let left = match *stop_at.borrow_and_update() {
                None => Duration::MAX,
                Some(stop_at_ms) => Duration::from_millis(stop_at_ms.saturating_sub(now_ms())),
            };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = stop_at.changed() => {}
            }
        }
    }
}

impl Belongings {
    /// The volumes that only the agent can keep from growing, by their paths inside.
    fn limits(&self) -> Vec<(String, u64)> {
        let root = self.root.iter().map(|root| ("/", root));
        let volumes = self
            .volumes
            .iter()
            .map(|(path, volume)| (path.as_str(), volume));
        root.chain(volumes)
            .filter_map(|(path, volume)| Some((path.to_owned(), volume.limit?)))
            .collect()
    }

    fn partings(&self) -> Vec<Parting> {
        let volumes = self.volumes.iter().map(|(_, volume)| volume);
        let all = self.root.iter().chain(volumes);
        all.filter_map(Attachment::parting).collect()
    }

    /// Frees the volumes and removes what was private.
    pub(crate) async fn give_back(self) {
        drop(self.cgroup);
        for attachment in self
            .volumes
            .into_iter()
            .map(|(_, volume)| volume)
            .chain(self.root)
        {
            if let Err(error) = attachment.detach().await {
                eprintln!("a volume could not be detached: {error}");
            }
        }
        let folder = self.folder;
        let _ = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}

/// Waits for a reason to end, then ends: processes first, then what they may have had open.
async fn supervise(sandbox: Arc<Sandbox>, mut child: Child, belongings: Belongings) {
    tokio::select! {
        _ = child.wait() => sandbox.end(End::Crashed),
        () = sandbox.time_up() => sandbox.end(End::TimedOut),
        _ = sandbox.ending() => {}
    }
    // The first process of a pid namespace takes all others with it.
    let _ = child.start_kill();
    let _ = child.wait().await;
    belongings.give_back().await;
    sandbox.gone.send_replace(Some(OffsetDateTime::now_utc()));
}

/// The agent's socket through the open folder: short, however deep the folder lies.
fn socket_path(folder: &File) -> PathBuf {
    Path::new("/proc/self/fd")
        .join(folder.as_raw_fd().to_string())
        .join("agent")
}
