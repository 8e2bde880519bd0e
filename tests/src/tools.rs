//! The programs and packages `cargo xtask test` fetches and points the tests at.

use std::env;
use std::path::PathBuf;

/// The pinned Node.js.
///
/// Tests that call one of these functions live in a module named `with_node`, `with_deno` or
/// `with_python`, which `cargo xtask test` leaves out, and says so, where the tool cannot be had.
///
/// # Panics
/// When `cargo xtask test` does not run the test.
pub fn node() -> PathBuf {
    given("DENO_SANDBOX_TEST_NODE")
}

/// The pinned Deno.
///
/// # Panics
/// As [`node`].
pub fn deno() -> PathBuf {
    given("DENO_SANDBOX_TEST_DENO")
}

/// A folder `node_modules` that holds the published `@deno/sandbox`.
///
/// # Panics
/// As [`node`].
pub fn node_modules() -> PathBuf {
    given("DENO_SANDBOX_TEST_NODE_MODULES")
}

/// A Python that has the published `deno-sandbox`.
///
/// # Panics
/// As [`node`].
pub fn python() -> PathBuf {
    given("DENO_SANDBOX_TEST_PYTHON")
}

fn given(name: &str) -> PathBuf {
    let path = env::var_os(name);
    path.unwrap_or_else(|| panic!("{name} is not set; run `cargo xtask test`"))
        .into()
}
