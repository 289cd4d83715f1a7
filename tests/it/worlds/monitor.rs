//! Watches everything between scheduler and platform, and checks the invariants independently of
//! the scheduler's own state.

use freerun::driver::Platform;
use freerun::driver::virtual_clock::{VirtualClock, Workload};
use freerun::ids::{Attempt, Seq, SlotId, Tick, TrialId};
use freerun::scheduler::*;
use freerun::spec::{AttemptRules, Durability, Mode, Study};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Seen {
    asked: BTreeMap<TrialId, Seq>,
    told: BTreeMap<TrialId, Seq>,
    failed_from: BTreeMap<TrialId, u32>,
    numbers: BTreeSet<(TrialId, u32, u32)>,
    completed: BTreeSet<(TrialId, u32)>,
    used: BTreeMap<(TrialId, u32), u32>,
    waiting: BTreeSet<(TrialId, u32)>,
    seeds: BTreeMap<(TrialId, u32), u64>,
    slot_of: BTreeMap<Attempt, SlotId>,
    /// Attempts that the slot has not reported, given up ones included.
    on_slot: BTreeMap<SlotId, BTreeSet<Attempt>>,
    budget: u32,
    pending_at_start: BTreeSet<TrialId>,
    launched: BTreeMap<Attempt, Seq>,
    proposing: bool,
}

pub struct Watched<W> {
    pub inner: VirtualClock<W>,
    seen: Seen,
    mode: Mode,
    durability: Durability,
    replicates: u32,
    rules: AttemptRules,
    may_end_early: bool,
    capacity: u32,
    durable: Seq,
    stopping: bool,
    paused: bool,
    events: u64,
}

impl<W: Workload> Watched<W> {
    pub fn new(inner: VirtualClock<W>, study: &Study) -> Watched<W> {
        let kept = inner.durable().to_vec();
        let mut watched = Watched {
            inner,
            seen: Seen { budget: study.budget.trials, ..Seen::default() },
            mode: study.mode,
            durability: study.durability,
            replicates: study.replicates,
            rules: study.attempts,
            may_end_early: study.budget.wall_us.or(study.budget.target_loss.map(|_| 0)).is_some(),
            capacity: 0,
            durable: Seq(kept.len() as u64),
            stopping: false,
            paused: false,
            events: 0,
        };
        for (index, record) in kept.iter().enumerate() {
            watched.record(Seq(index as u64 + 1), record);
        }
        let asked = watched.seen.asked.keys();
        watched.seen.pending_at_start =
            asked.filter(|trial| !watched.seen.told.contains_key(trial)).copied().collect();
        watched
    }

    fn record(&mut self, seq: Seq, record: &Record) {
        match &record.what {
            What::Asked { trial, runner, .. } => self.asked(seq, *trial, *runner),
            What::Launched { slot, attempts } => {
                attempts.iter().for_each(|attempt| self.launched(seq, *slot, *attempt))
            }
            What::Ended { attempt, outcome, .. } => self.ended(*attempt, outcome),
            What::Told { trial, verdict } => {
                assert!(self.seen.asked.contains_key(trial), "{trial} was told but not asked");
                assert!(self.seen.told.insert(*trial, seq).is_none(), "{trial} was told twice");
                self.seen.waiting.retain(|(other, _)| other != trial);
                self.check_verdict(*trial, verdict);
            }
            What::Amended(amendment) => {
                self.seen.budget = amendment.budget.map_or(self.seen.budget, |budget| budget.trials);
            }
            What::Commanded(Command::Stop | Command::Abandon) => self.stopping = true,
            What::Commanded(Command::Pause) => self.paused = true,
            What::Commanded(Command::Resume) => self.paused = false,
            What::Session { .. } => (self.stopping, self.paused) = (false, false),
            _ => {}
        }
    }

    /// A loss needs all replicates; a failure is that of the lowest failing one, and needs all
    /// before it.
    fn check_verdict(&self, trial: TrialId, verdict: &Verdict) {
        let needed = match verdict {
            Verdict::Complete(_) => self.replicates,
            Verdict::Failed(failure) => failure.replicate.unwrap_or(self.replicates),
        };
        let all = (0..needed).all(|replicate| self.seen.completed.contains(&(trial, replicate)));
        assert!(all, "{trial} was told before its first {needed} replicates were done");
        let failed = self.seen.failed_from.get(&trial).copied();
        assert_eq!(failed.unwrap_or(self.replicates), needed, "{trial} failed for another reason");
    }

    fn asked(&mut self, seq: Seq, trial: TrialId, runner: Runner) {
        assert_eq!(trial.index(), self.seen.asked.len(), "trials are numbered in order");
        self.seen.asked.insert(trial, seq);
        assert!(self.seen.asked.len() as u32 <= self.seen.budget, "more trials than the budget");
        if runner == Runner::Slots {
            self.seen.waiting.extend((0..self.replicates).map(|replicate| (trial, replicate)));
        }
        let needed = match self.mode {
            Mode::Parallel { .. } => 0,
            Mode::Batched { batch_size } => trial.0 - trial.0 % batch_size,
            Mode::Windowed { lag } => (trial.0 + 1).saturating_sub(lag),
        };
        for earlier in 0..needed {
            let told = self.seen.told.get(&TrialId(earlier));
            let told = told.unwrap_or_else(|| panic!("{trial} did not wait for t{earlier}"));
            assert!(
                self.durability == Durability::Relaxed || *told <= self.durable,
                "{trial} saw what was not durable"
            );
        }
    }

