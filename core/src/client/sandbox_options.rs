use std::time::Duration;

use crate::model::{
    Env, Field, Invalid, Memory, NetPattern, Region, Secret, Snapshot, Timeout, Volume, moment,
};
use crate::rest::sandboxes::SandboxConfig;

/// What a new sandbox is to be. Everything has a default, and the first malformed value is reported by
/// [`Sandbox::create`](crate::Sandbox::create) before anything is sent.
///
/// `Debug` shows no value of a secret or of an environment variable.
///
/// ```
/// use deno_sandbox::SandboxOptions;
///
/// let options = SandboxOptions::new()
///     .region("ord")
///     .memory("2GiB")
///     .timeout("5m")
///     .volume("/data/dataset", "training-cache")
///     .label("job", "prepare")
///     .env("RUST_LOG", "info")
///     .allow_net(["example.com", "*.example.com:443"]);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing happens until the sandbox is created"]
pub struct SandboxOptions {
    pub(super) config: SandboxConfig,
    pub(super) timeout: Timeout,
    /// Known only when the root was given as a record.
    root_region: Option<Region>,
    pub(super) env: Env,
    /// The first malformed value.
    invalid: Option<Invalid>,
}

impl Source {
    /// A volume or snapshot by slug or id that is known to be of this region.
    pub fn in_region(reference: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            region: Some(region.into()),
        }
    }
}

/// A volume or snapshot to mount or to boot from: by slug or id, or as the record itself, whose region
/// is then compared with the sandbox's before anything is sent.
#[derive(Debug, Clone)]
pub struct Source {
    reference: String,
    region: Option<String>,
}

impl From<&Volume> for Source {
    fn from(volume: &Volume) -> Self {
        Self::in_region(&volume.slug, &volume.region)
    }
}

impl From<&Snapshot> for Source {
    fn from(snapshot: &Snapshot) -> Self {
        Self::in_region(&snapshot.slug, &snapshot.region)
    }
}

impl From<&str> for Source {
    fn from(reference: &str) -> Self {
        Self {
            reference: reference.to_owned(),
            region: None,
        }
    }
}

impl From<String> for Source {
    fn from(reference: String) -> Self {
        Self {
            reference,
            region: None,
        }
    }
}

impl SandboxOptions {
    /// A sandbox in `ord` with 1280 MiB, no volumes, any network access, that ends with its connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where it runs: `"ord"` (the default) or `"ams"`. Volumes must be of the same region.
    pub fn region(mut self, region: impl TryInto<Region, Error: Into<Invalid>>) -> Self {
        let region = region.try_into().map_err(Into::into);
        let set = region.map(|region| self.config.region = region);
        self.unless(set)
    }

    /// Its memory: 768 MiB to 4096 MiB, 1280 MiB unless told. Text like `"2GiB"`, or a [`Memory`].
    pub fn memory(mut self, memory: impl TryInto<Memory, Error: Into<Invalid>>) -> Self {
        let memory = memory.try_into().map_err(Into::into);
        let set = memory.map(|memory| self.config.memory = memory);
        self.unless(set)
    }

    /// How long it lives: `"session"` (the default) for as long as the connection that created it, or a
    /// time like `"90s"` or `"5m"`, whoever is connected.
    pub fn timeout(mut self, timeout: impl TryInto<Timeout, Error: Into<Invalid>>) -> Self {
        let timeout = timeout.try_into().map_err(Into::into);
        let set = timeout.map(|timeout| self.timeout = timeout);
        self.unless(set)
    }

    /// Adds a label to find it by; at most 5, keys of 1 to 64 bytes, values of at most 128.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let set = self.config.labels.insert(key.into(), value.into());
        self.unless(set)
    }

    /// Boots from a volume or snapshot that is bootable, in place of the service's own image.
    pub fn root(mut self, source: impl Into<Source>) -> Self {
        let set = self.boot_from(source.into());
        self.unless(set)
    }

    /// Mounts a volume at an absolute path. A path is used once, and so is a volume.
    pub fn volume(mut self, path: impl Into<String>, volume: impl Into<Source>) -> Self {
        let set = self.mount(&path.into(), volume.into());
        self.unless(set)
    }

    /// Limits the hosts it may reach to these: `host`, `*.host`, an IPv4 address or `[IPv6]`, each with
    /// or without `:port`. An empty list is no host; without this, any.
    pub fn allow_net<P: TryInto<NetPattern, Error: Into<Invalid>>>(
        mut self,
        patterns: impl IntoIterator<Item = P>,
    ) -> Self {
        let patterns: Result<Vec<NetPattern>, Invalid> = patterns
            .into_iter()
            .map(|pattern| pattern.try_into().map_err(Into::into))
            .collect();
        let set = patterns.map(|patterns| {
            self.config
                .allow_net
                .get_or_insert_default()
                .extend(patterns)
        });
        self.unless(set)
    }

    /// Adds a secret: the service puts `value` into requests to `hosts`, and the sandbox sees only a
    /// placeholder in the variable `name`.
    pub fn secret<H: Into<String>>(
        mut self,
        name: impl Into<String>,
        hosts: impl IntoIterator<Item = H>,
        value: impl Into<String>,
    ) -> Self {
        let name = name.into();
        let secret = Secret::new(&name, hosts, value);
        let set = secret.map(|secret| _ = self.config.secrets.insert(name, secret));
        self.unless(set)
    }

    /// Sets an environment variable for everything that runs in it.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let set = self.env.insert(name.into(), value.into());
        self.unless(set)
    }

    /// Keeps the first failure.
    fn unless(mut self, set: Result<(), Invalid>) -> Self {
        if let Err(invalid) = set {
            self.invalid.get_or_insert(invalid);
        }
        self
    }

    pub(super) fn boot_from(&mut self, source: Source) -> Result<(), Invalid> {
        self.root_region = source.region.map(|region| region.parse()).transpose()?;
        self.config.root = Some(source.reference.parse()?);
        Ok(())
    }

    pub(super) fn mount(&mut self, path: &str, volume: Source) -> Result<(), Invalid> {
        let region = volume.region.as_deref();
        self.config
            .volumes
            .insert_in(path, &volume.reference, region)
    }

    /// Checks everything. `unix_time` is the wall clock's.
    pub(super) fn checked(mut self, unix_time: Duration) -> Result<(SandboxConfig, Env), Invalid> {
        if let Some(invalid) = self.invalid {
            return Err(invalid);
        }
        let config = &mut self.config;
        config.volumes.check_region(&config.region)?;
        if let (Some(root), Some(region)) = (&config.root, &self.root_region)
            && *region != config.region
        {
            let rule = format!("must be the region of the root \"{root}\", which is \"{region}\"");
            let hint = format!("create the sandbox in region \"{region}\"");
            return Err(Invalid::new(Field::Region, config.region.as_str(), &rule).with_hint(&hint));
        }
        if let Timeout::After(duration) = self.timeout {
            config.stop_at_ms = Some(stop_at_ms(unix_time, duration));
        }
        Ok((self.config, self.env))
    }
}

/// When something that lives for `duration` from now on ends, in milliseconds since 1970.
pub(super) fn stop_at_ms(unix_time: Duration, duration: Duration) -> u64 {
    moment::milliseconds(unix_time.saturating_add(duration))
}
