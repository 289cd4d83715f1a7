//! The virtual platform: slots, store and sampler as entries of one agenda.

use super::Faults;
use super::faults::Fate;
use super::heap::Agenda;
use super::workload::Workload;
use crate::driver::{Asker, Platform};
use crate::ids::{Attempt, Seq, SlotId, Tick};
use crate::model::{ModelFailure, ReplicateRequest};
use crate::rng::{Purpose, Stream};
use crate::scheduler::{Command, Effect, Event, LostReason, Outcome, Record, Rejected};
use std::collections::VecDeque;

/// What a virtual world is like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct World {
    /// Decides everything that chance decides, except the study's own draws.
    pub seed: u64,
    /// Capacity from a time on; the first entry should be at tick 0.
    pub slots: Vec<(Tick, u32)>,
    /// How long a proposal takes.
    pub ask_us: u64,
    /// Longest time of a commit; each takes a uniform share of it.
    pub commit_us_max: u64,
    /// From the end of a cancelled attempt's patience to its report.
    pub stop_us: u64,
    /// What the user says, and when.
    pub commands: Vec<(Tick, Command)>,
    /// When the program is killed.
    pub crash_at: Option<Tick>,
    /// What goes wrong.
    pub faults: Faults,
}

enum Happening {
    AttemptEnds { slot: SlotId, turn: u64 },
    Tell(Box<Event>),
    Committed { upto: usize },
    CommitFailed { upto: usize },
    Crash,
}

struct Planned {
    attempt: Attempt,
    outcome: Outcome,
    run_us: u64,
    fate: Fate,
}

#[derive(Default)]
struct VirtualSlot {
    running: Option<Planned>,
    /// The rest of its group.
    queue: VecDeque<Planned>,
    began: Tick,
    /// Tells the present end from one that a cancel has replaced.
    turn: u64,
}

/// A [`Platform`] under a virtual clock.
pub struct VirtualClock<W> {
    world: World,
    workload: W,
    asker: Asker,
    now: Tick,
    agenda: Agenda<Happening>,
    at_once: VecDeque<Event>,
    slots: Vec<VirtualSlot>,
    records: Vec<Record>,
    durable: usize,
    committing: bool,
    commits: u32,
    crashed: bool,
    rejected: u64,
}

impl<W: Workload> VirtualClock<W> {
    /// A world that goes on from `kept`, the durable records of the study so far, at `now`.
    pub fn new(world: World, workload: W, asker: Asker, kept: Vec<Record>, now: Tick) -> VirtualClock<W> {
        let mut agenda = Agenda::new();
        for &(at, capacity) in &world.slots {
            agenda.put(at.max(now), Happening::Tell(Box::new(Event::Slots(capacity))));
        }
        for (at, command) in &world.commands {
            agenda.put(*at, Happening::Tell(Box::new(Event::Command(command.clone()))));
        }
        if let Some(at) = world.crash_at {
            agenda.put(at, Happening::Crash);
        }
        VirtualClock {
            world,
            workload,
            asker,
            now,
            agenda,
            at_once: VecDeque::new(),
            slots: Vec::new(),
            durable: kept.len(),
            records: kept,
            committing: false,
            commits: 0,
            crashed: false,
            rejected: 0,
        }
    }

    /// Whether the world was killed, rather than stalled.
    pub fn crashed(&self) -> bool {
        self.crashed
    }

    /// How many events the scheduler refused.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Virtual time.
    pub fn now(&self) -> Tick {
        self.now
    }

    /// The records that a crash now would leave.
    pub fn durable(&self) -> &[Record] {
        &self.records[..self.durable]
    }

    /// The records that survived, for the next session.
    pub fn into_durable(mut self) -> Vec<Record> {
        self.records.truncate(self.durable);
        self.records
    }

    fn commit_if_due(&mut self) {
        if self.committing || self.durable == self.records.len() {
            return;
        }
        let upto = self.records.len();
        self.commits += 1;
        if self.world.commit_us_max == 0 {
            self.durable = upto;
            self.at_once.push_back(Event::Durable { upto: Seq(upto as u64) });
            return;
        }
        self.committing = true;
        let mut stream = Stream::new(self.world.seed, Purpose::World, self.commits, 0);
        let delay_us = (stream.unit() * self.world.commit_us_max as f64) as u64;
        if stream.unit() < self.world.faults.commit_fails {
            self.agenda.put(self.now.plus_us(delay_us), Happening::CommitFailed { upto });
        } else {
            self.agenda.put(self.now.plus_us(delay_us), Happening::Committed { upto });
        }
    }

    fn happen(&mut self, what: Happening) -> Option<Event> {
        match what {
            Happening::Tell(event) => Some(*event),
            Happening::Committed { upto } => {
                self.committing = false;
                self.durable = upto;
                Some(Event::Durable { upto: Seq(upto as u64) })
            }
            Happening::CommitFailed { upto } => {
                let later = self.now.plus_us(10 * self.world.commit_us_max);
                self.agenda.put(later, Happening::Committed { upto });
                Some(Event::StoreFailed("the store is away".to_owned()))
            }
            Happening::AttemptEnds { slot, turn } => self.end(slot, turn),
            Happening::Crash => {
                self.crashed = true;
                None
            }
        }
    }

