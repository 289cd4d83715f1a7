//! The source tree itself under test: who imports whom, what the pure part must not mention, and how
//! long a file may be. Each rule is a function of a file's text, with a test that shows it can fail.

mod rules;
pub mod source;

use source::{File, files};

const CODE: &[&str] = &["rs", "js", "mjs", "ts", "css", "html", "sh", "py"];

/// Runs `rule` on every file and reports all problems at once.
#[track_caller]
fn check(files: Vec<File>, rule: impl Fn(&File) -> Vec<String>) {
    assert!(!files.is_empty(), "the rule looked at no file");
    let problems: Vec<String> = files
        .iter()
        .flat_map(|file| rule(file).into_iter().map(|problem| format!("{}: {problem}", file.path)))
        .collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn core_files() -> Vec<File> {
    let mut core = source::without_test_files(files(&["src"], &["rs"]));
    core.retain(|file| !file.path.starts_with("src/web"));
    core
}

#[test]
fn nothing_imports_to_its_right() {
    let core = source::without_test_files(files(&["src"], &["rs"]));
    check(core, rules::imports_to_the_right);
}

#[test]
fn the_core_reads_no_clock_and_does_no_output() {
    check(core_files(), rules::platform_words);
}

#[test]
fn below_the_driver_nothing_is_shared_or_asynchronous() {
    let mut core = core_files();
    core.retain(|file| !file.path.starts_with("src/driver"));
    check(core, rules::concurrency_words);
}

#[test]
fn the_core_calls_no_transcendental_function_of_std() {
    check(core_files(), rules::transcendental_calls);
}

#[test]
fn only_native_mentions_its_libraries() {
    check(source::without_test_files(files(&["src"], &["rs"])), rules::native_words);
}

#[test]
fn only_web_mentions_its_libraries() {
    let mut others = core_files();
    others.extend(files(&["native/src"], &["rs"]));
    check(others, rules::web_words);
}

#[test]
fn files_and_functions_stay_short() {
    let all = files(&["src", "native", "tests", "www"], CODE);
    check(all, |file| [rules::long_file(file), rules::long_functions(file)].concat());
}

#[test]
fn every_module_says_what_it_is_for() {
    check(files(&["src", "native/src", "tests"], &["rs"]), rules::no_module_comment);
}

#[test]
fn nothing_is_left_to_be_done() {
    check(files(&["src", "native", "tests", "www", "studies"], CODE), rules::unfinished);
}

#[test]
fn links_in_markdown_lead_somewhere() {
    let guide = files(&["", "native", "www", "studies", "tests"], &["md"]);
    if !guide.is_empty() {
        check(guide, |file| rules::dead_links(file, |path| source::root().join(path).exists()));
    }
}

#[test]
fn the_top_level_stays_as_drawn() {
    assert_eq!(rules::strangers_at_the_top(&source::top_level()), [] as [String; 0]);
}

/// A mutant whose text is gone would be found only when all are run, which takes long.
#[test]
fn every_mutant_fits_the_code() {
    let text = std::fs::read_to_string(source::root().join("tests/mutants/mutants.toml")).expect("readable");
    let mutants: toml::Table = text.parse().expect("TOML");
    for mutant in mutants["mutant"].as_array().expect("a list") {
        let of = |key: &str| mutant[key].as_str().expect("a text");
        let code = std::fs::read_to_string(source::root().join(of("file"))).expect("the file is there");
        assert_eq!(
            code.matches(of("old")).count(),
            1,
            "`{}`: its text must be once in {}",
            of("name"),
            of("file")
        );
    }
}
