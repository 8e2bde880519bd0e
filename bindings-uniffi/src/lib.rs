//! Exports for Swift and Kotlin.

uniffi::setup_scaffolding!("deno_sandbox");
