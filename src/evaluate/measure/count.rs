//! Log probabilities of an observed count `x` = 0, 1, 2 ... with a simulated mean or size, which
//! need not be whole.
//!
//! All are in the saddle-point form of Loader ("Fast and accurate computation of binomial
//! probabilities", 2000): Stirling errors and deviances instead of log-gammas, so that counts of
//! 10^12 and sizes of 10^10 keep their digits. A negative mean or size gives NaN.

use crate::math::{LN_SQRT_2PI, deviance, ln, ln_1p_ratio, stirling_error};

/// ln Poisson(x; mean) = x ln(mean) - mean - ln(x!). At mean 0 only x = 0 is possible.
pub fn poisson(x: f64, mean: f64) -> f64 {
    if mean.is_nan() || mean < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return -mean;
    }
    if mean == 0.0 || mean.is_infinite() {
        return f64::NEG_INFINITY;
    }
    -stirling_error(x) - deviance(x, mean, mean - x) - 0.5 * ln(x) - LN_SQRT_2PI
}

/// Log probability of x when x ~ Poisson(mean g) and g ~ Gamma(size, rate size): variance
/// mean + mean^2 / size. The form of estival's and monty's (size, mu).
///
/// With p = size / (size + mean):
/// Gamma(x + size) / (Gamma(size) x!) p^size (1 - p)^x.
pub fn negative_binomial(x: f64, mean: f64, size: f64) -> f64 {
    if mean.is_nan() || size.is_nan() || mean < 0.0 || size < 0.0 {
        return f64::NAN;
    }
    if mean == 0.0 || size == 0.0 {
        return if x == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if size.is_infinite() {
        return poisson(x, mean);
    }
    if x == 0.0 {
        return -size * ln_1p_ratio(mean, size);
    }
    if mean.is_infinite() {
        return f64::NEG_INFINITY;
    }
    // Deviances of (size, x) from the shares p and 1 - p of size + x; the two excesses are opposite.
    let excess = (x - mean) * (size / (size + mean));
    let growth = (size + x) / (size + mean);
    let of_size = deviance(size, size * growth, excess);
    let of_x = deviance(x, mean * growth, -excess);
    stirling_error(size + x)
        - stirling_error(size)
        - stirling_error(x)
        - of_size
        - of_x
        - 0.5 * (ln(x) + ln_1p_ratio(x, size))
        - LN_SQRT_2PI
}

/// Log probability of x failures before `size` successes of probability p: the (r, p) form of SciPy,
/// R and pyABC. The size may be any real; at size 0 only x = 0 is possible.
pub fn negative_binomial_probability(x: f64, size: f64, p: f64) -> f64 {
    negative_binomial(x, size * (1.0 - p) / p, size)
}

/// Log probability of x ~ Poisson(rate n) with rate ~ Gamma(shape + s, prior rate + s_n): what `s`
/// simulated events in exposure `s_n` predict for exposure `n`. starsim's `GammaPoisson` is shape
/// = rate = 1.
pub fn gamma_poisson(x: f64, n: f64, s: f64, s_n: f64, shape: f64, rate: f64) -> f64 {
    let (shape, rate) = (shape + s, rate + s_n);
    negative_binomial(x, shape * (n / rate), shape)
}
