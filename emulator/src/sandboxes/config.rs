//! What a client asks of a new sandbox, in the shape of either published package.

use std::collections::BTreeMap;

use axum::http::HeaderValue;
use deno_sandbox::model::{Duration, Env, Labels, Memory, Mounts, NetPattern, Reference, Region};
use deno_sandbox::model::{SandboxId, Timeout};
use rand::RngExt as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::api_error::{ApiError, Code};

/// A checked request for a sandbox.
#[derive(Debug)]
pub(crate) struct SandboxConfig {
    /// `None` where the client says it by host name only, which one port cannot show.
    pub(crate) region: Option<Region>,
    pub(crate) lifetime: Lifetime,
    pub(crate) memory: Memory,
    pub(crate) labels: Labels,
    pub(crate) root: Option<Reference>,
    pub(crate) volumes: Mounts,
    pub(crate) network: Network,
    /// With a placeholder for each secret: the secrets themselves are dropped on arrival.
    pub(crate) env: Env,
}

/// How long a sandbox lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// As long as the connection that created it.
    Session,
    /// Until this many milliseconds after 1970.
    Until(u64),
}

/// What a sandbox reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// What this machine reaches.
    Shared,
    /// Itself.
    None,
}

/// The keys both published packages send; unknown ones are ignored, as the service does.
#[derive(Deserialize, Default)]
#[serde(default)]
struct OnWire {
    region: Option<Region>,
    stop_at_ms: Option<u64>,
    timeout: Option<String>,
    memory_mb: Option<Memory>,
    labels: Option<Labels>,
    root: Option<Root>,
    volumes: Option<Volumes>,
    allow_net: Option<Vec<NetPattern>>,
    secrets: Option<BTreeMap<String, SecretName>>,
    env: Option<Env>,
}

#[derive(Deserialize)]
struct Root {
    volume: Reference,
}

/// A list from the npm package, an object from the PyPI package.
#[derive(Deserialize)]
#[serde(untagged)]
enum Volumes {
    List(Vec<MountOnWire>),
    Object(BTreeMap<String, String>),
}

#[derive(Deserialize)]
struct MountOnWire {
    volume: String,
    path: String,
}

#[derive(Deserialize)]
struct SecretName {
    #[serde(rename = "hosts")]
    _hosts: Vec<String>,
    #[serde(rename = "value")]
    _value: IgnoredAny,
}

impl SandboxConfig {
    /// The volumes and snapshots it names.
    pub(crate) fn storage(&self) -> impl Iterator<Item = &Reference> {
        self.root
            .iter()
            .chain(self.volumes.iter().map(|(_, volume)| volume))
    }

    /// Reads the header `x-deno-sandbox-config`: JSON in base64.
    pub(crate) fn from_header(header: Option<&HeaderValue>, now_ms: u64) -> Result<Self, ApiError> {
        let header =
            header.ok_or_else(|| invalid("the header x-deno-sandbox-config is missing"))?;
        let bytes = base64_simd::STANDARD
            .decode_to_vec(header.as_bytes())
            .map_err(|_| invalid("the header x-deno-sandbox-config is not base64"))?;
        // The npm package writes characters up to U+00FF as single bytes.
        let text = String::from_utf8(bytes).unwrap_or_else(|e| {
            e.into_bytes()
                .iter()
                .map(|&byte| char::from(byte))
                .collect()
        });
        let value: Value = serde_json::from_str(&text)
            .map_err(|_| invalid("the header x-deno-sandbox-config holds no JSON"))?;
        // Through `Value`, so that messages carry no line and column of a text nobody sees.
        let wire: OnWire = serde_json::from_value(value).map_err(|e| invalid(e.to_string()))?;
        wire.check(now_ms)
    }
}

impl OnWire {
    fn check(self, now_ms: u64) -> Result<SandboxConfig, ApiError> {
        let mut volumes = Mounts::default();
        let mounts = match self.volumes {
            None => Vec::new(),
            Some(Volumes::List(list)) => list.into_iter().map(|m| (m.path, m.volume)).collect(),
            Some(Volumes::Object(object)) => object.into_iter().collect(),
        };
        for (path, volume) in mounts {
            volumes
                .insert(&path, &volume)
                .map_err(|e| mount_refused(e.to_string()))?;
        }
        for (path, _) in volumes.iter() {
            check_free(path.as_str())?;
        }
        let lifetime = lifetime(self.stop_at_ms, self.timeout.as_deref(), now_ms)?;
        let network = match self.allow_net.as_deref() {
            None => Network::Shared,
            Some([]) => Network::None,
            Some(_) => {
                return Err(ApiError::new(
                    Code::AllowNetUnsupported,
                    "the emulator can allow every host or none, not some: leave allow_net out, or give []",
                ));
            }
        };
        let given = self.env.unwrap_or_default();
        let mut env: BTreeMap<String, String> = given.into();
        for name in self.secrets.unwrap_or_default().into_keys() {
            Env::check_name(&name).map_err(|e| invalid(e.to_string()))?;
            env.insert(name, placeholder());
        }
        Ok(SandboxConfig {
            region: self.region,
            lifetime,
            memory: self.memory_mb.unwrap_or_default(),
            labels: self.labels.unwrap_or_default(),
            root: self.root.map(|root| root.volume),
            volumes,
            network,
            env: Env::try_from(env).map_err(|e| invalid(e.to_string()))?,
        })
    }
}

fn lifetime(
    stop_at_ms: Option<u64>,
    timeout: Option<&str>,
    now_ms: u64,
) -> Result<Lifetime, ApiError> {
    if let Some(stop_at_ms) = stop_at_ms {
        if stop_at_ms <= now_ms {
            return Err(invalid("stop_at_ms lies in the past"));
        }
        return Ok(Lifetime::Until(stop_at_ms));
    }
    match timeout.map(str::parse::<Timeout>) {
        None | Some(Ok(Timeout::Session)) => Ok(Lifetime::Session),
        Some(Ok(Timeout::After(duration))) => Ok(Lifetime::Until(now_ms + millis(duration))),
        Some(Err(error)) => Err(invalid(error.to_string())),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What the emulator itself puts into a sandbox cannot be covered by a volume.
fn check_free(path: &str) -> Result<(), ApiError> {
    const TAKEN: [&str; 9] = [
        "/usr",
        "/bin",
        "/sbin",
        "/lib",
        "/lib64",
        "/etc",
        "/proc",
        "/dev",
        "/run/deno-sandbox",
    ];
    let is_below = |folder: &&&str| {
        path.strip_prefix(**folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match TAKEN.iter().find(is_below) {
        Some(folder) => Err(mount_refused(format!(
            "the mount path \"{path}\" lies in {folder}, which belongs to the sandbox itself"
        ))),
        None if path == "/home/app" || path == "/tmp" || path == "/run" => Err(mount_refused(
            format!("the mount path \"{path}\" is the sandbox's own; mount below it"),
        )),
        None => Ok(()),
    }
}

/// What a program in the sandbox sees in place of a secret.
fn placeholder() -> String {
    let alphabet = SandboxId::ALPHABET.as_bytes();
    let mut rng = rand::rng();
    let unique: String = (0..20)
        .map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())]))
        .collect();
    format!("deno-sandbox-secret-{unique}")
}

fn mount_refused(message: impl Into<String>) -> ApiError {
    ApiError::new(Code::MountPathInUse, message)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(Code::InvalidSandboxConfig, message)
}
