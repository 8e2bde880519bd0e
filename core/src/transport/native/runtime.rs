use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::transport::{BoxFuture, Runtime};

/// Time and background work by tokio.
#[derive(Debug)]
pub(super) struct Tokio {
    handle: Handle,
    start: Instant,
}

impl Tokio {
    pub(super) fn new(handle: Handle) -> Self {
        Self {
            handle,
            start: Instant::now(),
        }
    }

    /// The runtime of the caller where it has one: a client kept in a static outlives the runtime it
    /// was built in, as tests with a runtime each show.
    fn handle(&self) -> Handle {
        Handle::try_current().unwrap_or_else(|_| self.handle.clone())
    }
}

impl Runtime for Tokio {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn unix_time(&self) -> Duration {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let handle = self.handle();
        let _entered = handle.enter();
        Box::pin(tokio::time::sleep(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.handle().spawn(task);
    }

    fn random(&self) -> f64 {
        // Each `RandomState` has new keys, so the hash of nothing is a new number.
        let bits = RandomState::new().build_hasher().finish();
        // The 53 bits an f64 holds exactly.
        (bits >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn random_numbers_spread_over_the_unit_interval() {
        let runtime = Tokio::new(Handle::current());
        let numbers: Vec<f64> = (0..1000).map(|_| runtime.random()).collect();
        assert!(numbers.iter().all(|n| (0.0..1.0).contains(n)));
        for tenth in 0..10 {
            let count = numbers
                .iter()
                .filter(|n| (**n * 10.0) as u32 == tenth)
                .count();
            assert!(
                (40..220).contains(&count),
                "{count} of 1000 in tenth {tenth}"
            );
        }
    }
}
