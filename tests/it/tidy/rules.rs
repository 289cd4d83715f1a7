//! The rules: each takes a file and gives its problems.

use super::source::{File, code_lines, has_word, members};

/// From left to right; modules of one rank may import each other.
const RANKS: &[&[&str]] = &[
    &["ids", "rng", "math"],
    &["spec"],
    &["model"],
    &["evaluate"],
    &["sampler"],
    &["scheduler"],
    &["journal"],
    &["view"],
    &["driver"],
    &["web"],
];

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|modules| modules.contains(&module))
}

fn code(file: &File) -> String {
    code_lines(&file.text).into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

pub fn imports_to_the_right(file: &File) -> Vec<String> {
    let inside = file.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if inside == "lib" {
        return Vec::new();
    }
    let depth = inside.split('/').count();
    let here = inside.split('/').next().unwrap_or(inside);
    let Some(own) = rank(here) else { return vec![format!("`{here}` has no place in the order of modules")] };
    let code = code(file);
    let mut named = members(&code, "crate::");
    named.extend(members(&code, &"super::".repeat(depth)));
    let wrong = named.iter().filter(|module| rank(module).is_some_and(|other| other > own));
    wrong.map(|module| format!("`{here}` must not import `{module}`, which stands to its right")).collect()
}

fn mentions(file: &File, forbidden: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let lines = code_lines(&file.text).into_iter();
    lines.filter_map(|(number, line)| Some(format!("line {number} has {}", forbidden(line)?))).collect()
}

fn word_of(line: &str, words: &[&str]) -> Option<String> {
    words.iter().find(|word| has_word(line, word)).map(|word| format!("`{word}`"))
}

fn std_members(file: &File, forbidden: &[&str]) -> Vec<String> {
    let code = code(file);
    let named = members(&code, "std::").into_iter().chain(members(&code, "core::"));
    named
        .filter(|name| forbidden.contains(&name.as_str()))
        .map(|name| format!("it uses `std::{name}`"))
        .collect()
}

pub fn platform_words(file: &File) -> Vec<String> {
    let words = ["HashMap", "HashSet", "RandomState", "println!", "eprintln!", "print!", "eprint!", "dbg!"];
    let mut problems = mentions(file, |line| word_of(line, &words));
    problems.extend(std_members(file, &["time", "thread", "fs", "net", "process", "env", "io"]));
    problems
}

pub fn concurrency_words(file: &File) -> Vec<String> {
    let mut problems =
        mentions(file, |line| word_of(line, &["async", "await", "Mutex", "RwLock", "thread_local!"]));
    problems.extend(std_members(file, &["sync", "future", "task"]));
    problems
}

pub fn transcendental_calls(file: &File) -> Vec<String> {
    let names = [
        "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "powf", "powi", "sin", "cos", "tan",
        "asin", "acos", "atan", "atan2", "sin_cos", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
        "cbrt", "hypot", "mul_add", "gamma", "ln_gamma",
    ];
    mentions(file, |line| {
        let called =
            |name: &&&str| line.contains(&format!(".{name}(")) || has_word(line, &format!("f64::{name}"));
        names.iter().find(called).map(|name| format!("std's `{name}`: use crate::math"))
    })
}

pub fn native_words(file: &File) -> Vec<String> {
    let words = ["rusqlite", "postgres", "tokio", "axum", "clap", "indicatif", "miette", "wasmtime"];
    mentions(file, |line| word_of(line, &words))
}

pub fn web_words(file: &File) -> Vec<String> {
    mentions(file, |line| word_of(line, &["wasm_bindgen", "js_sys", "web_sys", "indexed_db_futures"]))
}

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;

pub fn long_file(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    vec![format!("it has {lines} lines; at most {FILE_LINES_MAX} are allowed")]
}

/// Functions of Rust files, by rustfmt's indentation.
pub fn long_functions(file: &File) -> Vec<String> {
    if !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let lines: Vec<&str> = file.text.lines().collect();
    let mut problems = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
        let close = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let length = lines[start..].iter().position(|line| *line == close).map_or(1, |last| last + 1);
        if length > FUNCTION_LINES_MAX && !line.trim_end().ends_with('}') {
            let first = start + 1;
            problems.push(format!(
                "the function at line {first} has {length} lines; at most {FUNCTION_LINES_MAX} are allowed"
            ));
        }
    }
    problems
}

fn begins_function(line: &str) -> bool {
    let signature = line.trim_start();
    let comment = signature.starts_with("//");
    let name = signature.split('(').next().unwrap_or("");
    // The type `fn(…)` has no name.
    !comment && has_word(name, "fn") && !name.ends_with("fn") && !signature.ends_with(';')
}

pub fn no_module_comment(file: &File) -> Vec<String> {
    match file.text.lines().find(|line| !line.trim().is_empty()) {
        Some(line) if line.starts_with("//!") => Vec::new(),
        _ => vec!["it does not begin with `//!` and what it is for".to_owned()],
    }
}

pub fn unfinished(file: &File) -> Vec<String> {
    // Put together here, so that this file may be looked at too.
    let marks =
        [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["unimplem", "ented!"], ["to", "do!"], ["#[ign", "ore"]];
    let marks = marks.map(|halves| halves.concat());
    let lines = (1..).zip(file.text.lines());
    let found = lines.filter_map(|(number, line): (usize, &str)| {
        let mark = marks.iter().find(|mark| has_word(line, mark))?;
        Some(format!("line {number} has `{mark}`"))
    });
    found.collect()
}

