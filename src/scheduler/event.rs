//! The two closed enums that are the scheduler's whole boundary.

use super::{Amendment, Command, Outcome, Record};
use crate::ids::{Attempt, Seq, SlotId, TrialId};
use crate::model::ReplicateRequest;
use crate::sampler::Observation;
use crate::spec::Point;

/// News for the scheduler.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// There are now so many slots, `0..n`. What runs on a slot beyond them may still end there.
    Slots(u32),
    /// The sampler's answer to [`Effect::Propose`].
    Proposed {
        /// The trial that the effect named.
        trial: TrialId,
        /// Its point.
        point: Point,
    },
    /// The attempt began to run.
    Started(Attempt),
    /// The attempt ended after `run_us` microseconds of running.
    Ended {
        /// Which.
        attempt: Attempt,
        /// How.
        outcome: Outcome,
        /// Run time measured where it ran, microseconds.
        run_us: u64,
    },
    /// Every record up to and including this one is durable.
    Durable {
        /// The last one.
        upto: Seq,
    },
    /// The store cannot take records for the moment; it is being retried.
    StoreFailed(String),
    /// Another writer has claimed the study: nothing more may be written.
    Fenced,
    /// Time passed, see [`super::Scheduler::deadline`].
    Clock,
    /// The user said something.
    Command(Command),
    /// The user changed what may be changed.
    Amend(Amendment),
}

/// What the driver must do for the scheduler, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Let the sampler take note.
    Observe(Observation),
    /// Have the sampler propose a point for `trial`; answer with [`Event::Proposed`]. The sampler
    /// has observed what the effects before this one told it, and nothing else. One at a time.
    Propose {
        /// The trial.
        trial: TrialId,
        /// The last record that the sampler has observed.
        saw: Seq,
    },
    /// Keep this record after all before it; answer some time with [`Event::Durable`].
    Append {
        /// Its position.
        seq: Seq,
        /// The record.
        record: Record,
    },
    /// Run these on the slot, one after the other.
    Launch {
        /// The slot, which is idle.
        slot: SlotId,
        /// What to run.
        group: Vec<(Attempt, ReplicateRequest)>,
    },
    /// Make the attempt end soon; its end is reported all the same.
    Cancel {
        /// Which.
        attempt: Attempt,
    },
    /// Nothing more will come by itself, and everything is durable. A later event, such as a larger
    /// budget, may begin it again.
    Done(StopReason),
}

/// Why a study is not running any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopReason {
    /// All trials of the budget are told.
    TrialsDone,
    /// The wall time of the budget is used up, and all trials asked are told.
    WallTime,
    /// A trial reached the target loss, and all trials asked are told.
    TargetLoss,
    /// The user stopped it; trials may be pending.
    Stopped,
    /// The next ask must see a trial that a caller has not told yet.
    WaitsForCaller,
    /// Another writer has the study.
    Fenced,
    /// No slot answers any more: each ignored its stop flag after a time-out.
    NoSlots,
}
