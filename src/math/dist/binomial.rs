//! Binomial and multinomial counts.

use crate::math::{exp, ln, ln_1p};
use crate::rng::Stream;

/// From this expected count on, transformed rejection is cheaper than inversion.
const LARGE: f64 = 10.0;

/// How many of `n` independent trials of probability `p` succeed; `p` is cut to [0, 1], NaN is 0.
///
/// Inversion for an expected count (of the rarer side) below 10; above, BTRD's acceptance in the form
/// BTRS of Hörmann, "The generation of binomial random variates", Journal of Statistical Computation
/// and Simulation 46, 1993.
pub fn binomial(stream: &mut Stream, n: u64, p: f64) -> u64 {
    if n == 0 || p.is_nan() || p <= 0.0 {
        0
    } else if p >= 1.0 {
        n
    } else if p > 0.5 {
        n - rare(stream, n, 1.0 - p)
    } else {
        rare(stream, n, p)
    }
}

fn rare(stream: &mut Stream, n: u64, p: f64) -> u64 {
    if n as f64 * p < LARGE { invert(stream, n, p) } else { transformed_rejection(stream, n, p) }
}

fn invert(stream: &mut Stream, n: u64, p: f64) -> u64 {
    let odds = p / (1.0 - p);
    let mut left = stream.unit();
    let mut probability = exp(n as f64 * ln_1p(-p));
    let mut count = 0;
    while left >= probability && count < n && probability > 0.0 {
        left -= probability;
        probability *= odds * (n - count) as f64 / (count + 1) as f64;
        count += 1;
    }
    count
}

fn transformed_rejection(stream: &mut Stream, n: u64, p: f64) -> u64 {
    let trials = n as f64;
    let spread = (trials * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let centre = trials * p + 0.5;
    let alpha = (2.83 + 5.1 / b) * spread;
    let easy = 0.92 - 4.2 / b;
    let mode = ((trials + 1.0) * p).floor();
    loop {
        let u = stream.unit() - 0.5;
        let v = stream.open_unit();
        let edge = 0.5 - u.abs();
        let k = ((2.0 * a / edge + b) * u + centre).floor();
        if k < 0.0 || k > trials {
            continue;
        }
        if edge >= 0.07 && v <= easy {
            return k as u64;
        }
        let proposed = ln(v * alpha / (a / (edge * edge) + b));
        if proposed <= ln_ratio_to_mode(trials, p, mode, k) {
            return k as u64;
        }
    }
}

/// ln(P(k) / P(mode)), from Stirling's series with its remainder, so that no huge log-gammas cancel.
fn ln_ratio_to_mode(n: f64, p: f64, mode: f64, k: f64) -> f64 {
    let odds = p / (1.0 - p);
    let (failures, mode_failures) = (n - k, n - mode);
    (mode + 0.5) * ln((mode + 1.0) / (odds * (mode_failures + 1.0)))
        + stirling_remainder(mode)
        + stirling_remainder(mode_failures)
        + (n + 1.0) * ln((mode_failures + 1.0) / (failures + 1.0))
        + (k + 0.5) * ln(odds * (failures + 1.0) / (k + 1.0))
        - stirling_remainder(k)
        - stirling_remainder(failures)
}

/// ln(k!) minus Stirling's (k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi) / 2.
fn stirling_remainder(k: f64) -> f64 {
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;
    let x = k + 1.0;
    if x < 16.0 {
        return libm::lgamma(x) - ((k + 0.5) * ln(x) - x + HALF_LN_TAU);
    }
    let square = 1.0 / (x * x);
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - square / 1680.0) * square) * square) / x
}

/// Shares out `n` things over categories of these weights (not negative; they need not sum to 1) into
/// `counts`, by one conditional binomial for each. With no positive weight nothing is shared out.
pub fn multinomial(stream: &mut Stream, n: u64, weights: &[f64], counts: &mut Vec<u64>) {
    counts.clear();
    let mut weight_left: f64 = weights.iter().sum();
    let mut left = n;
    let last = weights.iter().rposition(|&weight| weight > 0.0);
    for (category, &weight) in weights.iter().enumerate() {
        let count = match last {
            Some(last) if category == last => left,
            Some(_) => binomial(stream, left, weight / weight_left),
            None => 0,
        };
        counts.push(count);
        left -= count;
        weight_left -= weight;
    }
}
