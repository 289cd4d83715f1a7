//! The way in: outputs of replicates to the loss of their trial.

use super::align::Aligned;
use super::combine::{combine, standard_error};
use super::prepared::Prepared;
use super::{TargetLoss, TrialLoss};
use crate::model::Outputs;
use crate::spec::Target;
use std::borrow::Borrow;

/// Compares outputs with the data of a study's targets. Made once for a study; every method is a
/// pure function of it and of its arguments.
///
/// What is compared with data row i is s = constant x column_i x factor x simulated: the scale acts
/// on the `simulated` column alone, never on `simulated_size`. So a binomial's probability is
/// s / simulated_size, and the counts and exposures that update a prior are s and simulated_size.
#[derive(Debug, Clone)]
pub struct Evaluator {
    pub(super) targets: Vec<Prepared>,
    /// Numbers in an aligned replicate.
    width: usize,
}

impl Evaluator {
    /// An evaluator of targets that were checked against their data.
    pub fn new(targets: &[Target]) -> Evaluator {
        let mut width = 0;
        let prepare = |target| {
            let prepared = Prepared::new(target, width);
            width += prepared.layout.len();
            prepared
        };
        let targets = targets.iter().map(prepare).collect();
        Evaluator { targets, width }
    }

    /// The tables that a target reads, in their order; the others are dropped.
    pub fn keep(&self, outputs: Outputs) -> Outputs {
        let mut tables = outputs.0;
        tables.retain(|table| self.targets.iter().any(|target| target.layout.reads(&table.name)));
        Outputs(tables)
    }

    /// What one replicate simulated for each data row of each target. The order of output rows has
    /// no influence; output rows that no data row asks for are passed over.
    ///
    /// # Errors
    /// A sentence fragment that names the target, and: the output or column that is missing, the
    /// data row that no output row or more than one matches, or the cell that is no number.
    pub fn align(&self, outputs: &Outputs) -> Result<Aligned, String> {
        let mut values = vec![f64::NAN; self.width];
        for target in &self.targets {
            let name = &target.target.name;
            target
                .layout
                .fill(outputs, &mut values)
                .map_err(|reason| format!("target `{name}`: {reason}"))?;
        }
        Ok(Aligned { values })
    }

    /// The loss of a trial from its replicates, in their order: the weighted sum over targets.
    ///
    /// A target's loss is minus the log likelihood of all its rows, or the mean over rows of its
    /// distance. Standard errors are jackknives over replicates (for [`crate::spec::Combine::Mean`]
    /// exactly sd / sqrt(R)), the trial's on the weighted sum, so that what targets share by coming
    /// from the same replicates counts. Estimated spreads and factors are held fixed in them.
    ///
    /// # Errors
    /// Why the trial has no loss, naming the target: a measure that is undefined for what was
    /// simulated, probability 0 in every replicate, an infinite mean.
    pub fn evaluate<R: Borrow<Aligned>>(&self, replicates: &[R]) -> Result<TrialLoss, String> {
        let replicates: Vec<&Aligned> = replicates.iter().map(Borrow::borrow).collect();
        let replicates = replicates.as_slice();
        if replicates.is_empty() {
            return Err("there are no replicates".to_string());
        }
        if replicates.iter().any(|replicate| replicate.values.len() != self.width) {
            return Err("a replicate was aligned with other targets".to_string());
        }
        let mut trial = TrialLoss { loss: 0.0, se: f64::NAN, targets: Vec::new(), notes: Vec::new() };
        let mut left_out = vec![0.0; if replicates.len() > 1 { replicates.len() } else { 0 }];
        for target in &self.targets {
            let name = &target.target.name;
            let named = |fragment: String| format!("target `{name}`: {fragment}");
            let combined = combine(target, replicates).map_err(named)?;
            let weight = target.target.weight;
            trial.loss += weight * combined.loss;
            left_out.iter_mut().zip(&combined.left_out).for_each(|(sum, loss)| *sum += weight * loss);
            trial.notes.extend(combined.notes.into_iter().map(named));
            trial.targets.push(TargetLoss {
                loss: combined.loss,
                se: standard_error(&combined.left_out),
                factors: combined.factors,
            });
        }
        if !trial.loss.is_finite() {
            return Err("the weighted sum of the targets' losses is not finite".to_string());
        }
        trial.se = standard_error(&left_out);
        Ok(trial)
    }
}
