//! Writes the Swift and Kotlin code over the core: `generate --language swift --out-dir DIR LIBRARY`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
