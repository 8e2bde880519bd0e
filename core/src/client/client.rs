use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Sandboxes, Snapshots, Volumes};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Field, Invalid, Region, Token};
use crate::rest::endpoint::SandboxEndpoints;
use crate::rest::request::{Credentials, Service, USER_AGENT};
use crate::rest::retry::RetryPolicy;
use crate::transport::{MaybeSend, MaybeSync, Transport};

/// The way to the service for one account. Cheap to clone; clones share their connections.
///
/// ```no_run
/// # async fn example() -> deno_sandbox::Result<()> {
/// use deno_sandbox::Client;
///
/// let client = Client::from_env()?;
/// for volume in client.volumes().list(Default::default()).await?.items() {
///     println!("{} in {}", volume.slug, volume.region);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    control: Service,
    sandbox_endpoints: SandboxEndpoints,
    deadlines: Deadlines,
    retry: RetryPolicy,
    transport: Transport,
}

/// How long to wait, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// For a connection.
    pub(crate) connect: Duration,
    /// For the whole answer to one attempt of a request.
    pub(crate) request: Duration,
    /// For any sign of life on a sandbox connection that waits for one.
    pub(crate) idle: Duration,
}

impl Client {
    /// A client configured by the environment alone:
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `DENO_DEPLOY_TOKEN` | access token, `ddo_…` or `ddp_…` | none, must be set |
    /// | `DENO_DEPLOY_ORG` | organization; a personal token (`ddp_…`) needs it | none |
    /// | `DENO_DEPLOY_ENDPOINT` | where volumes and snapshots are managed | `https://console.deno.com` |
    /// | `DENO_SANDBOX_ENDPOINT` | where sandboxes are reached, whatever their region | none |
    /// | `DENO_SANDBOX_BASE_DOMAIN` | else `https://REGION.` before this name | `sandbox-api.deno.net` |
    ///
    /// A variable that is set to nothing counts as not set.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    #[cfg(feature = "native")]
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Starts a client with explicit options.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Volumes: storage that outlives sandboxes.
    pub fn volumes(&self) -> Volumes {
        Volumes::new(self.clone())
    }

    /// Snapshots: read-only images of volumes.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::new(self.clone())
    }

    /// Sandboxes: machines to run commands in.
    pub fn sandboxes(&self) -> Sandboxes {
        Sandboxes::new(self.clone())
    }

    /// Where volumes and snapshots are managed: a base URL.
    pub fn endpoint(&self) -> &str {
        self.0.control.endpoint.as_str()
    }

    /// The organization it acts for, where that is not the token's own.
    pub fn org(&self) -> Option<&str> {
        self.0.control.credentials.org.as_deref()
    }

    /// Where volumes and snapshots are managed and sandboxes listed.
    pub(crate) fn control(&self) -> &Service {
        &self.0.control
    }

    /// Where the sandboxes of a region are reached.
    pub(crate) fn data(&self, region: &Region) -> Service {
        Service {
            endpoint: self.0.sandbox_endpoints.of(region),
            credentials: self.0.control.credentials.clone(),
            user_agent: self.0.control.user_agent,
        }
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        self.0.deadlines
    }

    pub(super) fn retry(&self) -> &RetryPolicy {
        &self.0.retry
    }
}

/// Shows where requests go, never the token.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint())
            .field("org", &self.org())
            .finish_non_exhaustive()
    }
}

/// Options of a [`Client`]. What is not given here comes from the environment, else it has a default;
/// see [`Client::from_env`] for both.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> deno_sandbox::Result<()> {
/// use std::time::Duration;
/// use deno_sandbox::Client;
///
/// let client = Client::builder()
///     .token("ddo_example")
///     .endpoint("http://127.0.0.1:8080")
///     .sandbox_endpoint("http://127.0.0.1:8080")
///     .request_timeout(Duration::from_secs(20))
///     .build()?;
/// # let _ = client; Ok(()) }
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing happens until `build`"]
pub struct ClientBuilder {
    pub(super) token: Option<String>,
    pub(super) org: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) sandbox_endpoint: Option<String>,
    pub(super) sandbox_base_domain: Option<String>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) request_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) retry_budget: Option<Duration>,
    user_agent: Option<&'static str>,
    environment: Option<Lookup>,
    transport: Option<Transport>,
}