    fn end(&mut self, slot: SlotId, turn: u64) -> Option<Event> {
        let entry = &mut self.slots[slot.index()];
        if entry.turn != turn {
            return None;
        }
        let planned = std::mem::replace(&mut entry.running, entry.queue.pop_front())?;
        let run_us = self.now.since_us(entry.began);
        let event = Event::Ended { attempt: planned.attempt, outcome: planned.outcome, run_us };
        if planned.fate.repeated {
            self.agenda.put(self.now.plus_us(run_us / 2 + 1), Happening::Tell(Box::new(event.clone())));
        }
        self.begin(slot);
        Some(event)
    }

    /// Begins what is to run on the slot, if there is something.
    fn begin(&mut self, slot: SlotId) {
        let entry = &mut self.slots[slot.index()];
        entry.turn += 1;
        entry.began = self.now;
        let Some(first) = &entry.running else { return };
        if !first.fate.endless {
            let turn = entry.turn;
            self.agenda.put(self.now.plus_us(first.run_us), Happening::AttemptEnds { slot, turn });
        }
    }

    fn plan(&mut self, attempt: Attempt, request: &ReplicateRequest) -> Planned {
        let (result, run_us) = self.workload.run(request);
        let fate = self.world.faults.fate(self.world.seed, attempt);
        let outcome = match result {
            _ if fate.lost_at.is_some() => Outcome::Lost(LostReason::SlotVanished("a fault".to_owned())),
            _ if fate.failed => Outcome::Failed(ModelFailure::Crashed("a fault".to_owned())),
            Ok(outputs) => Outcome::Completed(outputs),
            Err(failure) => Outcome::Failed(failure),
        };
        let share = fate.lost_at.unwrap_or(1.0);
        Planned { attempt, outcome, run_us: (share * run_us as f64) as u64, fate }
    }

    fn launch(&mut self, slot: SlotId, group: Vec<(Attempt, ReplicateRequest)>) {
        if self.slots.len() <= slot.index() {
            self.slots.resize_with(slot.index() + 1, VirtualSlot::default);
        }
        assert!(self.slots[slot.index()].running.is_none(), "launched on a busy slot");
        for (attempt, request) in &group {
            let planned = self.plan(*attempt, request);
            let entry = &mut self.slots[slot.index()];
            match entry.running {
                None => entry.running = Some(planned),
                Some(_) => entry.queue.push_back(planned),
            }
        }
        self.begin(slot);
    }

    fn cancel(&mut self, attempt: Attempt) {
        let is_it = |planned: &Planned| planned.attempt == attempt;
        let holds = |slot: &VirtualSlot| slot.running.iter().chain(&slot.queue).any(is_it);
        let Some(index) = self.slots.iter().position(holds) else { return };
        let entry = &mut self.slots[index];
        if !entry.running.as_ref().is_some_and(is_it) {
            entry.queue.retain(|planned| !is_it(planned));
            let outcome = Outcome::Lost(LostReason::Cancelled);
            self.at_once.push_back(Event::Ended { attempt, outcome, run_us: 0 });
            return;
        }
        let stop_us = self.world.stop_us;
        let Some(first) = &mut entry.running else { return };
        if first.fate.stubborn {
            return;
        }
        first.outcome = Outcome::Failed(ModelFailure::Stopped);
        entry.turn += 1;
        let (slot, turn) = (SlotId(index as u32), entry.turn);
        self.agenda.put(self.now.plus_us(stop_us), Happening::AttemptEnds { slot, turn });
    }
}

impl<W: Workload> Platform for VirtualClock<W> {
    async fn next(&mut self, deadline: Option<Tick>) -> Option<(Tick, Event)> {
        loop {
            if let Some(event) = self.at_once.pop_front() {
                return Some((self.now, event));
            }
            self.commit_if_due();
            if !self.at_once.is_empty() {
                continue;
            }
            let next_at = self.agenda.next_at();
            if let Some(deadline) = deadline.filter(|&deadline| next_at.is_none_or(|at| deadline < at)) {
                self.now = self.now.max(deadline);
                return Some((self.now, Event::Clock));
            }
            let (at, what) = self.agenda.take()?;
            self.now = self.now.max(at);
            if let Some(event) = self.happen(what) {
                return Some((self.now, event));
            }
            if self.crashed {
                return None;
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Observe(observation) => self.asker.observe(&observation),
            Effect::Propose { trial, .. } => {
                let answer = self.asker.propose(trial);
                if self.world.ask_us == 0 {
                    self.at_once.push_back(answer);
                } else {
                    self.agenda.put(self.now.plus_us(self.world.ask_us), Happening::Tell(Box::new(answer)));
                }
            }
            Effect::Append { seq, record } => {
                assert_eq!(seq.0, self.records.len() as u64 + 1, "records come in order");
                self.records.push(record);
            }
            Effect::Launch { slot, group } => self.launch(slot, group),
            Effect::Cancel { attempt } => self.cancel(attempt),
            Effect::Done(_) => {}
        }
    }

    fn rejected(&mut self, _why: &Rejected) {
        self.rejected += 1;
    }
}
