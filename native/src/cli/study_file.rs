//! Reads a study file and the data files beside it.

use super::failure::Failure;
use freerun::model::BuiltIn;
use freerun::spec::{self, Draft, Files, Format, Source};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Files relative to the folder of the study file.
struct Beside {
    folder: PathBuf,
}

impl Files for Beside {
    fn read(&self, path: &str) -> Result<String, String> {
        read_text(&self.folder.join(path))
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::InvalidData => "the file is no UTF-8 text".to_owned(),
        _ => error.to_string(),
    })
}

/// The study in the file at `path`: JSON if its name ends so, TOML otherwise.
///
/// # Errors
/// Every mistake in it.
pub fn read(path: &Path) -> Result<Draft, Failure> {
    let file = path.display().to_string();
    let text = read_text(path)
        .map_err(|reason| Failure::bad_input(format!("cannot read the study file {file}: {reason}")))?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let format = if is_json { Format::Json } else { Format::Toml };
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let source = Source { file: &file, text: &text, format };
    spec::read(&source, &Beside { folder }, &BuiltIn).map_err(|problems| {
        let mut lines = vec![match problems.len() {
            1 => format!("{file} has a mistake"),
            count => format!("{file} has {count} mistakes"),
        }];
        lines.extend(problems.iter().map(|problem| format!("  {problem}")));
        Failure::bad_input(lines.join("\n"))
    })
}
