//! A model answers one request, a seeded replicate at a point, with tables of outputs. Built-in
//! models are here; none of them knows of trials' losses, slots or stores.

mod catalogue;
mod inputs;
mod seir;
mod synthetic;
mod typhoid;

pub use catalogue::{BuiltIn, build};

use crate::ids::TrialId;
use crate::spec::{ModelCard, Point, Table};
use serde::{Deserialize, Serialize};

/// One replicate to simulate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicateRequest {
    /// The trial it belongs to; a model's results must not depend on it.
    pub trial: TrialId,
    /// Its number within the trial; a model's results must not depend on it.
    pub replicate: u32,
    /// All its random numbers derive from this.
    pub seed: u64,
    /// The parameters, in the order of the plan the model was built from.
    pub point: Point,
}

/// The tables of one replicate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outputs(pub Vec<Table>);

impl Outputs {
    /// The table called `name`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.0.iter().find(|table| table.name == name)
    }
}

/// Why a replicate has no outputs: evidence about its point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFailure {
    /// The model does not accept the point.
    #[error("the model refused the point: {0}")]
    Refused(String),
    /// The model panicked, trapped or its process died.
    #[error("the model crashed: {0}")]
    Crashed(String),
    /// It ran longer than the study allows.
    #[error("the replicate ran over its time")]
    TimedOut,
    /// Its answer could not be used.
    #[error("the model's answer cannot be used: {0}")]
    Unusable(String),
    /// It stopped because it was told to; the scheduler counts this as no evidence.
    #[error("the replicate was stopped")]
    Stopped,
}

/// What a running model may ask of whoever runs it.
pub trait Host {
    /// Whether to give up now. To be asked at least once per simulated day or so.
    fn stopped(&self) -> bool;
    /// Waits for so long, really or in virtual time. For `synthetic`'s run times only.
    fn wait_us(&self, us: u64);
}

/// A host that never stops a model and never waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn stopped(&self) -> bool {
        false
    }

    fn wait_us(&self, _us: u64) {}
}

/// A stochastic simulation.
pub trait Model: Send {
    /// What it says of itself.
    fn card(&self) -> &ModelCard;

    /// Simulates one replicate: a pure function of the request's seed and point.
    ///
    /// # Errors
    /// Why there are no outputs. It must not panic on any point of its domain.
    fn run(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<Outputs, ModelFailure>;
}
