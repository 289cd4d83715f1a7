//! Samplers propose points from what they have observed: asks and tells, failures included. They
//! never see slots, run times or the clock; an ask is a pure function of the study seed, the trial
//! number and the observations before it.

mod asked;
#[cfg(test)]
mod conformance;
mod random;
mod sobol;
mod tpe;

use crate::ids::TrialId;
use crate::rng::Stream;
use crate::spec::{Point, SamplerPlan, Space};

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

/// The sampler of `plan` for points of `space`. `study_seed` decides what is fixed for the whole
/// study, such as the scrambling of a sequence; all else comes from the stream of each proposal.
///
/// Every sampler is indifferent to the order of the parameters in `space` (it goes by their names)
/// and to the order of observations: what counts is which trials were asked and told.
pub fn build(plan: &SamplerPlan, space: &Space, study_seed: u64) -> Box<dyn Sampler> {
    match plan {
        SamplerPlan::Random => Box::new(random::Random::new(space)),
        SamplerPlan::Sobol => Box::new(sobol::Sobol::new(space, study_seed)),
        SamplerPlan::Tpe(plan) => Box::new(tpe::Tpe::new(*plan, space)),
    }
}
