//! The loss of a trial and of its targets, as records keep it.

use crate::math::wire;
use serde::{Deserialize, Serialize};

/// Loss of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialLoss {
    /// Weighted sum over targets; minimised; finite.
    pub loss: f64,
    /// Standard error of `loss` over replicates; NaN with a single replicate.
    #[serde(with = "wire::number")]
    pub se: f64,
    /// One for each target, in the order of the study.
    pub targets: Vec<TargetLoss>,
    /// What the user should know about it, such as replicates of likelihood 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Loss of one target, unweighted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetLoss {
    /// The loss; finite.
    pub loss: f64,
    /// Its standard error over replicates; NaN with a single replicate.
    #[serde(with = "wire::number")]
    pub se: f64,
    /// Profiled factors, one for each group in order of first appearance in the data.
    #[serde(default, with = "wire::numbers", skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<f64>,
}
