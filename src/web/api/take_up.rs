//! Taking a study up from JavaScript: which one, whose it is meanwhile, and what goes on from its records.
//! It runs nothing and asks nothing.

use super::study::StudySource;
use super::{Code, Failure};
use crate::driver::{Beginning, Claimed, Holder, Store, StoreError};
use crate::model::BuiltIn;
use crate::scheduler::{Amendment, Scheduler};
use crate::spec::{Draft, Study};
use crate::web::store::AnyStore;
use crate::web::writer::LEASE_US;
use serde::Deserialize;

/// Which study.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// A study file.
    Source(StudySource),
    /// A study in the store, as it is.
    Stored(String),
}

/// Whether a study of that name is in the store.
#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// It goes on if it is there.
    #[default]
    May,
    /// It must be new.
    MustNot,
}

/// Claims the study for somebody who is `about` to people. Its draft comes with it unless it is taken
/// up as it is in the store.
///
/// # Errors
/// Every mistake in a study file; a study that somebody else writes, or that is not there.
pub async fn claim(
    mut store: AnyStore,
    choice: Choice,
    about: &str,
) -> Result<(Claimed<AnyStore>, Option<Draft>), Failure> {
    let (draft, name) = match choice {
        Choice::Source(source) => {
            let draft = source.read()?;
            let name = draft.name().to_owned();
            (Some(draft), name)
        }
        Choice::Stored(name) => {
            // A claim alone would make it.
            if store.studies().await?.iter().all(|row| row.name != name) {
                return Err(StoreError::NotFound(name).into());
            }
            (None, name)
        }
    };
    Ok((Claimed::new(store, &name, holder(about)?, LEASE_US).await?, draft))
}

/// What the draft says, with the seed of the study in the store or a fresh one.
///
/// # Errors
/// When there is one in the store that must not be there.
pub fn settled(claimed: &Claimed<AnyStore>, draft: Draft, stored: Stored) -> Result<Study, Failure> {
    let seed = match claimed.opened() {
        Some(_) if stored == Stored::MustNot => {
            let message = format!(
                "there is a study `{}` already: go on with it, give this one another name, or delete the old one first",
                claimed.name
            );
            return Err(Failure::new(Code::Differs, message));
        }
        Some(study) => study.seed,
        None => fresh_seed()?,
    };
    Ok(draft.freeze(seed))
}

/// What goes on from the records: with `study`, or as they are. An amendment comes with it where the
/// study changes what may be changed.
///
/// # Errors
/// When the records are of another study, or of another program.
pub fn scheduler(
    claimed: &Claimed<AnyStore>,
    study: Option<&Study>,
    beginning: &Beginning,
) -> Result<(Scheduler, Option<Amendment>), Failure> {
    Ok(match study {
        Some(study) => claimed.scheduler(study, &BuiltIn, beginning)?,
        None => (claimed.scheduler_as_is(&BuiltIn, beginning)?, None),
    })
}

/// A holder unlike any other.
pub fn holder(about: &str) -> Result<Holder, Failure> {
    Ok(Holder { id: format!("web {:016x}{:016x}", fresh_seed()?, fresh_seed()?), about: about.to_owned() })
}

/// A seed for a study that has none; it is written down in the study's first record.
fn fresh_seed() -> Result<u64, Failure> {
    getrandom::u64()
        .map_err(|error| Failure::new(Code::Broken, format!("the host has no randomness: {error}")))
}
