use std::fmt::Write as _;

use time::OffsetDateTime;

use super::http::{HttpRequest, HttpResponse, Method};
use super::request::{Operation, Service};
use super::response;
use crate::error::Result;
use crate::json::{self, deserialize_object, write_object};
use crate::model::{
    Labels, Memory, MountPath, Mounts, NetPattern, Reference, Region, SandboxId, Secret, moment,
};
use crate::sorted_map::SortedMap;

/// Requests to the control plane.
pub(crate) static LIST: Operation =
    Operation::new("list sandboxes", Method::Get, "/api/v2/sandboxes");

/// Requests to the region of the sandbox.
const SANDBOX: &str = "/api/v3/sandbox";
pub(crate) static CONNECT: Operation =
    Operation::new("connect to sandbox", Method::Get, SANDBOX).part("connect");
pub(crate) static KILL: Operation = Operation::new("kill sandbox", Method::Delete, SANDBOX);
pub(crate) static EXTEND_TIMEOUT: Operation =
    Operation::new("extend the timeout of sandbox", Method::Patch, SANDBOX);
pub(crate) static CREATE: Operation =
    Operation::new("create a sandbox", Method::Get, "/api/v3/sandboxes/create");

/// The largest message we ask for, in bytes. A service that knows the header answers `EFBIG` instead
/// of a larger one, and the file is read in parts: those overlap on their way, and a large message is
/// passed on only when it is complete. Measured on loopback with 64 MiB: 225 MB/s as one message, 444 MB/s
/// in parts. One that does not know it sends the file whole.
const MAX_MESSAGE: (&str, &str) = ("x-deno-sandbox-max-message", "6291456");

/// What a new sandbox is to be.
///
/// `Debug` shows no value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SandboxConfig {
    /// Told by the host the request goes to as well, where each region has a host of its own.
    pub(crate) region: Region,
    /// When it ends, in milliseconds since 1970; `None` for when its connection closes.
    pub(crate) stop_at_ms: Option<u64>,
    pub(crate) memory: Memory,
    pub(crate) labels: Labels,
    /// A volume or snapshot to boot from.
    pub(crate) root: Option<Reference>,
    pub(crate) volumes: Mounts,
    /// `None` for any host, an empty list for none.
    pub(crate) allow_net: Option<Vec<NetPattern>>,
    /// By the name of the variable each stands in for.
    pub(crate) secrets: SortedMap<String, Secret>,
}

/// The handshake that creates a sandbox and connects to it.
pub(crate) fn create(service: &Service, config: &SandboxConfig) -> HttpRequest {
    let mut request = CREATE.request(service, None, String::new());
    let config = base64_simd::STANDARD.encode_to_string(config.to_json());
    request.headers.push(("x-deno-sandbox-config", config));
    with_max_message(request)
}

/// The handshake that connects to a running sandbox.
pub(crate) fn connect(service: &Service, id: &SandboxId) -> HttpRequest {
    with_max_message(CONNECT.about(service, id.as_str()))
}

fn with_max_message(mut request: HttpRequest) -> HttpRequest {
    let (name, bytes) = MAX_MESSAGE;
    request.headers.push((name, bytes.to_owned()));
    request
}

struct StopAt {
    stop_at_ms: u64,
}

deserialize_object!(StopAt {
    stop_at_ms: required "stop_at_ms",
});
write_object!(StopAt {
    stop_at_ms = "stop_at_ms",
});

pub(crate) fn extend_timeout(service: &Service, id: &SandboxId, stop_at_ms: u64) -> HttpRequest {
    let body = json::written(&StopAt { stop_at_ms });
    EXTEND_TIMEOUT.request(service, Some(id.as_str()), body)
}

/// When the sandbox ends now, which may be earlier than asked for.
pub(crate) fn timeout_extended(answer: &HttpResponse) -> Result<OffsetDateTime> {
    let StopAt { stop_at_ms } = response::record(answer)?;
    let (seconds, rest) = ((stop_at_ms / 1_000) as i64, (stop_at_ms % 1_000) as u32);
    moment::from_unix(seconds, rest * 1_000_000).ok_or_else(|| {
        response::violation(
            answer,
            format!("the service's stop time {stop_at_ms} ms is no date"),
        )
    })
}

struct Root<'a> {
    volume: &'a Reference,
}

write_object!(Root<'_> {
    volume = "volume",
});

struct Mount<'a> {
    volume: &'a Reference,
    path: &'a MountPath,
}

write_object!(Mount<'_> {
    volume = "volume",
    path = "path",
});

impl SandboxConfig {
    fn to_json(&self) -> String {
        let root = self.root.as_ref().map(|volume| Root { volume });
        let mounts = self.volumes.iter();
        let mounts: Vec<Mount<'_>> = mounts
            .map(|(path, volume)| Mount { volume, path })
            .collect();
        let mut json = String::new();
        json::object(
            &mut json,
            &[
                ("region", &self.region),
                ("stop_at_ms", &self.stop_at_ms),
                ("memory_mb", &self.memory),
                ("labels", &self.labels),
                ("root", &root),
                ("volumes", &mounts),
                ("allow_net", &self.allow_net),
                ("secrets", &self.secrets),
            ],
        );
        in_ascii(&json)
    }
}

/// The same JSON in ASCII, so that the text is the same whether a server reads the header's bytes as UTF-8
/// or, like the published JavaScript package writes them, as Latin-1. Other characters occur in strings
/// alone, where they can be escaped.
fn in_ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String does not fail.
            let _ = write!(ascii, "\\u{unit:04x}");
        }
    }
    ascii
}
