//! `export`: a whole study into a file, which is there whole or not at all.

use super::failure::Failure;
use super::{StoreArgs, out, text};
use crate::store::{AnyStore, IfMissing, open};
use clap::Args;
use freerun::driver::{export_parts, ready};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  freerun export typhoid --output typhoid.jsonl
  freerun export typhoid --store sqlite:results.db | gzip > typhoid.jsonl.gz

A study that runs is exported as far as it is durable.";

/// Write a whole study to a file, to keep it or to go on with it elsewhere
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// Name of the study
    study: String,
    /// The file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Exports it.
pub fn run(args: &ExportArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    match &args.output {
        None => {
            let mut output = io::stdout().lock();
            write(&mut store, &args.study, &mut output, "standard output").map(|_| ())
        }
        Some(path) => {
            let records = to_file(&mut store, args, path)?;
            let records = text::count(records, "record");
            out::line(format!("study `{}`: {records} in {}", args.study, path.display()));
            Ok(())
        }
    }
}

fn write(store: &mut AnyStore, study: &str, output: &mut impl Write, place: &str) -> Result<u64, Failure> {
    let failed = |error: io::Error| Failure::failed(format!("cannot write {place}: {error}"));
    let part = |part: String| output.write_all(part.as_bytes()).map_err(failed);
    let records = ready(export_parts(store, study, part))?;
    output.flush().map_err(failed)?;
    Ok(records)
}

/// Writes a file beside the one that is wanted and gives it its name when it is whole and on the
/// disk.
fn to_file(store: &mut AnyStore, args: &ExportArgs, path: &Path) -> Result<u64, Failure> {
    let place = path.display().to_string();
    if !args.force && path.exists() {
        return Err(Failure::bad_input(format!("there is a file {place}: replace it with --force")));
    }
    let beside = beside(path).ok_or_else(|| Failure::bad_input(format!("`{place}` names no file")))?;
    let failed = |error: io::Error| Failure::failed(format!("cannot write {place}: {error}"));
    let mut file = File::create_new(&beside).map_err(failed)?;
    let written = write(store, &args.study, &mut file, &place).and_then(|records| {
        file.sync_all().and_then(|()| fs::rename(&beside, path)).map_err(failed)?;
        Ok(records)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A name in the same folder, so that renaming it is one step.
fn beside(path: &Path) -> Option<PathBuf> {
    let mut name = OsString::from(".");
    name.push(path.file_name()?);
    name.push(format!(".{}.part", std::process::id()));
    Some(path.with_file_name(name))
}
