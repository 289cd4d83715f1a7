//! The frozen study: everything that decides its trials, checked and complete. It goes into the
//! journal's first record as it stands.

use super::{ModelPlan, Point, Space, Target};
use serde::{Deserialize, Serialize};

/// A study ready to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Its name, unique in a store.
    pub name: String,
    /// Every random number of the study derives from it.
    pub seed: u64,
    /// The model, with what is fixed and the parameters to calibrate.
    pub model: ModelPlan,
    /// What it should reproduce; at least one.
    pub targets: Vec<Target>,
    /// Points tried before the sampler's own.
    pub start: Vec<Point>,
    /// Simulations of each trial, >= 1.
    pub replicates: u32,
    /// Whether replicate r of every trial has the same seed.
    pub common_random_numbers: bool,
    /// When to ask, and what an ask sees.
    pub mode: Mode,
    /// Who proposes.
    pub sampler: SamplerPlan,
    /// When it is done.
    pub budget: Budget,
    /// What may be repeated, and how long an attempt may take.
    pub attempts: AttemptRules,
    /// What a commit promises.
    pub durability: Durability,
}

impl Study {
    /// The parameters.
    pub fn space(&self) -> &Space {
        &self.model.space
    }
}

/// When to ask, and what an ask sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Ask whenever a slot would be idle; an ask sees whatever has been told.
    Parallel {
        /// Trials asked and not told; `None`: the fewest that keep all slots busy.
        in_flight: Option<u32>,
    },
    /// Ask so many, wait for all of them (the barrier), tell all.
    Batched {
        /// Trials of a batch, >= 1.
        batch_size: u32,
    },
    /// The ask of trial k sees exactly the trials up to k - lag: no barrier, and the same trials on
    /// any machine.
    Windowed {
        /// The lag, >= 1.
        lag: u32,
    },
}

/// When a study is done: at the first limit reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// Trials in all, failed ones and starting points included; >= 1.
    pub trials: u32,
    /// No trial is asked after this run time.
    pub wall_us: Option<u64>,
    /// No trial is asked after one was told with a loss this low.
    pub target_loss: Option<f64>,
}

/// What may be repeated, and how long an attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRules {
    /// How often a lost replicate (its slot vanished, the program crashed) is run again.
    pub retries: u32,
    /// Whether a failed replicate (the model refused, crashed or ran over its time) is run again
    /// too, within the same number of retries.
    pub retry_failures: bool,
    /// Longest time of one attempt.
    pub timeout_us: Option<u64>,
}

/// What is durable before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Durability {
    /// A launch waits until what it depends on is durable.
    Full,
    /// Nothing waits; a crash may lose the last moments.
    Relaxed,
}

/// Which sampler, with every option that affects a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum SamplerPlan {
    /// Independent draws from the priors.
    Random,
    /// A scrambled Sobol sequence through the priors.
    Sobol,
    /// Tree-structured Parzen estimator, joint over parameters.
    Tpe(TpePlan),
}

impl SamplerPlan {
    /// Its name in a study file.
    pub fn name(&self) -> &'static str {
        match self {
            SamplerPlan::Random => "random",
            SamplerPlan::Sobol => "sobol",
            SamplerPlan::Tpe(_) => "tpe",
        }
    }
}

/// Options of the tree-structured Parzen estimator. The defaults of a study file are Optuna 5's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TpePlan {
    /// Trials told with a loss before the first model-based ask; those asked before it are random.
    pub startup: u32,
    /// Candidates drawn from the good trials' density for each ask.
    pub candidates: u32,
    /// Share of the finished trials that count as good, in (0, 1).
    pub good_share: f64,
    /// Most trials that count as good.
    pub good_max: u32,
    /// Weight of the prior component.
    pub prior_weight: f64,
}

impl Default for TpePlan {
    fn default() -> TpePlan {
        TpePlan { startup: 10, candidates: 24, good_share: 0.1, good_max: 25, prior_weight: 1.0 }
    }
}
