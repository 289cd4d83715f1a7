//! Log densities of real-valued data around a simulated `s`. Formulas: Johnson, Kotz and
//! Balakrishnan, "Continuous Univariate Distributions", chapters 13 (normal), 14 (log-normal),
//! 24 (Laplace) and 28 (Student).
//!
//! A scale that is not above 0 gives NaN: no such distribution exists.

use crate::math::{LN_SQRT_2PI, ln, ln_1p, ln_gamma_ratio};

/// Beyond this the square of a standardised residual would overflow.
const HUGE_RESIDUAL: f64 = 1e150;

/// ln Normal(x; mean s, standard deviation sigma).
pub fn normal(x: f64, s: f64, sigma: f64) -> f64 {
    if sigma.is_nan() || sigma <= 0.0 {
        return f64::NAN;
    }
    let z = (x - s) / sigma;
    -0.5 * z * z - ln(sigma) - LN_SQRT_2PI
}

/// Log density of x > 0 when ln(x) ~ Normal(ln(s), sigma); the median is `s`. It is the density of
/// x itself, hence the term -ln(x). -infinity for s = 0.
pub fn log_normal(x: f64, s: f64, sigma: f64) -> f64 {
    if s == 0.0 {
        return f64::NEG_INFINITY;
    }
    if s < 0.0 {
        return f64::NAN;
    }
    normal(ln(x), ln(s), sigma) - ln(x)
}

/// Log density of x when (x - s) / sigma has Student's t distribution with so many degrees of
/// freedom: Gamma((d+1)/2) / (Gamma(d/2) sqrt(d pi) sigma) (1 + z^2/d)^(-(d+1)/2).
pub fn student_t(x: f64, s: f64, sigma: f64, degrees: f64) -> f64 {
    if sigma.is_nan() || sigma <= 0.0 {
        return f64::NAN;
    }
    let half = degrees / 2.0;
    let z = ((x - s) / sigma).abs();
    let tail = if z < HUGE_RESIDUAL { ln_1p(z * z / degrees) } else { 2.0 * ln(z) - ln(degrees) };
    // sqrt(d pi) = sqrt(d / 2) sqrt(2 pi)
    ln_gamma_ratio(half, 0.5) - 0.5 * ln(half) - LN_SQRT_2PI - ln(sigma) - (half + 0.5) * tail
}

/// ln Laplace(x; location s, scale b) = -|x - s| / b - ln(2 b).
pub fn laplace(x: f64, s: f64, b: f64) -> f64 {
    if b.is_nan() || b <= 0.0 {
        return f64::NAN;
    }
    -(x - s).abs() / b - ln(2.0 * b)
}
