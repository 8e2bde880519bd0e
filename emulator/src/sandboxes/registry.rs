//! Every sandbox by its id: created, found, listed, ended.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deno_sandbox::model::{Region, SandboxId, SandboxInfo};

use super::bubblewrap::{self, Bubblewrap};
use super::cgroup::Cgroups;
use super::config::{Lifetime, SandboxConfig};
use super::launcher::Launcher;
use super::sandbox::{Belongings, End, Sandbox, now_ms};
use crate::api_error::{ApiError, Code};
use crate::ids;
use crate::volumes::Volumes;

/// How many ended sandboxes lists go on to show.
const REMEMBERED: usize = 1_000;

/// An extension reaches at most this far from now, as the service documents.
const LONGEST_EXTENSION_MS: u64 = 30 * 60 * 1_000;

/// How sandboxes are run on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Takes the private files of sandboxes; emptied at start.
    pub(crate) folder: PathBuf,
    /// Bubblewrap; `None` to look in `PATH`.
    pub(crate) bwrap: Option<PathBuf>,
    /// How many may run at once.
    pub(crate) max: usize,
}

/// Every sandbox by its id.
#[derive(Debug)]
pub(crate) struct Sandboxes {
    settings: Settings,
    bubblewrap: Option<Bubblewrap>,
    launcher: Launcher,
    known: Mutex<BTreeMap<u64, Arc<Sandbox>>>,
    count: AtomicU64,
}

impl Sandboxes {
    /// Prepares this machine; the notes say what cannot be enforced on it.
    pub(crate) fn new(settings: Settings) -> io::Result<(Self, Vec<String>)> {
        let mut notes = Vec::new();
        let _ = std::fs::remove_dir_all(&settings.folder);
        std::fs::create_dir_all(&settings.folder)?;
        let bubblewrap = match bubblewrap::find(settings.bwrap.as_deref()) {
            Some(program) => Some(Bubblewrap::new(program, &settings.folder)?),
            None => {
                notes.push(format!("sandboxes cannot be created: {MISSING}"));
                None
            }
        };
        let cgroups = Cgroups::find()
            .inspect_err(|error| notes.push(format!("memory limits are not enforced: {error}")))
            .ok();
        let sandboxes = Self {
            settings,
            bubblewrap,
            launcher: Launcher::start(cgroups)?,
            known: Mutex::default(),
            count: AtomicU64::new(1),
        };
        Ok((sandboxes, notes))
    }