    fn launched(&mut self, seq: Seq, slot: SlotId, attempt: Attempt) {
        let Attempt { trial, replicate, number, .. } = attempt;
        assert!(self.seen.numbers.insert((trial, replicate, number)), "{attempt} ran twice");
        assert!(self.seen.waiting.remove(&(trial, replicate)), "{attempt} was not waiting");
        assert!(!self.stopping && !self.paused, "{attempt} was launched though the user said not to");
        self.seen.slot_of.insert(attempt, slot);
        self.seen.launched.insert(attempt, seq);
    }

    fn ended(&mut self, attempt: Attempt, outcome: &Outcome) {
        let Attempt { trial, replicate, .. } = attempt;
        assert!(self.seen.slot_of.remove(&attempt).is_some(), "{attempt} ended without running");
        if self.seen.told.contains_key(&trial) {
            return;
        }
        match outcome {
            Outcome::Completed(_) => {
                assert!(self.seen.completed.insert((trial, replicate)), "{attempt} counted twice");
            }
            Outcome::Lost(LostReason::Cancelled) => self.waits_again(trial, replicate),
            Outcome::Failed(_) | Outcome::Lost(_) => {
                let may = self.rules.retry_failures || matches!(outcome, Outcome::Lost(_));
                let used = self.seen.used.entry((trial, replicate)).or_default();
                if may && *used < self.rules.retries {
                    *used += 1;
                    self.waits_again(trial, replicate);
                } else {
                    let from = self.seen.failed_from.entry(trial).or_insert(replicate);
                    *from = replicate.min(*from);
                    let from = *from;
                    self.seen.waiting.retain(|&(other, replicate)| other != trial || replicate < from);
                }
            }
        }
    }

    fn waits_again(&mut self, trial: TrialId, replicate: u32) {
        if self.seen.failed_from.get(&trial).is_none_or(|&from| replicate < from) {
            self.seen.waiting.insert((trial, replicate));
        }
    }

    fn check_launch(&mut self, slot: SlotId, attempt: Attempt, seed: u64) {
        let Attempt { trial, replicate, .. } = attempt;
        assert!(slot.0 < self.capacity, "{attempt} on a slot that is not there");
        let asked = self.seen.asked[&trial];
        let waits = self.durability == Durability::Full;
        assert!(!waits || asked <= self.durable, "{attempt} was launched before its ask was durable");
        let suspect = self.seen.pending_at_start.contains(&trial);
        assert!(
            !suspect || self.seen.launched[&attempt] <= self.durable,
            "{attempt} may end the program before it is known that it ran"
        );
        let first = *self.seen.seeds.entry((trial, replicate)).or_insert(seed);
        assert_eq!(first, seed, "{attempt} has another seed than the attempt before");
        self.seen.on_slot.entry(slot).or_default().insert(attempt);
    }

    /// With work that may be launched, no slot is idle.
    fn check_busy(&self) {
        if self.stopping || self.paused {
            return;
        }
        let busy = |slot: &u32| {
            let reported = self.seen.on_slot.get(&SlotId(*slot)).is_none_or(BTreeSet::is_empty);
            let held = self.seen.slot_of.values().any(|other| other.0 == *slot);
            !reported || held
        };
        let idle = (0..self.capacity).filter(|slot| !busy(slot)).count();
        let may_run = self.seen.waiting.iter().find(|(trial, _)| {
            let durable = self.seen.asked[trial] <= self.durable || self.durability == Durability::Relaxed;
            // What was pending at the start of the session may have to run alone.
            durable && self.seen.pending_at_start.is_empty()
        });
        assert!(idle == 0 || may_run.is_none(), "{idle} slots idle while {may_run:?} waits");
        let auto = matches!(self.mode, Mode::Parallel { in_flight: None });
        let coming = self.seen.proposing || !self.seen.waiting.is_empty();
        let left = !self.may_end_early && (self.seen.asked.len() as u32) < self.seen.budget;
        assert!(!auto || idle == 0 || coming || !left, "{idle} slots idle and no trial is asked");
    }
}

impl<W: Workload> Platform for Watched<W> {
    async fn next(&mut self, deadline: Option<Tick>) -> Option<(Tick, Event)> {
        self.check_busy();
        self.events += 1;
        assert!(self.events < 2_000_000, "the study does not end");
        let next = self.inner.next(deadline).await;
        match &next {
            Some((_, Event::Slots(capacity))) => self.capacity = *capacity,
            Some((_, Event::Durable { upto })) => self.durable = *upto,
            Some((_, Event::Proposed { .. })) => self.seen.proposing = false,
            Some((_, Event::Ended { attempt, .. })) => {
                for attempts in self.seen.on_slot.values_mut() {
                    attempts.remove(attempt);
                }
            }
            _ => {}
        }
        next
    }

    fn carry_out(&mut self, effect: Effect) {
        match &effect {
            Effect::Append { seq, record } => self.record(*seq, record),
            Effect::Propose { .. } => self.seen.proposing = true,
            Effect::Launch { slot, group } => {
                let free = self.seen.on_slot.get(slot).is_none_or(BTreeSet::is_empty);
                assert!(free, "launched on a busy slot");
                for (attempt, request) in group {
                    self.check_launch(*slot, *attempt, request.seed);
                }
            }
            _ => {}
        }
        self.inner.carry_out(effect);
    }

    fn rejected(&mut self, why: &Rejected) {
        Platform::rejected(&mut self.inner, why);
    }
}
