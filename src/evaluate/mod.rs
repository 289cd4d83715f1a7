//! Outputs of a trial's replicates against data: alignment, likelihood or distance, and the loss
//! with its standard error. Pure arithmetic in fixed order; it knows no scheduler and no sampler.

mod loss;

pub use loss::*;
