//! A running emulator, from the folder it keeps things in to the port it serves.

use std::fs::{File, TryLockError};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::{App, Config, Token};
use crate::cli::Options;
use crate::sandboxes::{Sandboxes, Settings};
use crate::storage::{Mode, Storage};
use crate::store::Store;
use crate::volumes::Volumes;
use crate::{api, ids, reaper};

/// What is to be ready before the first thread starts.
#[derive(Debug)]
pub(crate) struct Prepared {
    volumes: Volumes,
    folder: Folder,
    options: Options,
}

/// The folder everything is kept in, which nobody else uses meanwhile.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    _lock: File,
    /// Removes the folder when it was only for now.
    _temporary: Option<tempfile::TempDir>,
}

/// A service that answers.
#[derive(Debug)]
pub(crate) struct Service {
    app: Arc<App>,
    tasks: Vec<JoinHandle<()>>,
    _folder: Folder,
}

impl Prepared {
    /// Opens what was kept and decides how volumes are stored. No thread may run yet.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub(crate) fn new(options: Options) -> Result<Self, String> {
        check(&options)?;
        let folder = Folder::open(options.data.as_deref())?;
        let mode = Mode::choose(options.storage, &folder.path)?;
        note(&mode.to_string());
        let failed = |error| format!("could not use \"{}\": {error}", folder.path.display());
        let store = Store::open(&folder.path.join("emulator.db")).map_err(|e| e.to_string())?;
        let storage = Storage::open(&folder.path, mode).map_err(failed)?;
        let base_image = options.base_image.clone();
        let volumes = Volumes::new(store, storage, options.regions(), base_image);
        volumes.sweep().map_err(|error| error.to_string())?;
        Ok(Self {
            volumes,
            folder,
            options,
        })
    }

    /// Starts to serve.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub(crate) async fn serve(self, default_address: &str) -> Result<Service, String> {
        let Self {
            volumes,
            folder,
            options,
        } = self;
        let wanted = match options.listen {
            Some(address) => address.to_string(),
            None => default_address.to_owned(),
        };
        let failed = |error: std::io::Error| {
            format!("could not listen on {wanted}: {error}; name another address with --listen")
        };
        let listener = TcpListener::bind(&wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let settings = Settings {
            folder: folder.path.join("sandboxes"),
            bwrap: options.bwrap.clone(),
            max: options.max_sandboxes,
        };
        let (sandboxes, notes) = Sandboxes::new(settings)
            .map_err(|error| format!("could not prepare for sandboxes: {error}"))?;
        notes.iter().for_each(|text| note(text));
        let token = options.token.clone();
        let config = Config {
            address,
            token: Token::new(token.unwrap_or_else(|| format!("ddo_{}", ids::trace()))),
            regions: options.regions(),
        };
        let app = App::new(config, volumes, sandboxes);
        // Small messages go back and forth: none of them is to wait for a fuller packet.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let router = api::router(Arc::clone(&app));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                note(&format!("stopped serving: {error}"));
            }
        });
        let reaping = tokio::spawn(reaper::run(app.volumes.clone(), options.grace));
        Ok(Service {
            app,
            tasks: vec![serving, reaping],
            _folder: folder,
        })
    }
}

impl Service {
    /// The variables that point an SDK at this service; the last one ends the list.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        let config = &self.app.config;
        let mut address = config.address;
        if address.ip().is_unspecified() {
            // "Every address of this machine" is none to connect to.
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let url = format!("http://{address}");
        [
            ("DENO_DEPLOY_TOKEN", config.token.expose().to_owned()),
            ("DENO_DEPLOY_ENDPOINT", url.clone()),
            ("DENO_SANDBOX_ENDPOINT", url),
        ]
    }

    /// Ends every sandbox, then the service.
    pub(crate) async fn shut_down(self) {
        const PATIENCE: Duration = Duration::from_secs(10);
        if tokio::time::timeout(PATIENCE, self.app.sandboxes.shutdown())
            .await
            .is_err()
        {
            note("some sandboxes did not end in time and end with this process");
        }
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Folder {
    fn open(data: Option<&Path>) -> Result<Self, String> {
        let temporary = match data {
            Some(_) => None,
            None => {
                sweep(&std::env::temp_dir());
                let folder = tempfile::Builder::new().prefix(TEMPORARY).tempdir();
                Some(
                    folder
                        .map_err(|error| format!("could not make a temporary folder: {error}"))?,
                )
            }
        };
        let wanted = data
            .or(temporary.as_ref().map(|dir| dir.path()))
            .unwrap_or(Path::new("."));
        let failed = |error: std::io::Error| {
            format!(
                "could not use the data folder \"{}\": {error}",
                wanted.display()
            )
        };
        std::fs::create_dir_all(wanted).map_err(failed)?;
        // Mounts and containers need a path that holds whatever the current folder is.
        let path = wanted.canonicalize().map_err(failed)?;
        let mut options = File::options();
        let lock = options.create(true).truncate(false).write(true);
        let lock = lock.open(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path,
                _lock: lock,
                _temporary: temporary,
            }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "the data folder \"{}\" is in use by another emulator; end that one, or name another folder with --data",
                wanted.display()
            )),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// How the names of temporary folders begin.
const TEMPORARY: &str = "deno-sandbox-emulator-";

/// Removes the temporary folders of emulators that were killed: those whose lock nobody holds. The
/// youngest are left alone, since one that is just starting has not locked its own yet.
fn sweep(parent: &Path) {
    const YOUNG: Duration = Duration::from_secs(60);
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join("lock")) else {
            continue;
        };
        let made = lock.metadata().and_then(|metadata| metadata.modified());
        let age = made.ok().and_then(|made| made.elapsed().ok());
        if age.is_some_and(|age| age > YOUNG) && lock.try_lock().is_ok() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Says something to who started the program; stdout is for the variables alone.
pub(crate) fn note(text: &str) {
    eprintln!("deno-sandbox-emulator: {text}");
}

fn check(options: &Options) -> Result<(), String> {
    if let Some(address) = options.listen
        && !address.ip().is_loopback()
        && !options.allow_remote
    {
        return Err(format!(
            "{address} can be reached from other machines, which could then run programs on this one; listen on 127.0.0.1, or add --allow-remote"
        ));
    }
    for (flag, path, is_right) in [
        (
            "--base-image",
            &options.base_image,
            Path::is_dir as fn(&Path) -> bool,
        ),
        ("--bwrap", &options.bwrap, Path::is_file),
    ] {
        if let Some(path) = path
            && !is_right(path)
        {
            let found = if path.exists() {
                "is of another kind"
            } else {
                "does not exist"
            };
            return Err(format!("{flag} \"{}\" {found}", path.display()));
        }
    }
    Ok(())
}
