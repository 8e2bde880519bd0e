//! Names of new things.

use deno_sandbox::model::{Region, SandboxId};
use rand::RngExt as _;

/// A new id of a volume: `vol_ord_` and 20 characters.
pub(crate) fn volume(region: &Region) -> String {
    format!("vol_{region}_{}", unique())
}

/// A new id of a snapshot: `snp_ord_` and 20 characters.
pub(crate) fn snapshot(region: &Region) -> String {
    format!("snp_{region}_{}", unique())
}

/// A new id of a sandbox, or nothing when the region cannot stand in one (it needs three letters).
pub(crate) fn sandbox(region: &Region) -> Option<SandboxId> {
    format!("sbx_{region}_{}", unique()).parse().ok()
}

/// A new id to find one exchange by: 32 hexadecimal digits.
pub(crate) fn trace() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

/// 100 bits, which no two things share by chance.
fn unique() -> String {
    let alphabet = SandboxId::ALPHABET.as_bytes();
    let mut rng = rand::rng();
    (0..20)
        .map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_id_is_one_the_sdk_accepts() {
        let id = sandbox(&Region::ord()).unwrap();
        assert_eq!(id.region(), Region::ord());
        assert_eq!(sandbox(&"europe-west".parse().unwrap()), None);
    }

    #[test]
    fn ids_differ() {
        assert_ne!(volume(&Region::ord()), volume(&Region::ord()));
        assert_eq!(trace().len(), 32);
    }
}