impl ClientBuilder {
    /// The access token: `ddo_…` of an organization, or `ddp_…` of a person, which needs an
    /// [`org`](Self::org) too.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The organization to act for.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// The base URL where volumes and snapshots are managed. A path in it is kept before that of each
    /// request; slashes at its end are dropped.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// The base URL where sandboxes are reached, whatever their region.
    pub fn sandbox_endpoint(mut self, url: impl Into<String>) -> Self {
        self.sandbox_endpoint = Some(url.into());
        self
    }

    /// The host name which, with a region and a dot before it, is where that region's sandboxes are
    /// reached. Not used with a [`sandbox_endpoint`](Self::sandbox_endpoint).
    pub fn sandbox_base_domain(mut self, name: impl Into<String>) -> Self {
        self.sandbox_base_domain = Some(name.into());
        self
    }

    /// How long connecting may take: 10 seconds unless told. Past it, calls fail with
    /// [`ConnectTimeout`](ErrorCode::ConnectTimeout).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long the whole answer to a request may take, each attempt for itself: 60 seconds unless
    /// told. Past it, calls fail with [`RequestTimeout`](ErrorCode::RequestTimeout).
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout);
        self
    }

    /// How long a sandbox connection may stay silent before it counts as dead: 30 seconds unless
    /// told. Past it, calls fail with [`IdleTimeout`](ErrorCode::IdleTimeout).
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// How long after its start a failed request may be repeated, where that is safe: 30 seconds
    /// unless told; zero never repeats.
    pub fn retry_budget(mut self, budget: Duration) -> Self {
        self.retry_budget = Some(budget);
        self
    }

    /// How the program that makes the requests names itself, like `"my-sdk/1.2"`; this crate and its
    /// version unless told.
    pub fn user_agent(mut self, product: &'static str) -> Self {
        self.user_agent = Some(product);
        self
    }

    /// Variables to use in place of the process's environment.
    pub fn environment<K: Into<String>, V: Into<String>>(
        self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        let variables: BTreeMap<String, String> = variables.collect();
        self.environment_lookup(move |name| variables.get(name).cloned())
    }

    /// How to read a variable, in place of the process's environment. Asked only for what was not given
    /// as an option.
    pub fn environment_lookup(
        mut self,
        lookup: impl Fn(&str) -> Option<String> + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.environment = Some(Lookup(Arc::new(lookup)));
        self
    }

    /// The sockets and timers to use in place of the machine's own.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Checks all options. Nothing is sent.
    ///
    /// # Errors
    /// [`MissingToken`](ErrorCode::MissingToken), [`MalformedToken`](ErrorCode::MalformedToken),
    /// [`MissingOrg`](ErrorCode::MissingOrg), [`InvalidEndpoint`](ErrorCode::InvalidEndpoint),
    /// [`InvalidOption`](ErrorCode::InvalidOption), or [`InvalidState`](ErrorCode::InvalidState)
    /// outside a tokio runtime when no [`transport`](Self::transport) is given.
    pub fn build(mut self) -> Result<Client> {
        self.checked()
            .map_err(|error| error.during("configure the client"))
    }

    fn checked(&mut self) -> Result<Client> {
        self.complete();
        let endpoint = self.endpoint.as_deref();
        let control = Service {
            credentials: credentials(self.token.as_deref(), self.org.as_deref())?,
            endpoint: endpoint.unwrap_or("https://console.deno.com").parse()?,
            user_agent: self.user_agent.unwrap_or(USER_AGENT),
        };
        let sandbox_endpoints = match (&self.sandbox_endpoint, &self.sandbox_base_domain) {
            (Some(url), _) => SandboxEndpoints::One(url.parse()?),
            (None, name) => {
                let name = name.as_deref().unwrap_or("sandbox-api.deno.net");
                SandboxEndpoints::PerRegion(name.parse()?)
            }
        };
        let deadlines = Deadlines {
            connect: deadline("connect_timeout", self.connect_timeout, 10)?,
            request: deadline("request_timeout", self.request_timeout, 60)?,
            idle: deadline("idle_timeout", self.idle_timeout, 30)?,
        };
        let defaults = RetryPolicy::default();
        let retry = match self.retry_budget {
            Some(Duration::ZERO) => RetryPolicy {
                max_attempts: 1,
                ..defaults
            },
            Some(budget) => RetryPolicy { budget, ..defaults },
            None => defaults,
        };
        let transport = match self.transport.take() {
            Some(transport) => transport,
            None => default_transport()?,
        };
        let inner = Inner {
            control,
            sandbox_endpoints,
            deadlines,
            retry,
            transport,
        };
        Ok(Client(Arc::new(inner)))
    }

    /// Reads the variables for what is not given as an option.
    fn complete(&mut self) {
        let environment = &self.environment;
        let complete = |option: &mut Option<String>, name: &str| {
            if option.is_none() {
                *option = variable(environment.as_ref(), name);
            }
        };
        complete(&mut self.token, "DENO_DEPLOY_TOKEN");
        complete(&mut self.org, "DENO_DEPLOY_ORG");
        complete(&mut self.endpoint, "DENO_DEPLOY_ENDPOINT");
        // An option beats any variable, also one that says the same in the other way.
        if self.sandbox_base_domain.is_none() {
            complete(&mut self.sandbox_endpoint, "DENO_SANDBOX_ENDPOINT");
        }
        if self.sandbox_endpoint.is_none() {
            complete(&mut self.sandbox_base_domain, "DENO_SANDBOX_BASE_DOMAIN");
        }
    }
}

