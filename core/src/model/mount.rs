use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid, Reference, Region, Volume};
use crate::sorted_map::SortedMap;

/// Where a volume appears inside a sandbox: an absolute, normalised path that is not `/`.
///
/// Repeated and trailing slashes and `.` segments are dropped; `..` is refused, since what it means
/// depends on links that exist only in the sandbox.
///
/// ```
/// use deno_sandbox::model::MountPath;
/// assert_eq!("/data//dataset/".parse::<MountPath>()?.as_str(), "/data/dataset");
/// assert!("data".parse::<MountPath>().is_err());
/// # Ok::<(), deno_sandbox::model::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MountPath(String);

impl MountPath {
    /// The normalised path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MountPath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |rule: &str| Invalid::new(Field::MountPath, text, rule);
        if !text.starts_with('/') {
            let error = invalid("must be absolute, starting with \"/\"");
            let fixed = format!("/{}", text.strip_prefix("./").unwrap_or(text));
            let fixed = fixed.parse::<Self>().ok();
            return Err(error.did_you_mean(fixed.as_ref().map(Self::as_str)));
        }
        if text.as_bytes().contains(&0) {
            return Err(invalid("must not contain a NUL character"));
        }
        if text.len() > 4096 {
            return Err(invalid("must have at most 4096 bytes"));
        }
        let mut normal = String::with_capacity(text.len());
        for segment in text.split('/') {
            match segment {
                "" | "." => {}
                ".." => return Err(invalid("must not contain \"..\"")),
                _ => {
                    normal.push('/');
                    normal.push_str(segment);
                }
            }
        }
        if normal.is_empty() {
            return Err(invalid("must not be \"/\"")
                .with_hint("to boot from a volume, give it as the sandbox's `root`"));
        }
        Ok(Self(normal))
    }
}

text_conversions!(MountPath);

/// The volumes of a sandbox by the path each is mounted at; no path and no volume is used twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mounts(SortedMap<MountPath, Mount>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    volume: Reference,
    /// Known only when the caller gave a record.
    region: Option<Region>,
}

impl Mounts {
    /// Mounts a volume given by slug or id.
    ///
    /// # Errors
    /// When the path is malformed or already used, or the volume is already mounted elsewhere.
    pub fn insert(&mut self, path: &str, volume: &str) -> Result<(), Invalid> {
        self.insert_in(path, volume, None)
    }

    /// Mounts a volume given as a record, whose region [`check_region`](Self::check_region) compares.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn insert_volume(&mut self, path: &str, volume: &Volume) -> Result<(), Invalid> {
        self.insert_in(path, &volume.slug, Some(&volume.region))
    }

    /// Mounts a volume that lies in `region`, where that is known.
    pub(crate) fn insert_in(
        &mut self,
        path: &str,
        volume: &str,
        region: Option<&str>,
    ) -> Result<(), Invalid> {
        let mount = Mount {
            volume: volume.parse()?,
            region: region.map(str::parse).transpose()?,
        };
        self.add(path.parse()?, mount)
    }

    /// Refuses a volume known to lie in another region than the sandbox.
    ///
    /// # Errors
    /// When a mounted record's region differs from `region`.
    pub fn check_region(&self, region: &Region) -> Result<(), Invalid> {
        for (path, mount) in self.0.iter() {
            match &mount.region {
                Some(other) if other != region => {
                    let rule = format!(
                        "must be the region of every mounted volume, and volume \"{}\" at \
                         \"{path}\" is in \"{other}\"",
                        mount.volume
                    );
                    return Err(Invalid::new(Field::Region, region.as_str(), &rule)
                        .with_hint(&format!("create the sandbox in region \"{other}\"")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The mounts in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&MountPath, &Reference)> {
        self.0.iter().map(|(path, mount)| (path, &mount.volume))
    }

    /// Whether nothing is mounted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, path: MountPath, mount: Mount) -> Result<(), Invalid> {
        if self.0.contains(&path) {
            return Err(
                Invalid::new(Field::MountPath, path.as_str(), "is given twice")
                    .with_hint("mount each volume at a path of its own"),
            );
        }
        if let Some((other, _)) = self.0.iter().find(|(_, m)| m.volume == mount.volume) {
            let rule =
                format!("is already mounted at \"{other}\", and a volume has one mount path");
            return Err(Invalid::new(Field::Reference, mount.volume.as_str(), &rule));
        }
        self.0.insert(path, mount);
        Ok(())
    }
}
