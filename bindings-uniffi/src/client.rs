use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use deno_sandbox::model::Labels;
use deno_sandbox::{Client as Core, Error};

use crate::call::{Cancellation, call, runtime};
use crate::failure::Failure;
use crate::options::SandboxOptions;
use crate::records::SandboxInfo;
use crate::sandbox::Sandbox;

/// The way to the service for one account.
#[derive(Debug, uniffi::Object)]
pub struct Client(pub(crate) Core);

/// What is not given comes from the environment, else has a default.
#[derive(uniffi::Record)]
pub struct ClientOptions {
    /// How the package names itself to the service.
    pub language: Language,
    /// The access token.
    #[uniffi(default)]
    pub token: Option<String>,
    /// The organization to act for.
    #[uniffi(default)]
    pub org: Option<String>,
    /// Where volumes and snapshots are managed.
    #[uniffi(default)]
    pub endpoint: Option<String>,
    /// Where sandboxes are reached, whatever their region.
    #[uniffi(default)]
    pub sandbox_endpoint: Option<String>,
    /// The host name below which each region has its own.
    #[uniffi(default)]
    pub sandbox_base_domain: Option<String>,
    /// How long connecting may take.
    #[uniffi(default)]
    pub connect_timeout: Option<Duration>,
    /// How long the whole answer to a request may take.
    #[uniffi(default)]
    pub request_timeout: Option<Duration>,
    /// How long a sandbox connection may stay silent.
    #[uniffi(default)]
    pub idle_timeout: Option<Duration>,
    /// How long after its start a failed request may be repeated.
    #[uniffi(default)]
    pub retry_budget: Option<Duration>,
}

/// The package that calls.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum Language {
    /// Swift.
    Swift,
    /// Kotlin.
    Kotlin,
}

impl Language {
    fn user_agent(self) -> &'static str {
        match self {
            Self::Swift => concat!("deno-sandbox-swift/", env!("CARGO_PKG_VERSION")),
            Self::Kotlin => concat!("deno-sandbox-kotlin/", env!("CARGO_PKG_VERSION")),
        }
    }
}

#[uniffi::export]
impl Client {
    /// A client with these options.
    #[uniffi::constructor]
    pub fn new(options: ClientOptions) -> Result<Arc<Self>, Failure> {
        let _entered = runtime()?.enter();
        let mut builder = Core::builder().user_agent(options.language.user_agent());
        macro_rules! set {
            ($($option:ident),+) => {
                $(if let Some(value) = options.$option {
                    builder = builder.$option(value);
                })+
            };
        }
        set!(token, org, endpoint, sandbox_endpoint, sandbox_base_domain);
        set!(connect_timeout, request_timeout, idle_timeout, retry_budget);
        Ok(Arc::new(Self(builder.build()?)))
    }

    /// Where it goes, without the token.
    pub fn description(&self) -> String {
        format!("{:?}", self.0)
    }

    /// Creates a sandbox and connects to it.
    pub async fn create_sandbox(
        &self,
        options: SandboxOptions,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Sandbox>, Failure> {
        call(cancellation, async {
            let sandboxes = self.0.sandboxes();
            Ok(Sandbox::new(sandboxes.create(options.into()).await?))
        })
        .await
    }

    /// Connects to a sandbox that runs already.
    pub async fn connect_sandbox(
        &self,
        id: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<Arc<Sandbox>, Failure> {
        call(cancellation, async {
            Ok(Sandbox::new(self.0.sandboxes().connect(id).await?))
        })
        .await
    }

    /// Lists the sandboxes that have all of these labels.
    pub async fn list_sandboxes(
        &self,
        labels: HashMap<String, String>,
        cancellation: Arc<Cancellation>,
    ) -> Result<Vec<SandboxInfo>, Failure> {
        call(cancellation, async {
            let labels = Labels::new(labels)
                .map_err(|invalid| Error::from(invalid).during("list sandboxes"))?;
            let found = self.0.sandboxes().list(&labels).await?;
            Ok(found.into_iter().map(SandboxInfo::from).collect())
        })
        .await
    }

    /// Ends a sandbox.
    pub async fn kill_sandbox(
        &self,
        id: String,
        cancellation: Arc<Cancellation>,
    ) -> Result<(), Failure> {
        call(cancellation, self.0.sandboxes().kill(id)).await
    }
}
