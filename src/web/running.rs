//! What each slot of a run was handed and has not reported as ended, and which of it should have
//! ended by now. It knows neither engines nor the scheduler.

use crate::ids::{Attempt, SlotId};
use std::collections::VecDeque;

/// How often the loop looks around before an attempt that was told to stop counts as stuck.
const GRACE_LOOKS: u32 = 20;

/// What runs where.
#[derive(Default)]
pub struct Running {
    slots: Vec<VecDeque<Attempt>>,
    /// Attempts told to stop, with the number of looks since.
    told: Vec<(u32, Attempt)>,
}

impl Running {
    /// So many slots, all idle.
    pub fn on(slots: u32) -> Running {
        Running { slots: (0..slots).map(|_| VecDeque::new()).collect(), told: Vec::new() }
    }

    /// The slot was handed these.
    pub fn launch(&mut self, slot: SlotId, group: impl Iterator<Item = Attempt>) {
        if let Some(running) = self.slots.get_mut(slot.index()) {
            running.extend(group);
        }
    }

    /// The attempt has ended.
    pub fn end(&mut self, attempt: Attempt) {
        self.told.retain(|(_, other)| *other != attempt);
        for running in &mut self.slots {
            running.retain(|other| *other != attempt);
        }
    }

    /// The attempt is told to stop: gives its slot, if it runs.
    pub fn stop(&mut self, attempt: Attempt) -> Option<SlotId> {
        let slot = self.slots.iter().position(|running| running.contains(&attempt))?;
        if !self.told.iter().any(|(_, other)| *other == attempt) {
            self.told.push((0, attempt));
        }
        Some(SlotId(slot as u32))
    }

    /// The loop looks around: gives what is stuck. Looks are counted instead of time, so that a host
    /// which slept has everybody begin afresh.
    pub fn stuck(&mut self) -> Vec<Attempt> {
        for (looks, _) in &mut self.told {
            *looks += 1;
        }
        let stuck = self.told.iter().filter(|(looks, _)| *looks > GRACE_LOOKS);
        stuck.map(|&(_, attempt)| attempt).collect()
    }

    /// Takes everything off the slot, in the order in which it was to run.
    pub fn take(&mut self, slot: SlotId) -> Vec<Attempt> {
        let running = self.slots.get_mut(slot.index()).map(std::mem::take).unwrap_or_default();
        self.told.retain(|(_, attempt)| !running.contains(attempt));
        running.into()
    }

    /// Everything that runs.
    pub fn all(&self) -> Vec<Attempt> {
        self.slots.iter().flatten().copied().collect()
    }

    /// Whether nothing runs.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(VecDeque::is_empty)
    }
}
