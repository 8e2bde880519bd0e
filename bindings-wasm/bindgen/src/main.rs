//! Writes the JavaScript glue of the WebAssembly module: `wasm-glue MODULE FOLDER`.

use std::env::args_os;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let (module, folder) = args_os()
        .nth(1)
        .zip(args_os().nth(2))
        .context("usage: wasm-glue MODULE FOLDER")?;
    Bindgen::new()
        .input_path(module)
        .out_name("native")
        .bundler(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
}
