//! A store in memory: for tests, short-lived studies and the edge. It keeps records as the lines
//! that a file would hold, so that what is read back went through the same encoding.

use super::{Holder, Store, StoreError, StudyRow};
use crate::ids::{Epoch, Seq};
use crate::journal;
use crate::scheduler::Record;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
struct Kept {
    lines: Vec<String>,
    epoch: Epoch,
    holder: Option<Holder>,
    lease_until_us: u64,
}

/// Journals in memory. It has no clock of its own: leases end when [`MemoryStore::advance`] says so.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    studies: BTreeMap<String, Kept>,
    now_us: u64,
}

impl MemoryStore {
    /// Lets `us` microseconds pass.
    pub fn advance(&mut self, us: u64) {
        self.now_us = self.now_us.saturating_add(us);
    }

    fn writer(&mut self, study: &str, epoch: Epoch) -> Result<&mut Kept, StoreError> {
        let kept = self.studies.get_mut(study).ok_or_else(|| StoreError::NotFound(study.to_owned()))?;
        if kept.epoch == epoch { Ok(kept) } else { Err(StoreError::Fenced) }
    }
}

impl Kept {
    fn held_by(&self, now_us: u64) -> Option<&Holder> {
        self.holder.as_ref().filter(|_| self.lease_until_us > now_us)
    }
}

impl Store for MemoryStore {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        let row = |(name, kept): (&String, &Kept)| StudyRow {
            name: name.clone(),
            last: Seq(kept.lines.len() as u64),
            held_by: kept.held_by(self.now_us).map(|holder| holder.about.clone()),
        };
        Ok(self.studies.iter().map(row).collect())
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        let now_us = self.now_us;
        let kept = self.studies.entry(study.to_owned()).or_default();
        if let Some(other) = kept.held_by(now_us).filter(|other| other.id != holder.id) {
            return Err(StoreError::Held { study: study.to_owned(), by: other.about.clone() });
        }
        kept.epoch = Epoch(kept.epoch.0 + 1);
        kept.holder = Some(holder.clone());
        kept.lease_until_us = now_us.saturating_add(ttl_us);
        Ok(kept.epoch)
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        let until = self.now_us.saturating_add(ttl_us);
        self.writer(study, epoch)?.lease_until_us = until;
        Ok(())
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        match self.writer(study, epoch) {
            Ok(kept) => kept.holder = None,
            Err(StoreError::Fenced) => {}
            Err(other) => return Err(other),
        }
        Ok(())
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        let kept = self.writer(study, epoch)?;
        let found = Seq(kept.lines.len() as u64);
        if found != after {
            return Err(StoreError::Conflict { expected: after, found });
        }
        kept.lines.extend(records.iter().map(journal::encode));
        Ok(Seq(kept.lines.len() as u64))
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let kept = self.studies.get(study).ok_or_else(|| StoreError::NotFound(study.to_owned()))?;
        let numbered = (1u64..).zip(&kept.lines).skip(after.0 as usize).take(limit);
        let decoded = numbered.map(|(position, line)| journal::decode(position, line));
        decoded.collect::<Result<_, _>>().map_err(|corrupt| StoreError::Broken(corrupt.to_string()))
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        let kept = self.studies.get(study).ok_or_else(|| StoreError::NotFound(study.to_owned()))?;
        if let Some(holder) = kept.held_by(self.now_us) {
            return Err(StoreError::Held { study: study.to_owned(), by: holder.about.clone() });
        }
        self.studies.remove(study);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance::{Bench, check_store};
    use super::super::ready;
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// Two connections to one memory are two handles on one cell.
    #[derive(Clone, Default)]
    struct Shared(Rc<RefCell<MemoryStore>>);

    macro_rules! forward {
        ($self:ident, $call:ident($($argument:expr),*)) => {{
            let mut store = $self.0.borrow_mut();
            ready(store.$call($($argument),*))
        }};
    }

    impl Store for Shared {
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

    impl Bench for Shared {
        type Store = Shared;

        fn connect(&mut self) -> Shared {
            self.clone()
        }

        fn let_leases_end(&mut self, ttl_us: u64) {
            self.0.borrow_mut().advance(ttl_us + 1);
        }
    }

    #[test]
    fn the_memory_store_keeps_the_contract() {
        ready(check_store(&mut Shared::default()));
    }
}
