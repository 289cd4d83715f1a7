//! `audit`: derives a study again from its records.

use super::failure::Failure;
use super::{StoreArgs, out};
use crate::store::{IfMissing, open};
use clap::Args;
use freerun::driver::{Store, ready};
use freerun::ids::Seq;
use freerun::scheduler::{Audit, audit};

/// Derive every proposal and every loss of a study again and compare them bit for bit
#[derive(Args)]
#[command(after_help = "Example:\n  freerun audit typhoid")]
pub struct AuditArgs {
    /// Name of the study
    study: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Audits it; anything but a clean result is a failure.
pub fn run(args: &AuditArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    let records = ready(store.read(&args.study, Seq(0), usize::MAX))?;
    match audit(&records) {
        Audit::Clean { trials, asks, losses } => {
            out::line(format!(
                "clean: {trials} trials; {asks} proposals and {losses} losses derived again from {} records, bit for bit",
                records.len()
            ));
            Ok(())
        }
        Audit::Diverged { trial, seq, difference } => {
            Err(Failure::failed(format!("diverged at trial {trial}, record {}: {difference}", seq.0)))
        }
        Audit::NotRederivable { made_by, this_is } => Err(Failure::failed(format!(
            "not re-derivable: the records were made by {made_by}, this is {this_is}"
        ))),
        Audit::Corrupt(corrupt) => Err(Failure::failed(corrupt)),
    }
}
