//! `check`: every mistake of a study file.

use super::failure::Failure;
use super::{out, study_file, text};
use clap::Args;
use freerun::spec::{Mode, Study};
use std::path::PathBuf;

/// Check a study file and its data; nothing is run or written
#[derive(Args)]
#[command(after_help = "Example:\n  freerun check studies/typhoid-sindh.toml")]
pub struct CheckArgs {
    /// The study file, TOML or JSON
    study: PathBuf,
}

/// Reads the study file and says what is in it.
pub fn run(args: &CheckArgs) -> Result<(), Failure> {
    let study = study_file::read(&args.study)?.freeze(0);
    out::line(describe(&study));
    Ok(())
}

/// The study in one line.
pub fn describe(study: &Study) -> String {
    let mode = match study.mode {
        Mode::Parallel { .. } => "parallel".to_owned(),
        Mode::Batched { batch_size } => format!("batched by {batch_size}"),
        Mode::Windowed { lag } => format!("windowed with lag {lag}"),
    };
    format!(
        "study `{}`: model {}, {}, {}, {} of {}, {mode}",
        study.name,
        study.model.model,
        text::count(study.space().len() as u64, "parameter"),
        text::count(study.targets.len() as u64, "target"),
        text::count(u64::from(study.budget.trials), "trial"),
        text::count(u64::from(study.replicates), "replicate"),
    )
}
