use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{apt, once};
use crate::run;

/// Chromium without a screen, of the machine's own Debian with all it needs. Its version is the one there
/// is: Debian keeps none but the newest, for its repairs.
#[derive(Debug)]
pub(crate) struct Chromium(PathBuf);

impl Chromium {
    pub(crate) fn ensure() -> Result<Self> {
        let folder = once("chromium", |folder| {
            apt::unpack_whole(&["chromium-headless-shell"], None, folder)?;
            let fetched = Self(folder.to_owned());
            let mut version = Command::new(fetched.program());
            version.env("LD_LIBRARY_PATH", fetched.libraries());
            run::capture(version.arg("--version"))?;
            Ok(())
        })?;
        Ok(Self(folder))
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.0.join("usr/lib/chromium/chromium-headless-shell")
    }

    /// Where its libraries are, as the dynamic linker takes it.
    pub(crate) fn libraries(&self) -> OsString {
        let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
        let folders = ["usr/lib", "lib"]
            .map(|place| self.0.join(place))
            .into_iter()
            // PulseAudio's common library has a folder of its own.
            .flat_map(|place| {
                [
                    place.join(&triple),
                    place.join(&triple).join("pulseaudio"),
                    place,
                ]
            });
        // None of them holds a colon.
        std::env::join_paths(folders).unwrap_or_default()
    }
}
