use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::storage::Meter;

/// How long one waits for a volume that is about to be free: a busy machine takes its time to end a sandbox.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who has which volume.
#[derive(Debug, Default)]
pub(super) struct Claims {
    held: Mutex<HashMap<String, Held>>,
    changed: Notify,
}

#[derive(Debug)]
struct Held {
    by: String,
    ending: bool,
    meter: Option<Meter>,
}

/// What a claim is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be attached until it is detached.
    Attach,
    /// For an operation that soon ends.
    Operation,
}

impl Claims {
    /// Takes a volume, after a short wait when who has it is just giving it up.
    ///
    /// # Errors
    /// Who has it.
    pub(super) async fn take(
        self: &Arc<Self>,
        id: &str,
        by: &str,
        purpose: Purpose,
    ) -> Result<Claim, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let changed = self.changed.notified();
            {
                let mut held = self.held();
                match held.get(id) {
                    None => {
                        let entry = Held {
                            by: by.to_owned(),
                            ending: purpose == Purpose::Operation,
                            meter: None,
                        };
                        held.insert(id.to_owned(), entry);
                        return Ok(Claim {
                            claims: Arc::clone(self),
                            id: id.to_owned(),
                            by: by.to_owned(),
                        });
                    }
                    Some(other) if !other.ending || Instant::now() >= deadline => {
                        return Err(other.by.clone());
                    }
                    Some(_) => {}
                }
            }
            // `notified` counts from its creation, so nothing that happened since is missed.
            let _ = timeout_at(deadline, changed).await;
        }
    }

    /// How to measure a volume that is mounted now.
    pub(super) fn meter(&self, id: &str) -> Option<Meter> {
        self.held().get(id)?.meter.clone()
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A volume nobody else has until this is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    claims: Arc<Claims>,
    id: String,
    by: String,
}

impl Claim {
    /// Tells how the volume can be measured, now that it is mounted.
    pub(super) fn set_meter(&self, meter: Option<Meter>) {
        if let Some(held) = self.claims.held().get_mut(&self.id) {
            held.meter = meter;
        }
    }

    /// The way to say that it will be given up.
    pub(super) fn parting(&self) -> Parting {
        Parting {
            claims: Arc::clone(&self.claims),
            id: self.id.clone(),
            by: self.by.clone(),
        }
    }
}

/// The way to say that a volume will be given up by who has it.
#[derive(Debug)]
pub(crate) struct Parting {
    claims: Arc<Claims>,
    id: String,
    by: String,
}

impl Parting {
    /// Has those who come next wait for the volume. When somebody else has it by now, nothing happens.
    pub(crate) fn begin(&self) {
        let mut held = self.claims.held();
        if let Some(held) = held.get_mut(&self.id).filter(|held| held.by == self.by) {
            held.ending = true;
        }
        drop(held);
        self.claims.changed.notify_waiters();
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.held().remove(&self.id);
        self.claims.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_held_volume_is_refused_at_once_with_its_holder() {
        let claims = Arc::new(Claims::default());
        let _first = claims.take("vol", "sbx_1", Purpose::Attach).await.unwrap();
        let refused = claims.take("vol", "sbx_2", Purpose::Attach).await;
        assert_eq!(refused.unwrap_err(), "sbx_1");
    }

    #[tokio::test]
    async fn a_volume_about_to_be_free_is_waited_for() {
        let claims = Arc::new(Claims::default());
        let first = claims.take("vol", "sbx_1", Purpose::Attach).await.unwrap();
        first.parting().begin();
        let waiting = tokio::spawn({
            let claims = Arc::clone(&claims);
            async move { claims.take("vol", "sbx_2", Purpose::Attach).await.is_ok() }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.await.unwrap());
    }

    #[tokio::test]
    async fn who_has_given_a_volume_up_says_nothing_of_the_next() {
        let claims = Arc::new(Claims::default());
        let first = claims.take("vol", "sbx_1", Purpose::Attach).await.unwrap();
        let parting = first.parting();
        drop(first);
        let _second = claims.take("vol", "sbx_2", Purpose::Attach).await.unwrap();
        parting.begin();
        let refused = claims.take("vol", "sbx_3", Purpose::Attach).await;
        assert_eq!(refused.unwrap_err(), "sbx_2");
    }
}
