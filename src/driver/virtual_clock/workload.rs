//! What a replicate answers in a virtual world, and how long it takes there.

use crate::math::duration::Duration;
use crate::model::{Host, Model, ModelFailure, NoHost, Outputs, ReplicateRequest};
use crate::rng::{Purpose, Stream};
use crate::spec::{Domain, Space, Value};
use std::cell::Cell;

/// Answers requests at once and says how long they would have run.
pub trait Workload {
    /// Result and run time in microseconds: pure functions of the request.
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64);
}

impl<F: FnMut(&ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64)> Workload for F {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        self(request)
    }
}

/// A model whose waiting is its run time, such as `synthetic`.
pub struct WaitingModel(pub Box<dyn Model>);

#[derive(Default)]
struct VirtualHost {
    waited_us: Cell<u64>,
}

impl Host for VirtualHost {
    fn stopped(&self) -> bool {
        false
    }

    fn wait_us(&self, us: u64) {
        self.waited_us.set(self.waited_us.get().saturating_add(us));
    }
}

impl Workload for WaitingModel {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        let host = VirtualHost::default();
        let result = self.0.run(request, &host);
        (result, host.waited_us.get())
    }
}

/// Any model, with run times by a law instead of its own: how a study would run on slower or more
/// varied simulations.
pub struct TimedModel {
    model: Box<dyn Model>,
    duration: Duration,
    /// Bounds of the first parameter, on which run times may depend.
    first: Option<(f64, f64)>,
}

/// Tells the stream of run times from the model's own, which begin at (0, 0).
const RUN_TIME: u32 = u32::MAX;

impl TimedModel {
    /// `model` with run times by `duration`; they may depend on where the first parameter of `space`
    /// lies between its bounds.
    pub fn new(model: Box<dyn Model>, duration: Duration, space: &Space) -> TimedModel {
        let first = space.0.first().map(|parameter| match parameter.domain {
            Domain::Float { low, high, .. } => (low, high),
            Domain::Int { low, high, .. } => (low as f64, high as f64),
            Domain::Categorical { ref choices } => (0.0, choices.len().saturating_sub(1) as f64),
        });
        TimedModel { model, duration, first }
    }
}

impl Workload for TimedModel {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        let value = request.point.0.first().copied().map_or(0.0, Value::as_f64);
        let share =
            self.first.filter(|(low, high)| high > low).map(|(low, high)| (value - low) / (high - low));
        let mut stream = Stream::new(request.seed, Purpose::World, RUN_TIME, 0);
        let run_us = self.duration.sample_us(&mut stream, share.unwrap_or(0.5));
        (self.model.run(request, &NoHost), run_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TrialId;
    use crate::math::duration::DurationLaw;
    use crate::model::build;
    use crate::spec::{ModelPlan, Parameter, Point, Prior};

    fn plan() -> ModelPlan {
        let domain = Domain::Float { low: -5.0, high: 5.0, log: false };
        let x0 = Parameter { name: "x0".to_owned(), domain, prior: Prior::Uniform };
        ModelPlan {
            model: "synthetic".to_owned(),
            settings: std::collections::BTreeMap::new(),
            space: Space(vec![x0]),
            outputs: vec!["loss".to_owned()],
        }
    }

    #[test]
    fn run_times_depend_on_the_seed_and_on_the_first_parameter() {
        let law = DurationLaw::Constant { mean_us: 1000.0 };
        let mut timed = TimedModel::new(build(&plan()).unwrap(), Duration { law, slow: 0.5 }, &plan().space);
        let mut run_us = |x0| {
            let point = Point(vec![Value::Float(x0)]);
            timed.run(&ReplicateRequest { trial: TrialId(0), replicate: 0, seed: 1, point }).1
        };
        assert_eq!([-5.0, 0.0, 5.0].map(&mut run_us), [500, 1000, 1500]);
    }
}
