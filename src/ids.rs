//! Identities and time: the words every part of the core shares. It knows nothing of what they
//! identify.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Run time of a study in microseconds. It excludes the pauses between sessions: a resumed study
/// goes on from the tick of its last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tick(pub u64);

impl Tick {
    /// This tick and `us` microseconds; saturates at the end of time.
    pub fn plus_us(self, us: u64) -> Tick {
        Tick(self.0.saturating_add(us))
    }

    /// Microseconds since `earlier`; 0 if `earlier` is later.
    pub fn since_us(self, earlier: Tick) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Number of a trial within its study, from 0 in order of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrialId(pub u32);

impl TrialId {
    /// Position in a list of trials.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for TrialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

/// A unit of capacity: it runs one replicate at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotId(pub u32);

impl SlotId {
    /// Position in a list of slots.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Position of a record in its journal, from 1. `Seq(0)` stands before the first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position after this one.
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }
}

/// How often a study has been claimed by a writer. A writer whose epoch is not the newest may
/// write nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// One execution of one replicate. A retry keeps trial, replicate and seed and takes the next
/// number; the epoch tells a dead writer's late report from a live one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Attempt {
    /// The writer that launched it.
    pub epoch: Epoch,
    /// Its trial.
    pub trial: TrialId,
    /// Its replicate within the trial, from 0.
    pub replicate: u32,
    /// Which execution of the replicate, from 0; never repeats within (trial, replicate).
    pub number: u32,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.r{}.a{}", self.trial, self.replicate, self.number)
    }
}
