//! Samplers propose points from what they have observed: asks and tells, failures included. They
//! never see slots, run times or the clock; an ask is a pure function of the study seed, the trial
//! number and the observations before it.

use crate::ids::TrialId;
use crate::rng::Stream;
use crate::spec::Point;

/// What a sampler learns, in the order the scheduler decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// `trial` was asked at `point` and is pending from now on (starting points and points that a
    /// user enqueued as well as the sampler's own proposals).
    Asked {
        /// The trial.
        trial: TrialId,
        /// Its point.
        point: Point,
    },
    /// `trial` is no longer pending.
    Told {
        /// The trial.
        trial: TrialId,
        /// Its loss, never NaN; `None` if the trial failed: evidence that its point is bad.
        loss: Option<f64>,
    },
}

/// Proposes points.
pub trait Sampler: Send {
    /// Name and version, such as `tpe/1`: a change of any proposal's bits changes it.
    fn version(&self) -> &'static str;

    /// Takes note of one ask or tell.
    fn observe(&mut self, observation: &Observation);

    /// The point of `trial`, drawing randomness from `stream` alone. Must be of the space, and
    /// unlike every point asked before while the space has others.
    fn propose(&mut self, trial: TrialId, stream: Stream) -> Point;
}
