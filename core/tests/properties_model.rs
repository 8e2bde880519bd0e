//! Laws every value keeps, whatever the text.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::time::Duration;

use deno_sandbox::model::{
    Invalid, Labels, Memory, MountPath, NetPattern, Reference, Region, SandboxId, SandboxPath,
    Timeout,
};
use deno_sandbox::{Capacity, Slug, format_bytes};
use proptest::prelude::*;

/// Any text, and text close to what is accepted.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{0,12}[.]?[0-9]{0,40}[ ]?(B|kB|KB|MB|GB|KiB|MiB|GiB|gb|Gi|m|s|ms|h|min)?",
        "[a-zA-Z0-9_. -]{0,40}",
        "(/|\\.|\\.\\.|[a-c ]|\u{fc}){0,12}",
        "(https?://)?(\\*\\.)?[a-z0-9.-]{0,20}(:[0-9]{0,6})?(/[a-z]*)?",
        "\\[?[0-9a-f:.]{0,20}\\]?(:[0-9]{0,6})?",
        "sbx_[a-z]{2,4}_[0-9a-z]{19,21}",
        "(session|SESSION| session)?",
    ]
}

/// What is accepted prints as text that means the same; what is refused says so in one line, and any
/// right spelling it offers in quotes is accepted.
fn parses_back<T>(text: &str)
where
    T: FromStr<Err = Invalid> + Display + PartialEq + Debug,
{
    match text.parse::<T>() {
        Ok(value) => assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(&value)),
        Err(invalid) => {
            let message = invalid.to_string();
            assert!(!message.contains('\n') && message.len() < 1200, "{message}");
        }
    }
}

/// The spelling offered by "did you mean …?" is one that is accepted.
fn offers_what_it_accepts<T: FromStr<Err = Invalid>>(text: &str) {
    let refused = text.parse::<T>().err();
    let offered = refused
        .as_ref()
        .and_then(Invalid::hint)
        .and_then(|hint| hint.strip_prefix("did you mean \""))
        .and_then(|rest| rest.strip_suffix("\"?"));
    if let Some(offered) = offered {
        assert!(
            offered.parse::<T>().is_ok(),
            "{text:?} is offered {offered:?}, which is refused"
        );
    }
}

proptest! {
    #[test]
    fn every_text_is_read_back_or_refused_in_one_line(text in texts()) {
        parses_back::<Capacity>(&text);
        parses_back::<Memory>(&text);
        parses_back::<MountPath>(&text);
        parses_back::<NetPattern>(&text);
        parses_back::<Reference>(&text);
        parses_back::<Region>(&text);
        parses_back::<SandboxId>(&text);
        parses_back::<SandboxPath>(&text);
        parses_back::<Slug>(&text);
        parses_back::<Timeout>(&text);
    }

    #[test]
    fn an_offered_spelling_is_accepted(text in texts()) {
        offers_what_it_accepts::<MountPath>(&text);
        offers_what_it_accepts::<Region>(&text);
        offers_what_it_accepts::<Slug>(&text);
        offers_what_it_accepts::<Timeout>(&text);
    }

    #[test]
    fn every_capacity_in_range_prints_and_travels_exactly(bytes in 300_000_000u64..=20_000_000_000) {
        let capacity = Capacity::from_bytes(bytes).unwrap();
        prop_assert_eq!(capacity.to_string().parse(), Ok(capacity));
        prop_assert_eq!(serde_json::to_string(&capacity).unwrap(), bytes.to_string());
        prop_assert_eq!(serde_json::from_str::<Capacity>(&bytes.to_string()).unwrap(), capacity);
    }

    #[test]
    fn a_capacity_in_decimals_is_exact(bytes in 300_000_000u64..=20_000_000_000, zeros in 0usize..40) {
        let zeros = "0".repeat(zeros);
        for (unit, size, digits) in [("GB", 1_000_000_000, 9), ("MB", 1_000_000, 6), ("kB", 1_000, 3)] {
            let text = format!("{}.{:0digits$}{zeros}{unit}", bytes / size, bytes % size);
            prop_assert_eq!(text.parse::<Capacity>().map(Capacity::bytes), Ok(bytes));
        }
    }

    #[test]
    fn a_capacity_out_of_range_is_refused(bytes in any::<u64>()) {
        let in_range = (300_000_000..=20_000_000_000).contains(&bytes);
        prop_assert_eq!(Capacity::from_bytes(bytes).is_ok(), in_range);
        prop_assert_eq!(bytes.to_string().parse::<Capacity>().is_ok(), in_range);
    }

    #[test]
    fn every_memory_in_range_prints_and_travels(mib in 768u64..=4096) {
        let memory = Memory::from_mib(mib).unwrap();
        prop_assert_eq!(memory.to_string().parse(), Ok(memory));
        prop_assert_eq!(serde_json::to_string(&memory).unwrap(), mib.to_string());
    }

    #[test]
    fn every_whole_second_is_read_back(seconds in 1u32..) {
        let timeout = Timeout::after(Duration::from_secs(seconds.into())).unwrap();
        prop_assert_eq!(timeout.to_string().parse(), Ok(timeout));
    }

    #[test]
    fn every_well_formed_slug_is_kept_as_it_is(slug in "[a-z0-9]([a-z0-9]|-[a-z0-9]){0,15}[a-z0-9]") {
        let parsed: Slug = slug.parse().unwrap();
        prop_assert_eq!(parsed.as_str(), &slug);
        let travelled: Slug = serde_json::from_value(serde_json::json!(slug)).unwrap();
        prop_assert_eq!(travelled, parsed);
    }

    #[test]
    fn a_normalised_mount_path_has_no_empty_or_dotted_segment(text in "(/|\\.|a| |\u{fc}){1,20}") {
        if let Ok(path) = text.parse::<MountPath>() {
            let segments: Vec<&str> = path.as_str().split('/').skip(1).collect();
            prop_assert!(!segments.is_empty());
            prop_assert!(segments.iter().all(|segment| !matches!(*segment, "" | "." | "..")));
        }
    }

    #[test]
    fn labels_travel_exactly(labels in proptest::collection::btree_map(".{1,16}", ".{0,32}", 0..=5)) {
        let checked = Labels::new(labels.clone()).unwrap();
        let travelled: Labels = serde_json::from_str(&serde_json::to_string(&checked).unwrap()).unwrap();
        let seen: Vec<_> = travelled.iter().collect();
        let given: Vec<_> = labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        prop_assert_eq!(seen, given);
    }

    #[test]
    fn a_printed_byte_count_is_right_to_half_a_tenth(bytes in prop_oneof![any::<u64>(), 0u64..10_000_000_000]) {
        let text = format_bytes(bytes);
        let (number, unit) = text.split_once(' ').unwrap();
        let size: u128 = match unit {
            "B" => 1,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            "PB" => 1_000_000_000_000_000,
            "EB" => 1_000_000_000_000_000_000,
            _ => panic!("unknown unit in {text:?}"),
        };
        let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
        let whole: u128 = whole.parse().unwrap();
        let tenths = whole * 10 + tenth.parse::<u128>().unwrap();
        prop_assert!((1..1000).contains(&whole) || bytes == 0, "{}", text);
        prop_assert!((tenths * size).abs_diff(u128::from(bytes) * 10) * 2 <= size, "{}", text);
    }
}
