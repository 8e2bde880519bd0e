//! Removes the storage of what was deleted once its grace period is over.

use std::time::Duration;

use crate::service::note;
use crate::volumes::Volumes;

/// Runs for ever. When things were deleted is on disk, so a restart neither forgets nor hurries.
pub(crate) async fn run(volumes: Volumes, grace: Duration) {
    let pause = (grace / 10).clamp(Duration::from_millis(100), Duration::from_secs(60));
    loop {
        if let Err(error) = volumes.reap(grace).await {
            note(&format!("could not remove what was deleted: {error}"));
        }
        tokio::time::sleep(pause).await;
    }
}
