//! One simulation at a time with a model of its own, as every engine here runs it. Outputs that no
//! target reads are dropped before they leave it.

use crate::evaluate::Evaluator;
use crate::model::{self, Host, Model, ModelFailure, Outputs, ReplicateRequest};
use crate::scheduler::{LostReason, Outcome};
use crate::spec::{ModelPlan, SettingProblem, Study};

/// A model with what its outputs are for.
pub struct Simulation {
    plan: ModelPlan,
    evaluator: Evaluator,
    model: Option<Box<dyn Model>>,
}

impl Simulation {
    /// Simulations of `study`.
    ///
    /// # Errors
    /// When its model cannot be made.
    pub fn of(study: &Study) -> Result<Simulation, String> {
        let model = build(&study.model)?;
        Ok(Simulation {
            plan: study.model.clone(),
            evaluator: Evaluator::new(&study.targets),
            model: Some(model),
        })
    }

    /// Simulates one replicate.
    pub fn run(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Outcome {
        match self.simulate(request, host) {
            Ok(outputs) => Outcome::Completed(self.evaluator.keep(outputs)),
            Err(ModelFailure::Stopped) => Outcome::Lost(LostReason::Cancelled),
            Err(failure) => Outcome::Failed(failure),
        }
    }

    fn simulate(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<Outputs, ModelFailure> {
        let model = match &mut self.model {
            Some(model) => model,
            None => self.model.insert(build(&self.plan).map_err(ModelFailure::Unusable)?),
        };
        model.run(request, host)
    }
}

fn build(plan: &ModelPlan) -> Result<Box<dyn Model>, String> {
    let words = |problems: Vec<SettingProblem>| {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    model::build(plan).map_err(words)
}