    /// Creates a sandbox, or leaves nothing behind.
    pub(crate) async fn create(
        &self,
        config: SandboxConfig,
        volumes: &Volumes,
    ) -> Result<Arc<Sandbox>, ApiError> {
        let bubblewrap = self.bubblewrap.as_ref();
        let bubblewrap =
            bubblewrap.ok_or_else(|| ApiError::new(Code::BubblewrapMissing, MISSING))?;
        if self.running().len() >= self.settings.max {
            return Err(ApiError::new(
                Code::TooManySandboxes,
                format!(
                    "{} sandboxes run, which is the most this emulator allows",
                    self.settings.max
                ),
            ));
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut belongings = Belongings {
            folder: self.settings.folder.join(number.to_string()),
            root: None,
            volumes: Vec::new(),
            cgroup: None,
        };
        let prepared = self.prepare(&config, volumes, &mut belongings).await;
        let (id, region) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                belongings.give_back().await;
                return Err(error);
            }
        };
        // 32 bits of streams for each sandbox: no two sandboxes ever announce the same id.
        let stream_base = (number & 0x1f_ffff) << 32;
        let sandbox = Sandbox::start(
            id,
            region,
            config,
            belongings,
            stream_base,
            bubblewrap,
            &self.launcher,
        )
        .await?;
        self.remember(number, sandbox.clone());
        Ok(sandbox)
    }

    /// A running sandbox.
    pub(crate) fn find(&self, id: &str) -> Result<Arc<Sandbox>, ApiError> {
        let running = self
            .running()
            .into_iter()
            .find(|sandbox| sandbox.id.as_str() == id);
        running.ok_or_else(|| {
            ApiError::new(
                Code::SandboxNotFound,
                format!("no sandbox \"{id}\" is running"),
            )
        })
    }

    /// Sandboxes that have all of the labels, the newest first; ended ones too.
    pub(crate) fn list(&self, labels: &BTreeMap<String, String>) -> Vec<SandboxInfo> {
        let has_all = |info: &SandboxInfo| {
            labels
                .iter()
                .all(|(key, value)| info.labels.get(key) == Some(value.as_str()))
        };
        self.known()
            .values()
            .rev()
            .map(|sandbox| sandbox.info())
            .filter(has_all)
            .collect()
    }

    /// Ends a sandbox and waits until nothing of it is left.
    pub(crate) async fn kill(&self, id: &str) -> Result<(), ApiError> {
        let sandbox = self.find(id)?;
        sandbox.end(End::Killed);
        sandbox.gone().await;
        Ok(())
    }

    /// Moves a sandbox's end; gives the end it now has.
    pub(crate) fn extend(&self, id: &str, stop_at_ms: u64) -> Result<u64, ApiError> {
        let sandbox = self.find(id)?;
        if sandbox.lifetime() == Lifetime::Session {
            return Err(ApiError::new(
                Code::InvalidRequest,
                "the sandbox lives as long as its session, so there is no timeout to extend",
            ));
        }
        let now = now_ms();
        if stop_at_ms <= now {
            return Err(ApiError::new(
                Code::InvalidRequest,
                "stop_at_ms lies in the past",
            ));
        }
        let stop_at_ms = stop_at_ms.min(now + LONGEST_EXTENSION_MS);
        sandbox.stop_at(stop_at_ms);
        Ok(stop_at_ms)
    }

    /// Ends every sandbox and waits until nothing is left.
    pub(crate) async fn shutdown(&self) {
        // Those that are ending already have volumes to give back as well.
        let all: Vec<_> = self.known().values().cloned().collect();
        for sandbox in &all {
            sandbox.end(End::Shutdown);
        }
        for sandbox in &all {
            sandbox.gone().await;
        }
        self.launcher.stop().await;
    }

    /// Attaches the volumes and makes what is private.
    async fn prepare(
        &self,
        config: &SandboxConfig,
        volumes: &Volumes,
        belongings: &mut Belongings,
    ) -> Result<(SandboxId, Region), ApiError> {
        let region = match (&config.region, config.storage().next()) {
            (Some(region), _) => region.clone(),
            (None, Some(name)) => volumes.region_of(name)?,
            (None, None) => Region::default(),
        };
        let id = ids::sandbox(&region).ok_or_else(|| {
            ApiError::new(
                Code::InvalidRegion,
                format!("a sandbox's region has three letters, and \"{region}\" has not"),
            )
        })?;
        if let Some(root) = &config.root {
            belongings.root = Some(volumes.attach_root(root, Some(&region), &id).await?);
        }
        for (path, volume) in config.volumes.iter() {
            let attachment = volumes.attach(volume, Some(&region), &id).await?;
            belongings.volumes.push((path.to_string(), attachment));
        }
        Ok((id, region))
    }

    fn running(&self) -> Vec<Arc<Sandbox>> {
        self.known()
            .values()
            .filter(|sandbox| !sandbox.is_ending())
            .cloned()
            .collect()
    }

    fn remember(&self, number: u64, sandbox: Arc<Sandbox>) {
        let mut known = self.known();
        known.insert(number, sandbox);
        while known.len() > REMEMBERED {
            let ended = known
                .iter()
                .find(|(_, sandbox)| sandbox.is_ending())
                .map(|(n, _)| *n);
            let Some(number) = ended else { break };
            known.remove(&number);
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Sandbox>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const MISSING: &str = "bubblewrap (`bwrap`) was not found; install it (`apt-get install bubblewrap`, \
                       `dnf install bubblewrap`, …) or name it with --bwrap";
