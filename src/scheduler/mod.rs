//! Decides what to run next for one study.
//!
//! It never reads a clock, starts a thread, takes a lock, touches storage or computes a proposal:
//! time and news come in through [`Event`], everything to be done goes out through [`Effect`].
//! Read `record`, then `state` (the fold), `feed` (the modes), and then the phases of the data
//! flow: `ask`, `launch`, `ending`, `finish`. `audit` re-derives a whole journal.

mod ask;
mod audit;
mod ending;
mod event;
mod feed;
mod finish;
mod launch;
mod pace;
mod record;
mod slots;
mod state;
mod trial;

pub use ask::Unmet;
pub use audit::{Audit, audit};
pub use event::*;
pub use record::*;
pub use state::CorruptJournal;

use crate::ids::{Attempt, Epoch, Seq, SlotId, Tick, TrialId};
use crate::model::ReplicateRequest;
use crate::spec::{Durability, Study};
use pace::Pace;
use slots::Slots;
use state::State;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Who takes a study up, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// The epoch of the claim.
    pub epoch: Epoch,
    /// Wall-clock time, microseconds since 1970-01-01 UTC.
    pub started_utc_us: i64,
    /// What runs the simulations.
    pub engine: String,
    /// The machine and process.
    pub host: String,
}

/// An event that cannot be; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// A report of an attempt that does not run: late, repeated, or of a dead writer.
    #[error("attempt {0} is not running")]
    NotRunning(Attempt),
    /// A proposal that nobody waits for.
    #[error("nobody waits for a proposal of trial {0}")]
    NotProposing(TrialId),
    /// A trial that is not pending, or not run by a caller.
    #[error("trial {0} does not wait for a caller's verdict")]
    NotWithCaller(TrialId),
    /// A point outside the parameters' bounds.
    #[error("the point is outside the parameters' bounds")]
    OutsideBounds,
    /// No trial of the budget is left.
    #[error("the budget of {0} trials is used up")]
    BudgetSpent(u32),
    /// A defect of this program: the event led to a record that cannot follow the others.
    #[error(transparent)]
    Corrupt(#[from] CorruptJournal),
}

/// An ask under way.
#[derive(Debug, Clone)]
struct Proposing {
    trial: TrialId,
    runner: Runner,
    since: Tick,
}

/// A launch that waits until its record is durable.
#[derive(Debug, Clone)]
struct HeldLaunch {
    seq: Seq,
    slot: SlotId,
    group: Vec<(Attempt, ReplicateRequest)>,
}

/// The state machine of one study.
#[derive(Debug, Clone)]
pub struct Scheduler {
    state: State,
    effects: VecDeque<Effect>,
    now: Tick,
    /// The last record that is durable.
    durable: Seq,
    slots: Slots,
    pace: Pace,
    proposing: Option<Proposing>,
    /// Trials asked whose record is not durable yet, with the time at which asking began.
    undurable: VecDeque<(Seq, TrialId, Tick)>,
    /// Trials with waiting replicates that may be launched.
    ready: BTreeSet<TrialId>,
    held: VecDeque<HeldLaunch>,
    /// The attempt that runs alone, if one does.
    alone: Option<Attempt>,
    /// When running attempts are given up.
    deadlines: BTreeSet<(Tick, Attempt)>,
    /// The entry of `deadlines` for an attempt, and whether it was already told to stop.
    deadline_of: BTreeMap<Attempt, (Tick, bool)>,
    caller_asks: u32,
    paused: bool,
    stopping: bool,
    fenced: bool,
    /// The study asks no more, though its trials are not used up.
    closed: Option<StopReason>,
    /// The gate is shut on a trial that a caller runs.
    waits_for_caller: bool,
    /// When the last usable slot was lost.
    slotless_since: Option<Tick>,
    done: bool,
}

impl Scheduler {
    /// A new study, with its first records.
    pub fn open(study: Study, versions: Versions, session: &SessionInfo) -> Result<Scheduler, Rejected> {
        let opened = Record { at: Tick(0), what: What::Opened { versions, study: Box::new(study) } };
        let mut scheduler = Scheduler::with_state(State::opened(&opened)?, Seq(0));
        scheduler.effects.push_back(Effect::Append { seq: Seq(1), record: opened });
        scheduler.begin(session)?;
        Ok(scheduler)
    }

