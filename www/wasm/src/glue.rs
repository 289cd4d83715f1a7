//! The JavaScript around a module, by wasm-bindgen, for ES modules in a browser, Node, Deno and
//! workerd alike. It must not know what the module exports.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::check::Flavour;

/// The name of the glue's files.
const NAME: &str = "freerun";

/// Writes the glue and the module into `folder`, which is emptied first, and gives the path of the
/// module there.
pub fn around(flavour: Flavour, module: &Path, folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Bindgen::new()
        .input_path(module)
        .out_name(NAME)
        .web(true)?
        .typescript(true)
        // A trap leaves an instance unusable. Where a file cannot be loaded twice, this makes another.
        .reset_state_function(flavour == Flavour::Single)
        .generate(folder)
        .with_context(|| format!("no glue for {}", module.display()))?;
    let manifest = folder.join("package.json");
    fs::write(&manifest, package(flavour)).with_context(|| format!("cannot write {}", manifest.display()))?;
    Ok(folder.join(format!("{NAME}_bg.wasm")))
}

/// The threads' helper imports its own package as a folder, and has side effects that bundlers must
/// keep.
fn package(flavour: Flavour) -> String {
    format!(
        r#"{{
  "name": "freerun-{}",
  "type": "module",
  "main": "{NAME}.js",
  "types": "{NAME}.d.ts",
  "sideEffects": ["./snippets/*"]
}}
"#,
        flavour.name()
    )
}
