use std::fs;

use anyhow::{Context, Result};

/// Resident bytes now; the peak counts from here.
pub(crate) fn start_peak() -> Result<u64> {
    // "5" resets the peak, see proc(5).
    fs::write("/proc/self/clear_refs", "5")?;
    status("VmRSS:")
}

/// The most resident bytes since [`start_peak`].
pub(crate) fn peak() -> Result<u64> {
    status("VmHWM:")
}

fn status(field: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = kib
        .with_context(|| format!("{field} in /proc/self/status"))?
        .parse()?;
    Ok(kib * 1024)
}