    /// A study taken up again from its durable records. What was under way when they end is lost and
    /// will run again; the effects begin with all that the sampler has to observe.
    ///
    /// # Errors
    /// When no run of this program can have written `records`.
    pub fn recover<'a>(
        records: impl IntoIterator<Item = &'a Record>,
        session: &SessionInfo,
    ) -> Result<Scheduler, Rejected> {
        let mut records = records.into_iter();
        let missing = || CorruptJournal { seq: Seq(1), reason: "there is no record".to_owned() };
        let mut scheduler =
            Scheduler::with_state(State::opened(records.next().ok_or_else(missing)?)?, Seq(1));
        for record in records {
            scheduler.state.apply(record)?;
            scheduler.effects.extend(scheduler.state.news.drain(..).map(Effect::Observe));
        }
        scheduler.durable = scheduler.state.last;
        scheduler.now = scheduler.state.at;
        scheduler.begin(session)?;
        scheduler.lose_what_ran()?;
        let pending = scheduler.state.trials.iter().enumerate().filter(|(_, trial)| trial.waiting > 0);
        scheduler.ready = pending.map(|(index, _)| TrialId(index as u32)).collect();
        Ok(scheduler)
    }

    fn with_state(state: State, durable: Seq) -> Scheduler {
        Scheduler {
            state,
            effects: VecDeque::new(),
            now: Tick(0),
            durable,
            slots: Slots::default(),
            pace: Pace::default(),
            proposing: None,
            undurable: VecDeque::new(),
            ready: BTreeSet::new(),
            held: VecDeque::new(),
            alone: None,
            deadlines: BTreeSet::new(),
            deadline_of: BTreeMap::new(),
            caller_asks: 0,
            paused: false,
            stopping: false,
            fenced: false,
            closed: None,
            waits_for_caller: false,
            slotless_since: None,
            done: false,
        }
    }

    fn begin(&mut self, session: &SessionInfo) -> Result<(), Rejected> {
        let SessionInfo { epoch, started_utc_us, engine, host } = session.clone();
        self.append(What::Session { epoch, started_utc_us, engine, host })?;
        Ok(())
    }

    /// Takes one event at `now`, which must not be earlier than in any previous call.
    ///
    /// # Errors
    /// When the event cannot be; nothing changed then, and the caller may go on.
    pub fn handle(&mut self, now: Tick, event: Event) -> Result<(), Rejected> {
        self.now = self.now.max(now);
        if self.fenced {
            return Ok(());
        }
        self.take(event)?;
        if self.fenced {
            return Ok(());
        }
        self.expire()?;
        self.ask_more()?;
        self.launch_more()?;
        self.finish();
        Ok(())
    }

    fn take(&mut self, event: Event) -> Result<(), Rejected> {
        match event {
            Event::Slots(capacity) => self.resize(capacity),
            Event::Proposed { trial, point } => self.proposed(trial, point),
            Event::Started(attempt) => {
                self.started(attempt);
                Ok(())
            }
            Event::Ended { attempt, outcome, run_us } => self.ended(attempt, outcome, run_us),
            Event::Durable { upto } => {
                self.became_durable(upto);
                Ok(())
            }
            Event::StoreFailed(_) | Event::Clock => Ok(()),
            Event::Fenced => {
                self.fenced = true;
                self.effects.clear();
                self.effects.push_back(Effect::Done(StopReason::Fenced));
                Ok(())
            }
            Event::Command(command) => self.command(command),
            Event::Amend(amendment) => {
                self.append(What::Amended(amendment))?;
                self.closed = None;
                Ok(())
            }
        }
    }

    /// Takes the next thing the driver must do. Call until `None`; nothing new appears until the
    /// next `handle`.
    #[must_use]
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to call `handle` with [`Event::Clock`] if nothing else happens first.
    pub fn deadline(&self) -> Option<Tick> {
        let attempt = self.deadlines.first().map(|&(at, _)| at);
        let slots = self.slotless_since.map(|since| since.plus_us(finish::SLOTLESS_US));
        let asking = self.closed.is_none() && !self.stopping && !self.done;
        let wall = self.state.study.budget.wall_us.filter(|_| asking).map(Tick);
        // What is due already waits for something else, such as a commit.
        [attempt, slots, wall].into_iter().flatten().filter(|&at| at > self.now).min()
    }

    /// Applies a record and hands it to the driver.
    fn append(&mut self, what: What) -> Result<Seq, CorruptJournal> {
        let record = Record { at: self.now, what };
        self.state.apply(&record)?;
        let seq = self.state.last;
        self.done = false;
        self.effects.push_back(Effect::Append { seq, record });
        self.effects.extend(self.state.news.drain(..).map(Effect::Observe));
        Ok(seq)
    }

    /// The last record that may be acted upon: the last durable one, or any if the study relaxes it.
    fn visible(&self) -> Seq {
        match self.state.study.durability {
            Durability::Full => self.durable,
            Durability::Relaxed => self.state.last,
        }
    }

    /// The study, amendments included.
    pub fn study(&self) -> &Study {
        &self.state.study
    }

    /// What the records are made with.
    pub fn versions(&self) -> &Versions {
        &self.state.versions
    }

    /// The epoch of this session.
    pub fn epoch(&self) -> Epoch {
        self.state.epoch
    }

    /// The last record, durable or not.
    pub fn last(&self) -> Seq {
        self.state.last
    }

    /// Run time of the study: where the clock of this session goes on from.
    pub fn now(&self) -> Tick {
        self.now
    }

    /// How many slots run something, and how many there are.
    pub fn occupancy(&self) -> (u32, u32) {
        (self.slots.busy(), self.slots.capacity())
    }
}
