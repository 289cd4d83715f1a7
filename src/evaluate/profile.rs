//! Nuisance factors: for each group of data rows, the factor in its bounds under which the mean
//! output of a trial's replicates fits best.
//!
//! A factor is decided once for each trial, from the mean output over its replicates, and then held
//! for every replicate: it stands for something about the data (a reporting rate), which cannot
//! depend on the noise of one simulation. For a measure by draw (multinomial and its kin) each draw
//! must lie within one group.

use super::prepared::{Block, Prepared, Series};
use crate::math::{exp, ln};
use crate::spec::{Measure, Profile};

/// Intervals of the first scan, which brackets the minimum where the cost has several.
const SCAN: usize = 32;

/// Steps of the golden-section search: they shrink the bracket by 10^-10.
const STEPS: usize = 48;

/// 1 / golden ratio.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The factors of the groups, given the mean output (scaled but for the factor).
pub(super) fn factors(target: &Prepared, profile: &Profile, mean: &Series) -> Vec<f64> {
    let spread = target.spread_or_one();
    // One list for all groups: the cost of a group reads its own rows only.
    let mut scaled = mean.simulated.to_vec();
    let inside = |factor: f64| factor.max(profile.low).min(profile.high);
    let mut of_group = |block: &Block| match closed_form(target, block, mean, &spread) {
        Some(factor) if factor.is_nan() => inside(1.0),
        Some(factor) => inside(factor),
        None => search(target, profile, block, mean, &spread, &mut scaled).unwrap_or(inside(1.0)),
    };
    target.groups.iter().map(|(_, block)| of_group(block)).collect()
}

/// The unbounded optimum where it has a formula: counts match in sum for a Poisson likelihood,
/// (weighted) least squares for normal errors, in logarithms for log-normal ones. NaN if the
/// simulation is 0 throughout, so that every factor fits alike.
fn closed_form(target: &Prepared, block: &Block, mean: &Series, spread: &[f64]) -> Option<f64> {
    let sum_of = |term: &dyn Fn(f64, f64, f64) -> f64| -> f64 {
        let terms = block
            .rows
            .iter()
            .map(|&row| term(target.observed[row], mean.simulated[row], 1.0 / (spread[row] * spread[row])));
        terms.sum()
    };
    match target.target.measure {
        Measure::Poisson => {
            let simulated = sum_of(&|_, s, _| s);
            let observed = sum_of(&|x, _, _| x);
            Some(if simulated == 0.0 { f64::NAN } else { observed / simulated })
        }
        Measure::SquaredError | Measure::Normal { .. } => {
            Some(sum_of(&|x, s, weight| weight * x * s) / sum_of(&|_, s, weight| weight * s * s))
        }
        Measure::LogNormal { .. } => {
            let log = sum_of(&|x, s, weight| weight * (ln(x) - ln(s))) / sum_of(&|_, _, weight| weight);
            Some(if log.is_finite() { exp(log) } else { f64::NAN })
        }
        _ => None,
    }
}

/// The best factor between the bounds: a scan of the logarithm, then golden-section search around
/// the best point of the scan (Kiefer 1953), a fixed number of steps. As any minimum found by values
/// alone it is accurate to the root of the rounding error, about 10^-8. `None` if no factor has a
/// finite cost. `scaled` is room to work in.
fn search(
    target: &Prepared,
    profile: &Profile,
    block: &Block,
    mean: &Series,
    spread: &[f64],
    scaled: &mut [f64],
) -> Option<f64> {
    let mut cost = |factor: f64| {
        for &row in &block.rows {
            scaled[row] = factor * mean.simulated[row];
        }
        let cost = target.cost(block, &Series { simulated: scaled, sizes: mean.sizes }, spread);
        if cost.is_nan() { f64::INFINITY } else { cost }
    };
    let (low, high) = (ln(profile.low), ln(profile.high));
    let at = |i: usize| low + (high - low) * (i as f64 / SCAN as f64);
    let factor_at = |i: usize| match i {
        0 => profile.low,
        SCAN => profile.high,
        _ => exp(at(i)),
    };
    let mut best = (f64::INFINITY, 0);
    for i in 0..=SCAN {
        let found = cost(factor_at(i));
        if found < best.0 {
            best = (found, i);
        }
    }
    if best.0.is_infinite() {
        return None;
    }
    let bracket = (at(best.1.saturating_sub(1)), at((best.1 + 1).min(SCAN)));
    let refined = exp(golden(bracket, |log| cost(exp(log))));
    Some(if cost(refined) < best.0 { refined } else { factor_at(best.1) })
}

/// The minimum of `cost` in a bracket.
fn golden((mut low, mut high): (f64, f64), mut cost: impl FnMut(f64) -> f64) -> f64 {
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (cost(left), cost(right));
    for _ in 0..STEPS {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = cost(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = cost(right);
        }
    }
    0.5 * (low + high)
}

/// A sentence fragment for every factor that stopped at a bound.
pub(super) fn notes(target: &Prepared, profile: &Profile, factors: &[f64]) -> Vec<String> {
    let mut notes = Vec::new();
    for (&factor, (group, _)) in factors.iter().zip(&target.groups) {
        let bound = match factor {
            _ if profile.low == profile.high => continue,
            low if low <= profile.low => "lower",
            high if high >= profile.high => "upper",
            _ => continue,
        };
        let of = if group.is_empty() { String::new() } else { format!(" ({group})") };
        let name = &profile.name;
        notes.push(format!("{name}{of} is at its {bound} bound, {factor}"));
    }
    notes
}
