//! Poisson and negative binomial counts.

use super::gamma;
use crate::math::{exp, ln};
use crate::rng::Stream;

/// From this mean on, transformed rejection is cheaper than inversion.
const LARGE: f64 = 10.0;

/// Poisson of this mean; 0 for a mean that is not positive, `u64::MAX` for one above 2^62.
///
/// Inversion below mean 10; above, PTRS of Hörmann, "The transformed rejection method for generating
/// Poisson random variables", Insurance: Mathematics and Economics 12, 1993.
pub fn poisson(stream: &mut Stream, mean: f64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        0
    } else if mean < LARGE {
        invert(stream, mean)
    } else if mean < (1u64 << 62) as f64 {
        transformed_rejection(stream, mean)
    } else {
        u64::MAX
    }
}

fn invert(stream: &mut Stream, mean: f64) -> u64 {
    let mut left = stream.unit();
    let mut probability = exp(-mean);
    let mut count = 0;
    while left >= probability && probability > 0.0 {
        left -= probability;
        count += 1;
        probability *= mean / count as f64;
    }
    count
}

fn transformed_rejection(stream: &mut Stream, mean: f64) -> u64 {
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let easy = 0.9277 - 3.6224 / (b - 2.0);
    let ln_mean = ln(mean);
    loop {
        let u = stream.unit() - 0.5;
        let v = stream.open_unit();
        let edge = 0.5 - u.abs();
        let k = ((2.0 * a / edge + b) * u + mean + 0.43).floor();
        if edge >= 0.07 && v <= easy {
            return k as u64;
        }
        if k < 0.0 || (edge < 0.013 && v > edge) {
            continue;
        }
        let proposed = ln(v) + ln(inverse_alpha) - ln(a / (edge * edge) + b);
        if proposed <= k * ln_mean - mean - libm::lgamma(k + 1.0) {
            return k as u64;
        }
    }
}

/// Negative binomial of this mean and size (variance mean + mean^2 / size): a Poisson whose mean is
/// gamma distributed. 0 for a mean or size that is not positive.
pub fn negative_binomial(stream: &mut Stream, mean: f64, size: f64) -> u64 {
    let rate = gamma(stream, size, mean / size);
    poisson(stream, rate)
}