/// Relative links whose file, as `exists` tells of a path from the root, is not there.
pub fn dead_links(file: &File, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let links = file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let paths = links.map(|link| link.split(['#', '?', ' ']).next().unwrap_or(link));
    let relative = paths.filter(|path| !path.is_empty() && !path.contains(':'));
    relative
        .filter(|path| !exists(format!("{folder}/{path}").trim_start_matches('/')))
        .map(|path| format!("its link to `{path}` leads nowhere"))
        .collect()
}

/// What the root of the repository may show, from the names in it.
pub fn strangers_at_the_top(names: &[String]) -> Vec<String> {
    let shown = ["Cargo.toml", "Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];
    let folders = ["src", "native", "www", "tests", "studies", "target"];
    let allowed = |name: &&String| {
        name.starts_with('.') || shown.contains(&name.as_str()) || folders.contains(&name.as_str())
    };
    names
        .iter()
        .filter(|name| !allowed(name))
        .map(|name| format!("`{name}` is not of the top level"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[track_caller]
    fn fails(rule: impl Fn(&File) -> Vec<String>, path: &str, text: &str) {
        assert_eq!(rule(&file(path, text)).len(), 1, "{:?}", rule(&file(path, text)));
    }

    #[track_caller]
    fn passes(rule: impl Fn(&File) -> Vec<String>, path: &str, text: &str) {
        assert_eq!(rule(&file(path, text)), [] as [String; 0]);
    }

    #[test]
    fn imports_go_to_the_left_only() {
        fails(imports_to_the_right, "src/sampler/tpe.rs", "use crate::scheduler::Record;");
        fails(imports_to_the_right, "src/math/mod.rs", "fn f() { crate::spec::g() }");
        fails(imports_to_the_right, "src/rng.rs", "use crate::{ids::TrialId, view::Best};");
        fails(imports_to_the_right, "src/model/seir.rs", "use super::super::evaluate::Loss;");
        fails(imports_to_the_right, "src/model/mod.rs", "use super::evaluate::Loss;");
        fails(imports_to_the_right, "src/helpers.rs", "");
        passes(imports_to_the_right, "src/sampler/tpe.rs", "use crate::rng::Stream;\nuse super::scheduler;");
        passes(imports_to_the_right, "src/rng.rs", "use crate::ids::TrialId;\n/// See [`crate::driver`].");
        passes(imports_to_the_right, "src/rng.rs", "#[cfg(test)]\nmod tests {\n    use crate::driver::X;\n}");
    }

    #[test]
    fn the_platform_stays_outside() {
        fails(platform_words, "src/a.rs", "use std::time::Duration;");
        fails(platform_words, "src/a.rs", "use std::{fmt, fs};");
        fails(platform_words, "src/a.rs", "let x: HashMap<u8, u8>;");
        fails(platform_words, "src/a.rs", "println!(\"x\");");
        passes(platform_words, "src/a.rs", "use std::fmt; // like println!\n");
        fails(concurrency_words, "src/a.rs", "use std::sync::Arc;");
        fails(concurrency_words, "src/a.rs", "pub async fn f() {}");
        passes(concurrency_words, "src/a.rs", "use std::collections::BTreeMap;");
        fails(native_words, "src/a.rs", "use rusqlite::Connection;");
        passes(native_words, "src/a.rs", "let clapper = 1;");
        fails(web_words, "native/src/a.rs", "use web_sys::Window;");
        passes(web_words, "native/src/a.rs", "let websys = 1;");
    }

    #[test]
    fn transcendental_functions_come_from_math() {
        fails(transcendental_calls, "src/a.rs", "let y = x.exp();");
        fails(transcendental_calls, "src/a.rs", "let y = xs.map(f64::ln);");
        passes(transcendental_calls, "src/a.rs", "let y = math::exp(x).sqrt();");
    }

    #[test]
    fn lengths_are_limited() {
        fails(long_file, "a.rs", &"x\n".repeat(FILE_LINES_MAX + 1));
        passes(long_file, "a.rs", &"x\n".repeat(FILE_LINES_MAX));
        let function =
            |lines| format!("impl A {{\n    pub fn f(\n{}    }}\n}}\n", "        x;\n".repeat(lines - 2));
        fails(long_functions, "a.rs", &function(FUNCTION_LINES_MAX + 1));
        passes(long_functions, "a.rs", &function(FUNCTION_LINES_MAX));
    }

    #[test]
    fn a_module_begins_with_its_purpose() {
        fails(no_module_comment, "a.rs", "use a;\n//! late");
        passes(no_module_comment, "a.rs", "//! What it is for.\n");
    }

    #[test]
    fn the_top_level_is_closed() {
        let names = |names: &[&str]| {
            strangers_at_the_top(&names.iter().map(|name| (*name).into()).collect::<Vec<_>>())
        };
        assert_eq!(names(&["src", "scripts"]), ["`scripts` is not of the top level"]);
        assert_eq!(names(&["src", ".ci", "README.md"]), [] as [String; 0]);
    }

    #[test]
    fn unfinished_work_is_seen() {
        fails(unfinished, "a.rs", &["// TO", "DO: more"].concat());
        fails(unfinished, "a.rs", &["unimplem", "ented!()"].concat());
        passes(unfinished, "a.sh", "mktemp /tmp/XXXXXX");
    }

    #[test]
    fn dead_links_are_seen() {
        let exists = |path: &str| path == "www/docs/modes.md";
        let links = |text: &str| dead_links(&file("www/docs/index.md", text), exists);
        assert_eq!(links("[a](other.md)").len(), 1);
        assert_eq!(links("[a](modes.md#windowed) [b](https://x.org/y) [c](#here)"), [] as [String; 0]);
    }
}
