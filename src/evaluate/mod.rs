//! Outputs of a trial's replicates against data: alignment, likelihood or distance, and the loss
//! with its standard error. Pure arithmetic in fixed order; it knows no scheduler and no sampler.

mod evaluator;
mod loss;

mod align;
mod combine;
mod expected;
mod measure;
mod prepared;
mod profile;

pub use align::Aligned;
pub use evaluator::Evaluator;
pub use expected::ExpectedRow;
pub use loss::*;

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_support;
#[cfg(test)]
mod trial_oracle_tests;
