//! `import`: an exported study into a store, or what the store lacks of it.

use super::failure::Failure;
use super::{StoreArgs, out};
use crate::run;
use crate::store::{IfMissing, open};
use clap::Args;
use freerun::driver::ImportError;
use freerun::journal::file::{ExportedStudy, read};
use std::io::ErrorKind;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  freerun import typhoid.jsonl
  freerun import typhoid.jsonl --name 'typhoid, from Anna'
  gunzip < typhoid.jsonl.gz | freerun import - --store sqlite:results.db

A store that has the beginning of the study gets the rest. Nothing that is in a store is changed: a
study of the same name that went on in another way is an error; --name keeps both.";

/// Add a study that `freerun export`, or a browser, wrote to a file
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct ImportArgs {
    /// The file; `-` reads standard input
    file: PathBuf,
    /// Name of the study in the store, instead of the file's
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Imports it.
pub fn run(args: &ImportArgs) -> Result<(), Failure> {
    let study = read_study(args)?;
    let mut store = open(&args.store.store, IfMissing::Create)?;
    let imported = run::import(&mut store, &study).map_err(failure)?;
    out::line(imported.to_string());
    Ok(())
}

fn read_study(args: &ImportArgs) -> Result<ExportedStudy, Failure> {
    let (text, place) = match args.file.to_str() {
        Some("-") => (std::io::read_to_string(std::io::stdin()), "standard input".to_owned()),
        _ => (std::fs::read_to_string(&args.file), args.file.display().to_string()),
    };
    let unread = |reason: &str| Failure::bad_input(format!("cannot read {place}: {reason}"));
    let text = text.map_err(|error| match error.kind() {
        ErrorKind::NotFound => unread("no such file"),
        ErrorKind::InvalidData => unread("it is no UTF-8 text"),
        _ => unread(&error.to_string()),
    })?;
    let study =
        read(&text).map_err(|error| Failure::bad_input(format!("{place} cannot be imported: {error}")))?;
    Ok(match &args.name {
        Some(name) => study.renamed(name),
        None => study,
    })
}

fn failure(error: ImportError) -> Failure {
    match error {
        ImportError::Store(error) => error.into(),
        ImportError::Other { .. } | ImportError::Differs { .. } => Failure::bad_input(format!(
            "{error}; the store is as it was. Import it under another name: --name ANOTHER"
        )),
        other => Failure::failed(other),
    }
}
