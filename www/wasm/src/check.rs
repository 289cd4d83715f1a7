//! Whether a module with its glue is what its flavour says. Compiler and linker succeed without a
//! word when a flag is missing, and threads then share nothing; here it is a failure with one line.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wasmparser::{MemoryType, Parser, Payload, TypeRef};

/// The only module that may be imported from: wasm-bindgen's glue.
const GLUE: &str = "./freerun_bg.js";
/// What wasm-bindgen makes of the linker's symbols for threads: each thread's stack and its end.
const OF_THREADS: [&str; 2] = ["__stack_alloc", "__wbindgen_thread_destroy"];

/// How simulations run in a module: on threads that share its memory, or one at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flavour {
    Threads,
    Single,
}

impl Flavour {
    pub fn named(name: &str) -> Result<Flavour> {
        match name {
            "threads" => Ok(Flavour::Threads),
            "single" => Ok(Flavour::Single),
            _ => bail!("flavour `{name}`: allowed are `threads` and `single`"),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Flavour::Threads => "threads",
            Flavour::Single => "single",
        }
    }
}

/// What a module says about itself to those who instantiate it.
#[derive(Default)]
struct Face {
    imports: Vec<(String, String)>,
    imported_memories: Vec<MemoryType>,
    own_memories: Vec<MemoryType>,
    exports: Vec<String>,
}

/// Fails with one line unless the module in the file is one of this flavour.
pub fn file(flavour: Flavour, path: &Path) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    module(flavour, &bytes).with_context(|| format!("{} is no `{}` module", path.display(), flavour.name()))
}

fn module(flavour: Flavour, bytes: &[u8]) -> Result<()> {
    let face = face(bytes)?;
    only_glue_is_imported(&face)?;
    match flavour {
        Flavour::Threads => fit_for_threads(&face),
        Flavour::Single => nothing_shared(&face),
    }
}

fn face(bytes: &[u8]) -> Result<Face> {
    let mut face = Face::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    face.imports.push((import.module.to_owned(), import.name.to_owned()));
                    if let TypeRef::Memory(memory) = import.ty {
                        face.imported_memories.push(memory);
                    }
                }
            }
            Payload::MemorySection(memories) => {
                face.own_memories = memories.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    face.exports.push(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(face)
}

fn only_glue_is_imported(face: &Face) -> Result<()> {
    match face.imports.iter().find(|(module, _)| module != GLUE) {
        Some((module, name)) => bail!("it imports `{name}` from `{module}`; only `{GLUE}` is expected"),
        None => Ok(()),
    }
}

fn fit_for_threads(face: &Face) -> Result<()> {
    if let Some(memory) = face.own_memories.first() {
        let shared = if memory.shared { "shared" } else { "not shared" };
        bail!("its memory is its own ({shared}), not imported; is the link argument --import-memory there?");
    }
    match face.imported_memories[..] {
        [] => bail!("it has no memory"),
        [memory] if !memory.shared => {
            bail!("the memory it imports is not shared; is the link argument --shared-memory there?")
        }
        [_] => {}
        _ => bail!("it imports {} memories; one is expected", face.imported_memories.len()),
    }
    match OF_THREADS.iter().find(|name| !face.exports.iter().any(|export| export == *name)) {
        Some(name) => bail!("it does not export `{name}`, so its threads would have no stack of their own"),
        None => Ok(()),
    }
}

fn nothing_shared(face: &Face) -> Result<()> {
    if face.imported_memories.iter().chain(&face.own_memories).any(|memory| memory.shared) {
        bail!("its memory is shared, which needs a page isolated from other origins");
    }
    if !face.imported_memories.is_empty() {
        bail!("it imports its memory; a memory of its own is expected");
    }
    if face.own_memories.is_empty() {
        bail!("it has no memory");
    }
    Ok(())
}
