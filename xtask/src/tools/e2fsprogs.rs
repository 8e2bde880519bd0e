use std::path::Path;

use anyhow::{Result, bail};

use crate::run;

/// The emulator formats its volumes with `mkfs.ext4`; part of every Debian, so only looked for.
pub(super) fn check() -> Result<()> {
    if run::find("mkfs.ext4").is_none() && !Path::new("/usr/sbin/mkfs.ext4").exists() {
        bail!("volumes will be folders instead of images: `apt-get install e2fsprogs`");
    }
    Ok(())
}
