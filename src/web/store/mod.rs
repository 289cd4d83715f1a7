//! Where journals are kept: in the browser's IndexedDB, in a store that the caller brings, or in
//! memory. All keep the promises of [`crate::driver::Store`].

mod caller;
#[cfg(feature = "checks")]
mod caller_checks;
mod indexed_db;
mod locks;
mod nudge;

use crate::driver::{Holder, MemoryStore, Store, StoreError, StudyRow};
use crate::ids::{Epoch, Seq};
use crate::scheduler::Record;
use crate::spec::Durability;
pub use caller::{CallerStore, StoreObject};
pub use indexed_db::{IndexedDb, ListedStudy, indexed_db_exists};
pub use locks::Locks;
pub use nudge::Nudges;

/// Where a browser keeps its studies.
pub const DATABASE: &str = "freerun";

/// This browser's store.
pub fn browser() -> IndexedDb {
    IndexedDb::new(DATABASE, Locks::of_this_worker())
}

/// Any of the stores.
pub enum AnyStore {
    /// In this browser.
    IndexedDb(Box<IndexedDb>),
    /// In memory: gone with the module.
    Memory(MemoryStore),
    /// The caller's.
    Caller(CallerStore),
}

/// Calls the same method of whichever store it is.
macro_rules! forward {
    ($self:ident, $call:ident($($argument:expr),*)) => {
        match $self {
            AnyStore::IndexedDb(store) => store.$call($($argument),*).await,
            AnyStore::Memory(store) => store.$call($($argument),*).await,
            AnyStore::Caller(store) => store.$call($($argument),*).await,
        }
    };
}

impl AnyStore {
    /// This browser's store.
    pub fn of_this_browser() -> AnyStore {
        AnyStore::IndexedDb(Box::new(browser()))
    }

    /// What appends wait for from now on, where the store has a choice.
    pub fn set_durability(&mut self, durability: Durability) {
        match self {
            AnyStore::IndexedDb(store) => store.set_durability(durability),
            AnyStore::Memory(_) | AnyStore::Caller(_) => {}
        }
    }
}

impl Store for AnyStore {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        forward!(self, studies())
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        forward!(self, claim(study, holder, ttl_us))
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        forward!(self, renew(study, epoch, ttl_us))
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        forward!(self, release(study, epoch))
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        forward!(self, append(study, epoch, after, records))
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        forward!(self, read(study, after, limit))
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        forward!(self, delete(study))
    }
}
