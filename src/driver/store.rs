//! The contract of a store: append-only journals, one for each study, each with one writer fenced
//! by a lease with an epoch.

use crate::ids::{Epoch, Seq};
use crate::scheduler::Record;

/// Who writes a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Tells two writers apart; never used again.
    pub id: String,
    /// For people: machine and process.
    pub about: String,
}

/// A study in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyRow {
    /// Its name.
    pub name: String,
    /// Its last record.
    pub last: Seq,
    /// Who writes it now, if anybody.
    pub held_by: Option<String>,
}

/// Why a store did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No study of that name.
    #[error("there is no study `{0}`")]
    NotFound(String),
    /// Somebody else writes the study.
    #[error("study `{study}` is being run by {by}")]
    Held {
        /// The study.
        study: String,
        /// Who.
        by: String,
    },
    /// The lease is no longer ours: a newer epoch exists. Nothing was written.
    #[error("another program has taken the study over")]
    Fenced,
    /// The journal does not end where the caller thinks. Nothing was written.
    #[error("the journal ends at record {}, not at {}", .found.0, .expected.0)]
    Conflict {
        /// Where the caller thinks it ends.
        expected: Seq,
        /// Where it ends.
        found: Seq,
    },
    /// It may work later; nothing was written, or all of it was.
    #[error("{0}")]
    Busy(String),
    /// It will not work.
    #[error("{0}")]
    Broken(String),
}

/// Keeps the journals of studies. An append is all or nothing, durable when it returns, and refused
/// unless the writer's epoch is the newest and the journal ends where the writer thinks.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// All studies, by name.
    ///
    /// # Errors
    /// [`StoreError::Busy`] or [`StoreError::Broken`], as for every call.
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError>;

    /// Makes `holder` the writer of `study` (created, empty, if there is none) for `ttl_us`
    /// microseconds, under the next epoch.
    ///
    /// # Errors
    /// [`StoreError::Held`] while another holder's lease lasts.
    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError>;

    /// Prolongs the lease.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a newer epoch exists.
    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError>;

    /// Ends the lease at once. Quietly does nothing if a newer epoch exists.
    ///
    /// # Errors
    /// As for every call.
    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError>;

    /// Adds `records` after the record `after`; gives the new last position.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] or [`StoreError::Conflict`]; then nothing was written.
    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError>;

    /// Up to `limit` records after `after`, in order.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Broken`] for a record that cannot be read.
    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// Removes the study and its journal.
    ///
    /// # Errors
    /// [`StoreError::Held`] while somebody writes it; [`StoreError::NotFound`].
    async fn delete(&mut self, study: &str) -> Result<(), StoreError>;
}
