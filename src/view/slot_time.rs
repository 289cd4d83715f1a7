//! How much slot time a study had and how much of it ran replicates. Run time is continuous over
//! sessions, so that the pauses between them count for nothing.

use crate::ids::{Attempt, SlotId, Tick};
use crate::scheduler::{LostReason, Outcome, Record, What};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub(super) struct SlotTime {
    capacity: u32,
    upto: Tick,
    available_us: u64,
    busy_us: u64,
    running: BTreeMap<SlotId, Running>,
}

/// What a slot is doing: the first of `group` since `since`.
#[derive(Debug, Clone)]
struct Running {
    since: Tick,
    group: Vec<Attempt>,
}

impl SlotTime {
    pub(super) fn observe(&mut self, record: &Record) {
        self.available_us = self.available_us(record.at);
        match &record.what {
            What::Session { .. } => self.session(),
            What::Slots { capacity } => self.capacity = *capacity,
            What::Launched { slot, attempts } => {
                self.running.insert(*slot, Running { since: record.at, group: attempts.clone() });
            }
            What::Ended { attempt, slot, run_us, outcome, .. } => {
                self.ended(record.at, *attempt, *slot);
                // What a dead program was running was added up when the next session began.
                if *outcome != Outcome::Lost(LostReason::ProgramEnded) {
                    self.busy_us = self.busy_us.saturating_add(*run_us);
                }
            }
            _ => {}
        }
        self.upto = self.upto.max(record.at);
    }

    pub(super) fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Slots times time, up to `now`; as all sums here it saturates, because a journal may be damaged.
    pub(super) fn available_us(&self, now: Tick) -> u64 {
        let since_us = u64::from(self.capacity).saturating_mul(now.since_us(self.upto));
        self.available_us.saturating_add(since_us)
    }

    /// Time that slots ran replicates, up to `now`; of those under way, as far as the journal tells.
    pub(super) fn busy_us(&self, now: Tick) -> u64 {
        let running = self.running.values().map(|running| now.since_us(running.since));
        running.fold(self.busy_us, u64::saturating_add)
    }

    /// Nothing runs on from the session before; it ran until that session's last record. The new one
    /// has no slots until it tells of them.
    fn session(&mut self) {
        self.busy_us = self.busy_us(self.upto);
        self.running.clear();
        self.capacity = 0;
    }

    fn ended(&mut self, at: Tick, attempt: Attempt, slot: SlotId) {
        let Some(running) = self.running.get_mut(&slot) else { return };
        running.group.retain(|other| *other != attempt);
        running.since = at;
        if running.group.is_empty() {
            self.running.remove(&slot);
        }
    }
}
