//! Continuous distributions made from normal, exponential and uniform draws.

use super::{exponential, standard_normal};
use crate::math::{exp, ln};
use crate::rng::Stream;

/// Normal of this mean and standard deviation.
#[inline]
pub fn normal(stream: &mut Stream, mean: f64, sd: f64) -> f64 {
    mean + sd * standard_normal(stream)
}

/// e to the power of a normal with mean `log_mean` and standard deviation `log_sd`.
#[inline]
pub fn log_normal(stream: &mut Stream, log_mean: f64, log_sd: f64) -> f64 {
    exp(normal(stream, log_mean, log_sd))
}

/// Gamma of this shape and scale (mean `shape * scale`); NaN unless both are positive and finite.
///
/// Marsaglia and Tsang, "A simple method for generating gamma variables", ACM Transactions on
/// Mathematical Software 26(3), 2000; for shapes below 1 with their boost by `u^(1/shape)`.
pub fn gamma(stream: &mut Stream, shape: f64, scale: f64) -> f64 {
    let allowed = |x: f64| x.is_finite() && x > 0.0;
    if !allowed(shape) || !allowed(scale) {
        return f64::NAN;
    }
    exp(ln_gamma_draw(stream, shape)) * scale
}

/// The logarithm of a gamma draw of scale 1: tiny shapes give values that a double cannot hold.
fn ln_gamma_draw(stream: &mut Stream, shape: f64) -> f64 {
    if shape < 1.0 {
        // ln(u) / shape with -ln(u) exponential.
        let boost = exponential(stream) / shape;
        return ln(at_least_one(stream, shape + 1.0)) - boost;
    }
    ln(at_least_one(stream, shape))
}

fn at_least_one(stream: &mut Stream, shape: f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = standard_normal(stream);
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let u = stream.open_unit();
        let square = x * x;
        if u < 1.0 - 0.0331 * square * square || ln(u) < 0.5 * square + d * (1.0 - v + ln(v)) {
            return d * v;
        }
    }
}

/// Beta with these two shapes; NaN unless both are positive and finite.
///
/// The share of one gamma draw in the sum of two, formed from their logarithms, so that tiny shapes
/// do not give 0/0.
pub fn beta(stream: &mut Stream, a: f64, b: f64) -> f64 {
    if !(a.is_finite() && b.is_finite() && a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    let first = ln_gamma_draw(stream, a);
    let second = ln_gamma_draw(stream, b);
    1.0 / (1.0 + exp(second - first))
}

/// Pareto: P(X > x) = (`scale` / x)^`tail` for x >= `scale`; its mean is infinite for `tail <= 1`.
pub fn pareto(stream: &mut Stream, scale: f64, tail: f64) -> f64 {
    scale * exp(exponential(stream) / tail)
}

/// Student's t; NaN unless `degrees` is positive and finite.
pub fn student_t(stream: &mut Stream, degrees: f64) -> f64 {
    let z = standard_normal(stream);
    z / (gamma(stream, 0.5 * degrees, 2.0) / degrees).sqrt()
}
