//! Where journals are kept: in the browser's IndexedDB, in a store that the caller brings, or in
//! memory. All keep the promises of [`crate::driver::Store`].

mod caller;
#[cfg(feature = "checks")]
mod caller_checks;

pub use caller::{CallerStore, StoreObject};

use crate::driver::{Holder, MemoryStore, Store, StoreError, StudyRow};
use crate::ids::{Epoch, Seq};
use crate::scheduler::Record;

/// Any of the stores.
pub enum AnyStore {
    /// In memory: gone with the module.
    Memory(MemoryStore),
    /// The caller's.
    Caller(CallerStore),
}

impl AnyStore {
    /// The caller's store if there is one, else memory.
    pub fn of(caller: Option<StoreObject>) -> AnyStore {
        caller.map_or_else(
            || AnyStore::Memory(MemoryStore::default()),
            |object| AnyStore::Caller(CallerStore(object)),
        )
    }
}

/// Calls the same method of whichever store it is.
macro_rules! forward {
    ($self:ident, $call:ident($($argument:expr),*)) => {
        match $self {
            AnyStore::Memory(store) => store.$call($($argument),*).await,
            AnyStore::Caller(store) => store.$call($($argument),*).await,
        }
    };
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
