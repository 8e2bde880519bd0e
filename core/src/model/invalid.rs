use std::convert::Infallible;
use std::fmt;

use super::Quoted;

/// A value that breaks a rule of the service, with what was given, what is allowed and what to do.
///
/// Every constructor in [`model`](crate::model) returns it; it converts into [`Error`](crate::Error)
/// with the code of its [`Field`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(Box<Inner>);

/// Behind a pointer, so that a result of any check is small to pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    field: Field,
    given: String,
    rule: String,
    hint: Option<String>,
}

/// The kinds of value the SDK checks before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The size of a volume.
    Capacity,
    /// The name of a volume or snapshot.
    Slug,
    /// A volume or snapshot given by slug or id.
    Reference,
    /// Where something runs or is stored.
    Region,
    /// The memory of a sandbox.
    Memory,
    /// How long a sandbox may live.
    Timeout,
    /// Where a volume appears inside a sandbox.
    MountPath,
    /// The name of a running sandbox.
    SandboxId,
    /// Labels of a sandbox.
    Labels,
    /// Environment variables.
    Env,
    /// Secrets of a sandbox.
    Secrets,
    /// Hosts a sandbox may reach.
    AllowNet,
    /// The access token.
    Token,
    /// The organization a personal token acts for.
    Org,
    /// The base URL of the service.
    Endpoint,
    /// A path inside a sandbox.
    Path,
    /// Any other option.
    Option,
}

impl Field {
    /// The noun used in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Slug => "slug",
            Self::Reference => "slug or id",
            Self::Region => "region",
            Self::Memory => "memory",
            Self::Timeout => "timeout",
            Self::MountPath => "mount path",
            Self::SandboxId => "sandbox id",
            Self::Labels => "labels",
            Self::Env => "environment variable",
            Self::Secrets => "secret",
            Self::AllowNet => "allow-net pattern",
            Self::Token => "access token",
            Self::Org => "organization",
            Self::Endpoint => "endpoint",
            Self::Path => "path",
            Self::Option => "option",
        }
    }
}

impl Invalid {
    /// A broken rule: `given` is quoted in the message, `rule` continues "`<noun>` …".
    pub fn new(field: Field, given: &str, rule: &str) -> Self {
        Self(Box::new(Inner {
            field,
            given: shorten(given),
            rule: rule.to_owned(),
            hint: None,
        }))
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn with_hint(mut self, hint: &str) -> Self {
        self.0.hint = Some(hint.to_owned());
        self
    }

    /// Adds the nearest right spelling, when there is one.
    #[must_use]
    pub fn did_you_mean(self, spelling: Option<&str>) -> Self {
        match spelling {
            Some(spelling) => self.with_hint(&format!("did you mean \"{spelling}\"?")),
            None => self,
        }
    }

    /// Which kind of value it was.
    pub fn field(&self) -> Field {
        self.0.field
    }

    /// The value as given, shortened when long; empty for a secret.
    pub fn given(&self) -> &str {
        &self.0.given
    }

    /// What is allowed, as a sentence fragment: "must be …".
    pub fn rule(&self) -> &str {
        &self.0.rule
    }

    /// What to do instead, often the nearest right spelling.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}", self.field().noun())?;
        if !self.given().is_empty() {
            write!(f, " {}", Quoted(self.given()))?;
        }
        write!(f, ": {}", self.rule())?;
        match self.hint() {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Invalid {}

/// For conversions that cannot fail, so that a checked value can stand where text can.
impl From<Infallible> for Invalid {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Long input is cut so that an error stays one readable line.
fn shorten(given: &str) -> String {
    const LIMIT: usize = 120;
    let kept = &given[..given.floor_char_boundary(LIMIT)];
    let dots = if kept.len() < given.len() { "…" } else { "" };
    format!("{kept}{dots}")
}