/// Shows which options are given, and the value of none.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("endpoint", &self.endpoint.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

/// How the caller has variables read.
#[derive(Clone)]
struct Lookup(Arc<dyn LookupFn>);

trait LookupFn: Fn(&str) -> Option<String> + MaybeSend + MaybeSync {}
impl<F: Fn(&str) -> Option<String> + MaybeSend + MaybeSync> LookupFn for F {}

/// A variable as the caller has it read, else that of the process.
fn variable(lookup: Option<&Lookup>, name: &str) -> Option<String> {
    let value = match lookup {
        Some(lookup) => (lookup.0)(name),
        None => process_variable(name),
    };
    value.filter(|value| !value.is_empty())
}

#[cfg(feature = "native")]
fn process_variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(not(feature = "native"))]
fn process_variable(_name: &str) -> Option<String> {
    None
}

#[cfg(feature = "native")]
fn default_transport() -> Result<Transport> {
    Transport::native()
}

#[cfg(not(feature = "native"))]
fn default_transport() -> Result<Transport> {
    let invalid = Invalid::new(Field::Option, "", "a transport must be given in this build");
    Err(invalid
        .with_hint("or enable the crate's feature `native`")
        .into())
}

fn credentials(token: Option<&str>, org: Option<&str>) -> Result<Credentials> {
    let token = token.filter(|token| !token.is_empty()).ok_or_else(|| {
        Error::new(
            ErrorCode::MissingToken,
            "no access token; give the option `token` or set DENO_DEPLOY_TOKEN",
        )
    })?;
    let token: Token = token.parse()?;
    let org = org.filter(|org| !org.is_empty());
    if org.is_none() && !token.names_organization() {
        return Err(Error::new(
            ErrorCode::MissingOrg,
            "this token does not name its organization as `ddo_` tokens do; give the option `org` \
             or set DENO_DEPLOY_ORG",
        ));
    }
    if let Some(org) = org.filter(|org| !org.bytes().all(|b| b.is_ascii_graphic())) {
        let rule = "an organization is printable ASCII without spaces or line breaks";
        return Err(Invalid::new(Field::Option, org, rule).into());
    }
    let org = org.map(str::to_owned);
    Ok(Credentials { token, org })
}

fn deadline(name: &str, given: Option<Duration>, default_seconds: u64) -> Result<Duration> {
    match given {
        Some(Duration::ZERO) => Err(Invalid::new(
            Field::Option,
            &format!("{name} 0"),
            "must be more than zero",
        )
        .into()),
        Some(timeout) => Ok(timeout),
        None => Ok(Duration::from_secs(default_seconds)),
    }
}
