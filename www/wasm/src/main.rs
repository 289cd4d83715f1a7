//! The build tool of the page: puts JavaScript glue around a compiled module, and checks that the
//! module is what its flavour says. It must not know how the module was compiled; `www/build.mjs` does.

mod check;
mod glue;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use check::Flavour;

const USAGE: &str = "usage: freerun-wasm glue threads|single MODULE.wasm FOLDER
       freerun-wasm check threads|single MODULE_bg.wasm";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match *words {
        ["glue", flavour, module, folder] => {
            let flavour = Flavour::named(flavour)?;
            let glued = glue::around(flavour, Path::new(module), Path::new(folder))?;
            check::file(flavour, &glued)
        }
        ["check", flavour, module] => check::file(Flavour::named(flavour)?, Path::new(module)),
        _ => bail!(USAGE),
    }
}
