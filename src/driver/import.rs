//! An exported study into a store, the same for every store: what is missing is added, and nothing
//! is ever changed. A study can so be begun in one store, continued in another, and brought back.

use super::{Holder, Store, StoreError};
use crate::ids::{Epoch, Seq};
use crate::journal::encode;
use crate::journal::file::ExportedStudy;
use crate::scheduler::{Record, What};
use serde::Serialize;
use std::fmt;

/// Records compared or added at a time.
const GROUP: usize = 1000;

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Under which name the study is kept.
    pub name: String,
    /// Trials of the exported study.
    pub trials: u32,
    /// Its records.
    pub records: u64,
    /// How many records the store had of the study before: all of them its first, or, if there are
    /// more than `records`, the study and what has happened since.
    pub already: u64,
}

impl Imported {
    /// How many records were added.
    pub fn added(&self) -> u64 {
        self.records.saturating_sub(self.already)
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: u64, what: &str| match number {
            1 => format!("1 {what}"),
            _ => format!("{number} {what}s"),
        };
        let (trials, records) = (count(self.trials.into(), "trial"), count(self.records, "record"));
        write!(f, "study `{}`: {trials}, {records}", self.name)?;
        let more = self.already.saturating_sub(self.records);
        match (self.already, self.added()) {
            (0, _) => Ok(()),
            (_, 0) if more == 0 => f.write_str("; the store has all of it already"),
            (_, 0) => write!(f, "; the store has all of it already, and {} more", count(more, "record")),
            (had, _) => write!(f, "; the store had the first {} already", count(had, "record")),
        }
    }
}

/// Why a study was not imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The store says no; nothing was added.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store has another study of that name; nothing was added.
    #[error("the store has another study `{name}`")]
    Other {
        /// Its name.
        name: String,
    },
    /// The store has that study, and it went on in another way there; nothing was added.
    #[error(
        "study `{name}` went on in another way in the store: the first record that differs is {}",
        .at.0
    )]
    Differs {
        /// Its name.
        name: String,
        /// The first record that differs.
        at: Seq,
    },
    /// The store gave up in the middle: it has some of the records, in order.
    #[error("{reason}; some records of study `{name}` are in the store: import it again to add the others")]
    Unfinished {
        /// Its name.
        name: String,
        /// What the store said.
        reason: StoreError,
    },
}

/// Adds to the store what it lacks of `exported`, as `holder`, whose lease is prolonged by `ttl_us`
/// microseconds with every group of records. A store without that study gets all of it; one that has
/// its first records gets the others; one that has them all gets nothing.
///
/// # Errors
/// See [`ImportError`]; [`StoreError::Held`] while somebody runs the study.
pub async fn import(
    store: &mut impl Store,
    holder: &Holder,
    ttl_us: u64,
    exported: &ExportedStudy,
) -> Result<Imported, ImportError> {
    let name = &exported.name;
    let epoch = store.claim(name, holder, ttl_us).await?;
    let had = had(store, exported).await;
    let result = match &had {
        Ok(had) => append(store, epoch, ttl_us, exported, *had).await,
        Err(_) => Ok(()),
    };
    // A lease that cannot be ended now ends by itself.
    let _ = store.release(name, epoch).await;
    let had = had?;
    match result {
        Ok(()) => {
            let (trials, records) = (trials(&exported.records), exported.records.len() as u64);
            Ok(Imported { name: name.clone(), trials, records, already: had })
        }
        Err(reason) => Err(given_up(store, name, had, reason).await),
    }
}

fn trials(records: &[Record]) -> u32 {
    let begins = |record: &&Record| matches!(record.what, What::Asked { .. } | What::Imported { .. });
    u32::try_from(records.iter().filter(begins).count()).unwrap_or(u32::MAX)
}

/// How many records of the study the store has, all of which must be those of `exported` as far as
/// both go.
async fn had(store: &mut impl Store, exported: &ExportedStudy) -> Result<u64, ImportError> {
    let mut had = 0;
    loop {
        let stored = store.read(&exported.name, Seq(had as u64), GROUP).await?;
        let ours = exported.records.get(had..).unwrap_or_default();
        // Text equality is bit equality here, and equal for NaN.
        let differs = |(theirs, ours): (&Record, &Record)| encode(theirs) != encode(ours);
        if let Some(position) = stored.iter().zip(ours).position(differs) {
            let (name, at) = (exported.name.clone(), Seq((had + position) as u64 + 1));
            return Err(if at == Seq(1) {
                ImportError::Other { name }
            } else {
                ImportError::Differs { name, at }
            });
        }
        had += stored.len();
        if stored.is_empty() {
            return Ok(had as u64);
        }
    }
}

async fn append(
    store: &mut impl Store,
    epoch: Epoch,
    ttl_us: u64,
    exported: &ExportedStudy,
    had: u64,
) -> Result<(), StoreError> {
    let missing = exported.records.get(had as usize..).unwrap_or_default();
    let mut last = Seq(had);
    for group in missing.chunks(GROUP) {
        store.renew(&exported.name, epoch, ttl_us).await?;
        last = store.append(&exported.name, epoch, last, group).await?;
    }
    Ok(())
}

/// A new study that is not whole is taken out of the store again, unless it has another writer by now.
async fn given_up(store: &mut impl Store, name: &str, had: u64, reason: StoreError) -> ImportError {
    let ours = had == 0 && reason != StoreError::Fenced;
    if ours && store.delete(name).await.is_ok() {
        return reason.into();
    }
    ImportError::Unfinished { name: name.to_owned(), reason }
}
