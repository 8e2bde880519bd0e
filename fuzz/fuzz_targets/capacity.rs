//! A capacity is read exactly or refused in one line.
#![no_main]

use deno_sandbox::{Capacity, Error};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Capacity>() {
        Ok(capacity) => {
            assert!((300_000_000..=20_000_000_000).contains(&capacity.bytes()));
            assert_eq!(capacity.to_string().parse(), Ok(capacity));
            assert_eq!(Capacity::from_bytes(capacity.bytes()), Ok(capacity));
        }
        Err(invalid) => deno_sandbox_fuzz::check_error(&Error::from(invalid)),
    }
});
