//! Which names and links of a sandbox may be made on this machine.

/// Whether a name the sandbox gave names something in its folder, and nothing else. On Windows names
/// have rules of their own.
pub fn is_plain_name(name: &str, windows: bool) -> bool {
    let forbidden: &[char] = if windows {
        &['/', '\0', '\\', ':']
    } else {
        &['/', '\0']
    };
    !matches!(name, "" | "." | "..") && !name.contains(forbidden)
}

/// Whether a link stays in the tree, `depth` folders below whose root it is.
///
/// Going up is fine first, since the folders above a link are real ones. Going up after having gone
/// down is not: what was gone down may be a link itself, and lead elsewhere than its place says.
pub fn link_stays_inside(depth: usize, target: &str, windows: bool) -> bool {
    let mut up = 0;
    let mut down = false;
    for segment in target.split('/') {
        match segment {
            "." => {}
            // Also in the middle, where it is harmless, and at the start, where it means absolute.
            "" => {}
            ".." if down => return false,
            ".." => up += 1,
            _ => down = true,
        }
    }
    !target.starts_with('/') && !target.is_empty() && up <= depth && is_portable(target, windows)
}

fn is_portable(target: &str, windows: bool) -> bool {
    !target.as_bytes().contains(&0) && (!windows || !target.contains(['\\', ':']))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_could_lead_elsewhere_are_no_names() {
        for name in ["", ".", "..", "/", "a/b", "../x", "/etc", "a\0"] {
            assert!(!is_plain_name(name, false), "{name:?}");
        }
        for name in ["a", "...", ".hidden", "ü b", "-rf", "a\nb"] {
            assert!(is_plain_name(name, false), "{name:?}");
        }
    }

    #[test]
    fn links_that_leave_are_told_from_those_that_stay() {
        for (depth, target) in [
            (0, "a"),
            (1, "../a"),
            (2, "../../a/b"),
            (0, "./a"),
            (1, ".."),
        ] {
            assert!(link_stays_inside(depth, target, false), "{depth} {target}");
        }
        for (depth, target) in [
            (0, ".."),
            (1, "../../a"),
            (0, "/a"),
            (5, "/"),
            (3, "a/../b"),
            (0, ""),
            (0, "a/.."),
        ] {
            assert!(!link_stays_inside(depth, target, false), "{depth} {target}");
        }
    }

    proptest! {
        /// However links lead to links, following them never goes above the root.
        #[test]
        fn links_that_are_allowed_never_lead_outside_together(
            links in prop::collection::btree_map("[ab](/[ab]){0,2}", "(\\.\\./){0,3}(\\./)?[ab](/([ab]|\\.\\.)){0,3}", 1..6),
            start in "[ab](/[ab]){0,3}",
        ) {
            // A link is made only where no other link is on the way: folders are real ones.
            let links: BTreeMap<Vec<&str>, &str> = links
                .iter()
                .map(|(path, target)| (path.split('/').collect::<Vec<_>>(), target.as_str()))
                .filter(|(path, target)| link_stays_inside(path.len() - 1, target, false))
                .collect();
            let links: BTreeMap<_, _> = links
                .iter()
                .filter(|(path, _)| !(1..path.len()).any(|n| links.contains_key(&path[..n])))
                .collect();
            let mut place: Vec<&str> = Vec::new();
            let mut way: Vec<&str> = start.split('/').rev().collect();
            for _ in 0..200 {
                match way.pop() {
                    None => break,
                    Some(".") => {}
                    Some("..") => prop_assert!(place.pop().is_some(), "above the root"),
                    Some(name) => {
                        place.push(name);
                        if let Some(target) = links.get(&place) {
                            place.pop();
                            way.extend(target.split('/').rev());
                        }
                    }
                }
            }
        }
    }
}
