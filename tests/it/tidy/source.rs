//! Reads the source tree and takes apart what rules need: code without tests and comments, and the
//! modules that a path names.

use std::fs;
use std::path::{Path, PathBuf};

/// One file: its path from the root of the repository, with `/`, and its text.
pub struct File {
    pub path: String,
    pub text: String,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files with one of the extensions in the folders, with their subfolders (but for the root, "",
/// which is looked at alone), in order. Folders that are not there yet have no files.
pub fn files(folders: &[&str], extensions: &[&str]) -> Vec<File> {
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root().join(folder), !folder.is_empty(), &mut paths);
    }
    paths.sort();
    let wanted =
        |path: &&PathBuf| path.extension().is_some_and(|found| extensions.iter().any(|ext| found == *ext));
    paths.iter().filter(wanted).map(|path| read(path)).collect()
}

fn read(path: &Path) -> File {
    let relative = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{relative}: {error}"));
    File { path: relative, text }
}

fn collect(folder: &Path, deep: bool, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let made =
            name.starts_with('.') || ["target", "node_modules", "dist", "generated"].contains(&name.as_str());
        if path.is_dir() && deep && !made {
            collect(&path, deep, paths);
        } else if path.is_file() {
            paths.push(path);
        }
    }
}

/// Names in the root of the repository, but for databases that the user's studies leave there.
pub fn top_level() -> Vec<String> {
    let entries =
        fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.filter(|name| !name.contains(".db")).collect();
    names.sort();
    names
}

/// Leaves out the files of modules declared `#[cfg(test)] mod name;`.
pub fn without_test_files(files: Vec<File>) -> Vec<File> {
    let tests: Vec<String> = files.iter().flat_map(test_modules).collect();
    let is_test = |file: &File| {
        tests
            .iter()
            .any(|module| file.path == format!("{module}.rs") || file.path.starts_with(&format!("{module}/")))
    };
    files.into_iter().filter(|file| !is_test(file)).collect()
}

/// Paths, without extension, of the test modules that `file` declares.
pub fn test_modules(file: &File) -> Vec<String> {
    let folder = match file.path.strip_suffix("/mod.rs").or_else(|| file.path.strip_suffix("/lib.rs")) {
        Some(folder) => folder,
        None => file.path.trim_end_matches(".rs"),
    };
    let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
    let declared = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").filter_map(|pair| {
        let name = pair[1].strip_suffix(';')?.rsplit_once("mod ")?.1;
        Some(format!("{folder}/{name}"))
    });
    declared.collect()
}

/// The lines of code, numbered from 1: no comments, and nothing of `#[cfg(test)]` items. It relies
/// on rustfmt's indentation.
pub fn code_lines(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut test_indent = None;
    for (number, line) in (1..).zip(text.lines()) {
        let indent = line.len() - line.trim_start().len();
        let code = line.split(" // ").next().unwrap_or(line);
        if let Some(since) = test_indent {
            let closes = indent == since && (line.ends_with('}') || line.ends_with(';'));
            if closes {
                test_indent = None;
            }
        } else if line.trim() == "#[cfg(test)]" {
            test_indent = Some(indent);
        } else if !line.trim_start().starts_with("//") {
            lines.push((number, code));
        }
    }
    lines
}

/// The names that follow `path` (which ends with `::`), one by one or in braces.
pub fn members(code: &str, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(path) {
        let standalone = !code[..at].ends_with(|c: char| is_name(c) || c == ':');
        if !standalone {
            continue;
        }
        let rest = &code[at + path.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_members(group)),
            None => names.extend(first_name(rest)),
        }
    }
    names
}

fn group_members(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut item = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                names.extend(first_name(group[item..at].trim_start()));
                item = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|&c| is_name(c)).collect();
    (!name.is_empty()).then_some(name)
}

pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `word` stands in `line` on its own.
pub fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_name) && !line[at + word.len()..].starts_with(is_name))
}

#[test]
fn code_is_what_is_neither_comment_nor_test() {
    let text =
        "//! doc\nuse a; // why\n#[cfg(test)]\nmod tests {\n    use b;\n}\n#[cfg(test)]\nmod t;\nfn c() {}\n";
    assert_eq!(code_lines(text), [(2, "use a;"), (9, "fn c() {}")]);
    assert_eq!(code_lines("#[cfg(test)]\nfn a() {}\nfn b() {}\n"), [(3, "fn b() {}")]);
}

#[test]
fn members_are_found_alone_and_in_braces() {
    let code = "use crate::ids::{A, B};\nuse crate::{\n    rng::Stream, math,\n    spec::{self, Point},\n};\nmy_crate::other::f();";
    assert_eq!(members(code, "crate::"), ["ids", "rng", "math", "spec"]);
}

#[test]
fn test_modules_are_found_from_their_declaration() {
    let text = "mod a;\n#[cfg(test)]\nmod testing;\n#[cfg(test)]\npub mod oracle;\n".to_owned();
    let file = File { path: "src/view/mod.rs".into(), text };
    assert_eq!(test_modules(&file), ["src/view/testing", "src/view/oracle"]);
}

#[test]
fn a_word_stands_on_its_own() {
    assert!(has_word("a HashMap<u8>", "HashMap"));
    assert!(!has_word("a MyHashMaps", "HashMap"));
}
