//! `delete`: a study and everything of it.

use super::failure::Failure;
use super::{StoreArgs, out};
use crate::store::{IfMissing, open};
use clap::Args;
use freerun::driver::{Store, ready};

/// Delete a study with all its records; not while it runs
#[derive(Args)]
#[command(after_help = "Example:\n  freerun delete typhoid --yes")]
pub struct DeleteArgs {
    /// Name of the study
    study: String,
    /// Really do it
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Deletes it.
pub fn run(args: &DeleteArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    if !args.yes {
        let message = format!("deleting `{}` cannot be undone: say so with --yes", args.study);
        return Err(Failure::bad_input(message));
    }
    ready(store.delete(&args.study))?;
    out::line(format!("deleted study `{}`", args.study));
    Ok(())
}
