//! The guide against the program: its example is a sound study file, and it names every key.

use crate::tidy::source::root;
use freerun::model::BuiltIn;
use freerun::spec::{Files, Format, Source, read};
use std::fs;

fn page(name: &str) -> String {
    let path = root().join("www/docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        let cases = "age_from,Cases\n0,5452\n2,9266\n15,2884\n";
        (path == "cases.csv").then(|| cases.to_owned()).ok_or_else(|| "no such file".to_owned())
    }
}

#[test]
fn the_example_is_a_sound_study_file() {
    let text = page("study-file.md");
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let source = Source { file: "study-file.md", text: example, format: Format::Toml };
    let problems = read(&source, &Disk, &BuiltIn).err().unwrap_or_default();
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The names between quotes in a Rust file, but for those with a dollar sign.
fn quoted(code: &str) -> Vec<&str> {
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|name| !name.contains('$')).collect()
}

#[test]
fn every_key_of_a_study_file_is_in_the_guide() {
    let keys = fs::read_to_string(root().join("src/spec/read/keys.rs")).unwrap();
    let guide = page("study-file.md") + &page("likelihoods.md");
    let names = quoted(&keys);
    assert!(names.len() > 60, "the keys are somewhere else now");
    let missing: Vec<_> = names
        .into_iter()
        .filter(|name| !guide.contains(&format!("`{name}")) && !guide.contains(&format!(".{name}`")))
        .collect();
    assert!(missing.is_empty(), "the guide does not mention {missing:?}");
}

#[test]
fn every_calibrated_parameter_is_counted() {
    use freerun::spec::Catalogue;
    let inputs = BuiltIn.card("typhoid").unwrap().inputs;
    let calibrated = inputs.iter().filter(|input| input.calibrated).count();
    assert!(page("typhoid.md").contains("Nineteen more") && calibrated == 24, "{calibrated} parameters");
}
