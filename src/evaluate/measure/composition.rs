//! Log probabilities of a group of counts `x` given their sum: one draw of a multinomial. Built, as
//! in [`super::trials`], from the count probabilities at means that add up to the sum.

use super::count::{negative_binomial, poisson};

/// ln Multinomial(x; sum x, s / sum s). A category simulated as 0 cannot be observed, and a
/// simulation without any count gives the data probability 0. NaN for a negative `s`.
pub fn multinomial(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let n: f64 = pairs.clone().map(|(x, _)| x).sum();
    let whole: f64 = pairs.clone().map(|(_, s)| if s < 0.0 { f64::NAN } else { s }).sum();
    if whole.is_nan() {
        return f64::NAN;
    }
    if n == 0.0 {
        return 0.0;
    }
    if whole == 0.0 {
        return f64::NEG_INFINITY;
    }
    pairs.map(|(x, s)| poisson(x, n * (s / whole))).sum::<f64>() - poisson(n, n)
}

/// ln DirichletMultinomial(x; sum x, alpha) with alpha = s + prior; starsim's has prior 1. Every
/// alpha must be above 0; NaN otherwise.
pub fn dirichlet_multinomial(pairs: impl Iterator<Item = (f64, f64)> + Clone, prior: f64) -> f64 {
    let alphas = pairs.map(move |(x, s)| (x, if s + prior > 0.0 { s + prior } else { f64::NAN }));
    let n: f64 = alphas.clone().map(|(x, _)| x).sum();
    let total: f64 = alphas.clone().map(|(_, alpha)| alpha).sum();
    if total.is_nan() {
        return f64::NAN;
    }
    if n == 0.0 {
        return 0.0;
    }
    alphas.map(|(x, alpha)| negative_binomial(x, n * (alpha / total), alpha)).sum::<f64>()
        - negative_binomial(n, n, total)
}
