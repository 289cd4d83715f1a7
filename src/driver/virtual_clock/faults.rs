//! What goes wrong in a virtual world. Every draw is a function of the world's seed and of what it
//! concerns, so that a failing world is its seed.

use crate::ids::Attempt;
use crate::rng::{Purpose, Stream};

/// Probabilities and delays of a world. The default is a world without faults.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// An attempt's slot vanishes under it.
    pub lost: f64,
    /// An attempt ends as failed though its simulation would not.
    pub failed: f64,
    /// An end is reported twice, the second time later.
    pub repeated: f64,
    /// An attempt ignores being cancelled and goes on to its end.
    pub stubborn: f64,
    /// A group never ends unless cancelled.
    pub endless: f64,
    /// A commit fails at first and succeeds after ten times the delay.
    pub commit_fails: f64,
}

/// What happens to one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fate {
    /// At this share of its run time its slot vanishes.
    pub lost_at: Option<f64>,
    pub failed: bool,
    pub repeated: bool,
    pub stubborn: bool,
    pub endless: bool,
}

impl Faults {
    pub(super) fn fate(&self, world_seed: u64, attempt: Attempt) -> Fate {
        if *self == Faults::default() {
            return Fate::default();
        }
        let lane = attempt.replicate.wrapping_mul(1024).wrapping_add(attempt.number) + 1;
        let mut stream = Stream::new(world_seed, Purpose::World, attempt.trial.0, lane);
        let mut happens = |probability: f64| stream.unit() < probability;
        let (lost, failed, repeated) = (happens(self.lost), happens(self.failed), happens(self.repeated));
        let (stubborn, endless) = (happens(self.stubborn), happens(self.endless));
        Fate { lost_at: lost.then(|| stream.unit()), failed, repeated, stubborn, endless }
    }
}
