//! Whether a module with its glue is what its flavour says. Compiler and linker succeed without a
//! word when a flag is missing, and threads then share nothing; here it is a failure with one line.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wasmparser::{MemoryType, Parser, Payload, TypeRef};

/// Where the glue's own functions come from.
const GLUE: &str = "./freerun_bg.js";
/// How their names begin, but for the memory.
const GIVEN: [&str; 2] = ["__wbg_", "__wbindgen_"];
/// Whose JavaScript is copied beside the glue: the crates that may bring some.
const SNIPPETS: [&str; 2] = ["./snippets/freerun-", "./snippets/wasm-bindgen-rayon-"];
/// Each thread's own variables, its own stack, and its end: what wasm-bindgen makes of the linker's
/// symbols for threads.
const OF_THREADS: [&str; 3] = ["__tls_base", "__stack_alloc", "__wbindgen_thread_destroy"];

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
    match face.imports.iter().find(|(module, name)| !expected(module, name)) {
        Some((module, name)) => bail!("it imports `{name}` from `{module}`, which is not expected"),
        None => Ok(()),
    }
}

fn expected(module: &str, name: &str) -> bool {
    let begins = |text: &str, with: &[&str]| with.iter().any(|begin| text.starts_with(begin));
    match module {
        GLUE => name == "memory" || begins(name, &GIVEN),
        _ => begins(module, &SNIPPETS),
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

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &str = r#"(import "./freerun_bg.js" "memory" (memory 18 16384 shared))"#;
    const THREADED: &str = r#"
        (global (mut i32) (i32.const 0))
        (func)
        (export "__tls_base" (global 0)) (export "__stack_alloc" (global 0))
        (export "__wbindgen_thread_destroy" (func 0))"#;
    const ATOMIC: &str = "(func (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))";

    fn checked(flavour: Flavour, parts: &[&str]) -> Result<(), String> {
        let bytes = wat::parse_str(format!("(module {})", parts.concat())).expect("a module");
        module(flavour, &bytes).map_err(|error| format!("{error:#}"))
    }

    #[track_caller]
    fn refused(flavour: Flavour, parts: &[&str], why: &str) {
        let message = checked(flavour, parts).expect_err("it must be refused");
        assert!(message.contains(why), "{message}");
        assert!(!message.contains('\n'), "one line: {message}");
    }

    #[test]
    fn threads_share_an_imported_memory() {
        assert_eq!(checked(Flavour::Threads, &[SHARED, THREADED]), Ok(()));
        let given = r#"(import "./freerun_bg.js" "__wbg_now_1" (func))"#;
        assert_eq!(checked(Flavour::Threads, &[given, SHARED, THREADED]), Ok(()));
        refused(Flavour::Single, &[SHARED, THREADED], "its memory is shared");
    }

    #[test]
    fn atomics_alone_share_nothing() {
        let imported = r#"(import "./freerun_bg.js" "memory" (memory 18))"#;
        refused(Flavour::Threads, &[imported, ATOMIC, THREADED], "--shared-memory");
        refused(Flavour::Threads, &["(memory 18)", ATOMIC, THREADED], "its own (not shared)");
        refused(Flavour::Threads, &["(memory 18 16384 shared)", ATOMIC, THREADED], "its own (shared)");
    }

    #[test]
    fn threads_need_a_memory_and_stacks() {
        refused(Flavour::Threads, &[THREADED], "it has no memory");
        for name in OF_THREADS {
            let without = THREADED.replace(name, "other");
            refused(Flavour::Threads, &[SHARED, &without], &format!("does not export `{name}`"));
        }
        let second = SHARED.replace("\"memory\"", "\"__wbindgen_memory\"");
        refused(Flavour::Threads, &[SHARED, &second, THREADED], "it imports 2 memories");
    }

    #[test]
    fn a_single_thread_has_a_memory_of_its_own() {
        assert_eq!(checked(Flavour::Single, &["(memory 17)"]), Ok(()));
        refused(Flavour::Single, &["(memory 17 20 shared)"], "its memory is shared");
        refused(
            Flavour::Single,
            &[r#"(import "./freerun_bg.js" "memory" (memory 1))"#],
            "imports its memory",
        );
        refused(Flavour::Single, &["(func)"], "it has no memory");
    }

    #[test]
    fn functions_come_from_the_glue_and_its_snippets() {
        let own = r#"(import "./snippets/freerun-0af1/src/web/host.js" "guarded" (func))"#;
        assert_eq!(checked(Flavour::Single, &[own, "(memory 17)"]), Ok(()));
        for (import, name) in [
            (r#"(import "env" "now" (func))"#, "`now` from `env`"),
            (r#"(import "wasi_snapshot_preview1" "fd_write" (func))"#, "`fd_write`"),
            (r#"(import "./freerun_bg.js" "surprise" (func))"#, "`surprise`"),
            (r#"(import "./snippets/other-0af1/a.js" "f" (func))"#, "`./snippets/other-0af1/a.js`"),
            (r#"(import "__wbindgen_placeholder__" "__wbindgen_describe" (func))"#, "`__wbindgen_describe`"),
        ] {
            refused(Flavour::Single, &[import, "(memory 17)"], name);
            refused(Flavour::Threads, &[import, SHARED, THREADED], name);
        }
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(module(Flavour::Single, b"<!doctype html>").is_err());
        assert!(module(Flavour::Single, b"").is_err());
    }
}
