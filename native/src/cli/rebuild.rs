//! `rebuild`: Optuna's tables of a study, made again.

use super::failure::Failure;
use super::{StoreArgs, out};
use crate::store::{IfMissing, open};
use clap::Args;

/// Write a study's rows in Optuna's tables again from its records; not while it runs
#[derive(Args)]
#[command(after_help = "Example:\n  freerun rebuild typhoid")]
pub struct RebuildArgs {
    /// Name of the study
    study: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Writes them.
pub fn run(args: &RebuildArgs) -> Result<(), Failure> {
    open(&args.store.store, IfMissing::Refuse)?.rebuild_projection(&args.study)?;
    out::line(format!("Optuna's tables show study `{}` as its records have it", args.study));
    Ok(())
}
