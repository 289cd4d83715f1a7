//! Draws from probability distributions: exact methods (no approximation beyond the rounding of
//! doubles) over a [`Stream`], on `libm`, so that the same stream gives the same bits on every target.
//! It knows nothing of models.
//!
//! Parameters outside their range give NaN or 0 as each function says; nothing here panics.

mod binomial;
mod continuous;
mod poisson;
mod tables;
mod ziggurat;

#[cfg(test)]
mod tests;

pub use binomial::{binomial, multinomial};
pub use continuous::{beta, gamma, log_normal, normal, pareto, student_t};
pub use poisson::{negative_binomial, poisson};
pub use ziggurat::{exponential, standard_normal};

use crate::rng::Stream;

/// True with probability `p`; always for `p >= 1`, never for `p <= 0` or NaN.
#[inline]
pub fn bernoulli(stream: &mut Stream, p: f64) -> bool {
    stream.unit() < p
}
