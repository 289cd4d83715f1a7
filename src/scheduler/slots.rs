//! The slots of a session: which are idle, what runs where since when. Nothing of this outlives the
//! session; the journal only knows capacities and attempts.

use crate::ids::{Attempt, SlotId, Tick};
use std::collections::{BTreeSet, VecDeque};

/// One unit of capacity.
#[derive(Debug, Clone, Default)]
struct Slot {
    /// What runs on it.
    running: Option<Attempt>,
    /// When that began.
    started: Tick,
    /// Handed to it too, in the order in which it will run them. Apart from `running`, because most
    /// groups are of one and need no list.
    queue: VecDeque<Attempt>,
    /// Attempts given up that it has not yet reported as ended: it is stuck while there are any.
    given_up: Vec<Attempt>,
}

/// All slots.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    capacity: u32,
    /// Idle slots below the capacity, the next to be used last.
    idle: Vec<SlotId>,
    busy: u32,
    stuck: BTreeSet<SlotId>,
}

impl Slots {
    /// How many slots there are; those that ran away are not counted.
    pub fn usable(&self) -> u32 {
        let stuck = self.stuck.iter().filter(|slot| slot.0 < self.capacity).count();
        self.capacity - stuck as u32
    }

    /// The number of slots last announced.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    pub fn idle(&self) -> u32 {
        self.idle.len() as u32
    }

    /// Slots on which something runs that has not been given up.
    pub fn busy(&self) -> u32 {
        self.busy
    }

    /// There are now `capacity` slots.
    pub fn resize(&mut self, capacity: u32) {
        self.capacity = capacity;
        if self.slots.len() < capacity as usize {
            self.slots.resize_with(capacity as usize, Slot::default);
        }
        self.idle = (0..capacity).rev().map(SlotId).filter(|slot| self.is_idle(*slot)).collect();
    }

    fn is_idle(&self, slot: SlotId) -> bool {
        let entry = &self.slots[slot.index()];
        entry.running.is_none() && entry.given_up.is_empty()
    }

    /// Takes an idle slot and hands it `group`, which must not be empty.
    pub fn launch(&mut self, group: &[Attempt], now: Tick) -> Option<SlotId> {
        let slot = self.idle.pop()?;
        let entry = &mut self.slots[slot.index()];
        entry.running = group.first().copied();
        entry.queue.extend(group.iter().skip(1));
        entry.started = now;
        self.busy += 1;
        Some(slot)
    }

    /// The slot that `attempt` is to run on next: when it began at the latest.
    pub fn started(&mut self, slot: SlotId, attempt: Attempt, now: Tick) -> bool {
        let entry = &mut self.slots[slot.index()];
        let first = entry.running == Some(attempt);
        if first {
            entry.started = now;
        }
        first
    }

    /// Takes `attempt` off its slot; gives when it began and which attempt runs there next.
    pub fn end(&mut self, slot: SlotId, attempt: Attempt, now: Tick) -> (Tick, Option<Attempt>) {
        let entry = &mut self.slots[slot.index()];
        if entry.running != Some(attempt) {
            // It never began: a group's later attempt was cancelled.
            entry.queue.retain(|&other| other != attempt);
            return (now, None);
        }
        let started = entry.started;
        let next = entry.queue.pop_front();
        (entry.running, entry.started) = (next, now);
        if next.is_none() {
            self.busy -= 1;
            self.free(slot);
        }
        (started, next)
    }

    /// Gives up everything on `slot`, which does not stop though told to: it is no capacity until it
    /// has reported the end of each. Gives the attempts, the running one first, and its start.
    pub fn give_up(&mut self, slot: SlotId) -> (Vec<Attempt>, Tick) {
        let entry = &mut self.slots[slot.index()];
        let group: Vec<Attempt> = entry.running.take().into_iter().chain(entry.queue.drain(..)).collect();
        entry.given_up.extend(&group);
        if !group.is_empty() {
            self.busy -= 1;
            self.stuck.insert(slot);
        }
        (group, entry.started)
    }

    /// Takes the late end of an attempt that was given up; whether it was one.
    pub fn came_back(&mut self, attempt: Attempt) -> bool {
        let of = |slot: &&SlotId| self.slots[slot.index()].given_up.contains(&attempt);
        let Some(slot) = self.stuck.iter().find(of).copied() else { return false };
        let given_up = &mut self.slots[slot.index()].given_up;
        given_up.retain(|&other| other != attempt);
        if given_up.is_empty() {
            self.stuck.remove(&slot);
            self.free(slot);
        }
        true
    }

    fn free(&mut self, slot: SlotId) {
        if slot.0 < self.capacity && self.is_idle(slot) {
            self.idle.push(slot);
        }
    }

    /// Everything that runs, slot by slot.
    pub fn running(&self) -> impl Iterator<Item = (SlotId, Attempt)> + '_ {
        let slots = self.slots.iter().enumerate();
        slots.flat_map(|(index, slot)| {
            slot.running.iter().chain(&slot.queue).map(move |&attempt| (SlotId(index as u32), attempt))
        })
    }
}
