use super::action::Name;
use super::{Client, Page, Request, Sandbox, SandboxOptions};
use crate::error::Result;
use crate::model::{Invalid, Labels, SandboxId, SandboxInfo};
use crate::rest::page::{ListOptions, Listing};
use crate::rest::{response, sandboxes};

/// Sandboxes of the account.
#[derive(Debug, Clone)]
pub struct Sandboxes(Client);

impl Sandboxes {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// Creates a sandbox and connects to it; see [`Sandbox::create`].
    ///
    /// # Errors
    /// As [`Sandbox::create`].
    pub async fn create(&self, options: SandboxOptions) -> Result<Sandbox> {
        Sandbox::create(&self.0, options).await
    }

    /// Connects to a sandbox that runs already; see [`Sandbox::connect`].
    ///
    /// # Errors
    /// As [`Sandbox::connect`].
    pub async fn connect(&self, id: impl AsRef<str>) -> Result<Sandbox> {
        Sandbox::connect(&self.0, id).await
    }

    /// Lists the sandboxes that have all of these labels; with none, every sandbox.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list(&self, labels: &Labels) -> Result<Vec<SandboxInfo>> {
        let list = &sandboxes::LIST;
        let listing = Listing::new(list, ListOptions::default());
        let listing = listing.map(|listing| listing.labels(labels));
        let mut page = Page::first(&self.0, list.verb, listing).await?;
        let mut all = Vec::new();
        loop {
            let next = page.next_page().await?;
            all.append(&mut page.into_items());
            match next {
                Some(next) => page = next,
                None => return Ok(all),
            }
        }
    }

    /// Ends a sandbox at once, whoever is connected to it.
    ///
    /// # Errors
    /// [`InvalidSandboxId`](crate::ErrorCode::InvalidSandboxId) before anything is sent;
    /// [`NotFound`](crate::ErrorCode::NotFound) when it has ended already.
    pub fn kill(&self, id: impl AsRef<str>) -> Request<()> {
        let parsed: Result<SandboxId, Invalid> = id.as_ref().parse();
        let kill = |id: SandboxId| sandboxes::KILL.about(&self.0.data(&id.region()), id.as_str());
        let name = Name::of(sandboxes::KILL.verb, id.as_ref());
        let request = parsed.map(kill);
        Request::new(&self.0, name, request.map_err(Into::into), response::done)
    }
}
