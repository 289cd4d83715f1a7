//! The records of a study's journal: everything that happened, in order. The state of a study is a
//! fold over them; nothing else is kept.

use crate::evaluate::TrialLoss;
use crate::ids::{Attempt, Epoch, Seq, SlotId, Tick, TrialId};
use crate::model::{ModelFailure, Outputs};
use crate::spec::{AttemptRules, Budget, Durability, Point, Study};
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When, in run time of the study.
    pub at: Tick,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// The study began. Always the first record, and only it.
    Opened {
        /// What the records after it were made with.
        versions: Versions,
        /// The frozen study, data tables included.
        study: Box<Study>,
    },
    /// A writer took the study up.
    Session {
        /// Its epoch.
        epoch: Epoch,
        /// Wall-clock start, microseconds since 1970-01-01 UTC.
        started_utc_us: i64,
        /// What runs the simulations, such as `threads`.
        engine: String,
        /// The machine and process.
        host: String,
    },
    /// The number of usable slots changed.
    Slots {
        /// How many there are now.
        capacity: u32,
    },
    /// A trial began.
    Asked {
        /// Its number: one more than the one before.
        trial: TrialId,
        /// Its parameters.
        point: Point,
        /// Where the point came from.
        origin: Origin,
        /// Who runs its replicates.
        runner: Runner,
        /// The last record that the sampler had observed.
        saw: Seq,
    },
    /// Attempts were handed to a slot. Never waited for; tells after a crash what was under way.
    Launched {
        /// The slot.
        slot: SlotId,
        /// The attempts, in the order in which the slot runs them.
        attempts: Vec<Attempt>,
    },
    /// An attempt ended.
    Ended {
        /// Which.
        attempt: Attempt,
        /// Where it ran.
        slot: SlotId,
        /// When it began to run.
        started: Tick,
        /// How long it ran, microseconds.
        run_us: u64,
        /// How.
        outcome: Outcome,
    },
    /// A trial is finished.
    Told {
        /// Which.
        trial: TrialId,
        /// Its loss, or why it has none.
        verdict: Verdict,
    },
    /// The user changed what may be changed in a study.
    Amended(Amendment),
    /// The user said something.
    Commanded(Command),
    /// Another program added a finished trial. It has a number and counts as history; it costs no
    /// budget.
    Imported {
        /// Its number: one more than the one before.
        trial: TrialId,
        /// Its parameters.
        point: Point,
        /// Its loss, or why it has none.
        verdict: Verdict,
        /// The program.
        source: String,
    },
}

/// What records were made with; an audit needs the same to re-derive them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Form of the journal, see [`crate::journal::VERSION`].
    pub journal: u32,
    /// Random streams and replicate seeds.
    pub streams: u32,
    /// Sampler, such as `tpe/1`.
    pub sampler: String,
    /// Model and the version of its results, such as `typhoid/1`.
    pub model: String,
}

/// Where a trial's point came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The sampler proposed it.
    Sampler,
    /// It is a starting point of the study file, by position.
    Start(u32),
    /// The user enqueued it.
    Enqueued,
}

/// Who runs a trial's replicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runner {
    /// The study's slots.
    Slots,
    /// A caller who asked for the trial and tells its loss.
    Caller,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// The model answered: the tables that the study's targets read.
    Completed(Outputs),
    /// The model refused, crashed or ran over its time: evidence about the point.
    Failed(ModelFailure),
    /// No evidence: the same seed runs again, as the next attempt.
    Lost(LostReason),
}

/// Why an attempt gave no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum LostReason {
    /// The slot vanished under it. Uses up a retry.
    #[error("its slot vanished: {0}")]
    SlotVanished(String),
    /// The program ended while it ran. Uses up a retry.
    #[error("the program ended while it ran")]
    ProgramEnded,
    /// It was told to stop, or never began. Uses up nothing.
    #[error("it was cancelled")]
    Cancelled,
}

/// Loss of a finished trial, or why it has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// The trial has a loss.
    Complete(TrialLoss),
    /// It has none.
    Failed(TrialFailure),
}

impl Verdict {
    /// The loss; `None` for a failed trial.
    pub fn loss(&self) -> Option<f64> {
        match self {
            Verdict::Complete(loss) => Some(loss.loss),
            Verdict::Failed(_) => None,
        }
    }
}

/// Why a trial has no loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialFailure {
    /// The first replicate without outputs, if that is the reason.
    pub replicate: Option<u32>,
    /// A sentence fragment for a person.
    pub reason: String,
}

/// What may change in a study between or during sessions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Amendment {
    /// New budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// New retries and time-out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<AttemptRules>,
    /// New durability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durability: Option<Durability>,
}

/// What the user may say to a running study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Ask for this point next.
    Enqueue(Point),
    /// Ask and launch nothing more; what runs may end.
    Stop,
    /// Cancel what runs, too.
    Abandon,
    /// Launch nothing until `Resume`; what runs goes on.
    Pause,
    /// End a pause.
    Resume,
    /// Begin the next trial for a caller who runs it elsewhere.
    AskForCaller,
    /// The verdict on a trial that a caller runs.
    TellByCaller {
        /// The trial.
        trial: TrialId,
        /// Its loss, or why it has none.
        verdict: Verdict,
    },
}
