//! When nothing more will come.

use super::{Effect, Scheduler, StopReason};
use crate::spec::Budget;

/// How long all slots may be stuck before the study is given up.
pub(super) const SLOTLESS_US: u64 = 30_000_000;

impl Scheduler {
    /// Says so once when the study is over and everything is durable.
    pub(super) fn finish(&mut self) {
        let all_stuck = self.slots.capacity() > 0 && self.slots.usable() == 0;
        self.slotless_since = if all_stuck { self.slotless_since.or(Some(self.now)) } else { None };
        if self.done || self.durable < self.state.last || !self.held.is_empty() {
            return;
        }
        if let Some(reason) = self.stop_reason() {
            self.done = true;
            self.effects.push_back(Effect::Done(reason));
        }
    }

    fn stop_reason(&self) -> Option<StopReason> {
        let slotless_us = self.slotless_since.map_or(0, |since| self.now.since_us(since));
        if slotless_us >= SLOTLESS_US {
            return Some(StopReason::NoSlots);
        }
        if self.slots.busy() > 0 {
            return None;
        }
        if self.stopping {
            return Some(StopReason::Stopped);
        }
        if self.state.pending_slots > 0 || self.proposing.is_some() || self.caller_asks > 0 {
            return None;
        }
        let Budget { trials, .. } = self.state.study.budget;
        if self.state.asked >= trials {
            return Some(StopReason::TrialsDone);
        }
        self.closed.or(self.waits_for_caller.then_some(StopReason::WaitsForCaller))
    }
}
