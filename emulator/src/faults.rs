//! Failures on demand, so that tests see what a caller does about them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// The failures that wait for their request, in the order they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

/// One failure: where, what, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// A method and the beginning of a path, like `POST /api/v2/volumes`; `*` is any method.
    at: String,
    #[serde(flatten)]
    pub(crate) action: Action,
    #[serde(default = "once")]
    times: u32,
}

/// What happens to a request instead of what it asks for, or besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Action {
    /// It is carried out later.
    Delay { ms: u64 },
    /// It is refused with this status, and not carried out.
    Refuse {
        #[serde(default = "unavailable")]
        status: u16,
        /// Seconds for the header `Retry-After`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// Its connection ends, and it is not carried out.
    Cut,
    /// It is carried out, and its connection ends without an answer.
    CutAnswer,
}

impl Fault {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self) -> Option<String> {
        let well_formed = self.at.split_once(' ').is_some_and(|(method, path)| {
            (method == "*" || method.parse::<Method>().is_ok()) && path.starts_with("/api")
        });
        if !well_formed {
            return Some(format!(
                "\"at\" must be a method and a path below /api, like \"POST /api/v2/volumes\", not {:?}",
                self.at
            ));
        }
        match self.action {
            Action::Delay { ms } if ms > 600_000 => {
                Some("\"ms\" must be at most 600000".to_owned())
            }
            Action::Refuse { status, .. } if !(400..600).contains(&status) => {
                Some("\"status\" must be from 400 to 599".to_owned())
            }
            _ => None,
        }
    }

    fn is_for(&self, method: &Method, path: &str) -> bool {
        self.at.split_once(' ').is_some_and(|(wanted, prefix)| {
            (wanted == "*" || wanted == method.as_str()) && path.starts_with(prefix)
        })
    }
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.waiting().push(fault);
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.waiting().clone()
    }

    pub(crate) fn clear(&self) {
        self.waiting().clear();
    }

    /// The first failure that waits for such a request; it is then one fewer.
    pub(crate) fn take(&self, method: &Method, path: &str) -> Option<Action> {
        let mut waiting = self.waiting();
        let index = waiting
            .iter()
            .position(|fault| fault.is_for(method, path))?;
        let fault = &mut waiting[index];
        let action = fault.action.clone();
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            waiting.remove(index);
        }
        Some(action)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits as a [`Action::Delay`] says.
pub(crate) async fn delay(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

fn once() -> u32 {
    1
}

fn unavailable() -> u16 {
    503
}
