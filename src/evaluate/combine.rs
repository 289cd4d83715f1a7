//! From the costs of a trial's replicates to one loss for each target, and what that loss would be
//! with each replicate left out, from which standard errors follow.
//!
//! What is estimated within a trial (profiled factors, spreads) is held fixed while replicates are
//! left out: standard errors are of the simulation's noise given these.

use super::align::Aligned;
use super::prepared::{Prepared, Series};
use super::profile;
use crate::math::{exp, ln, ln_1p, log_sum_exp};
use crate::spec::Combine;

/// With at least this many replicates ...
const REPLICATES_TO_JUDGE: usize = 4;

/// ... fewer effective ones than this mean that a single replicate decides.
const FEW_EFFECTIVE: f64 = 1.5;

/// One target's loss and what it is made of; `notes` are sentence fragments.
#[derive(Debug, Clone)]
pub(super) struct Combined {
    pub loss: f64,
    /// The loss without replicate r, for each r; empty with a single replicate.
    pub left_out: Vec<f64>,
    pub factors: Vec<f64>,
    pub notes: Vec<String>,
}

/// Loss of `target` over all replicates, of which there is at least one.
///
/// # Errors
/// Why there is none, as a sentence fragment.
pub(super) fn combine(target: &Prepared, replicates: &[&Aligned]) -> Result<Combined, String> {
    let mut scale = target.scale.clone();
    let mut notes = Vec::new();
    let mut factors = Vec::new();
    if let Some(plan) = &target.target.scale.profile {
        let (simulated, sizes) = mean(target, replicates);
        let simulated = scaled(&simulated, &scale);
        factors = profile::factors(target, plan, &Series { simulated: &simulated, sizes: &sizes });
        for (factor, (_, block)) in factors.iter().zip(&target.groups) {
            block.rows.iter().for_each(|&row| scale[row] *= factor);
        }
        notes = profile::notes(target, plan, &factors);
    }
    let (loss, left_out) = match target.target.combine {
        Combine::MeanSignal if target.target.data.is_some() => mean_signal(target, replicates, &scale)?,
        Combine::MeanSignal | Combine::Mean => mean_of(target, &costs(target, replicates, &scale)?)?,
        Combine::LogMeanExp => {
            let costs = costs(target, replicates, &scale)?;
            notes.extend(impossible(target, &costs));
            log_mean_exp(&costs, &mut notes)
        }
    };
    if !loss.is_finite() {
        return Err("the loss is infinite".to_string());
    }
    Ok(Combined { loss, left_out, factors, notes })
}

/// Mean over replicates of the simulated values and of the sizes.
fn mean(target: &Prepared, replicates: &[&Aligned]) -> (Vec<f64>, Vec<f64>) {
    let (mut simulated, mut sizes) = sums(target, replicates);
    simulated.iter_mut().chain(&mut sizes).for_each(|sum| *sum /= replicates.len() as f64);
    (simulated, sizes)
}

fn sums(target: &Prepared, replicates: &[&Aligned]) -> (Vec<f64>, Vec<f64>) {
    let Some(first) = replicates.first() else { return (Vec::new(), Vec::new()) };
    let mut simulated = target.layout.simulated(first).to_vec();
    let mut sizes = target.layout.sizes(first).to_vec();
    for replicate in &replicates[1..] {
        simulated.iter_mut().zip(target.layout.simulated(replicate)).for_each(|(sum, s)| *sum += s);
        sizes.iter_mut().zip(target.layout.sizes(replicate)).for_each(|(sum, s)| *sum += s);
    }
    (simulated, sizes)
}

fn scaled(simulated: &[f64], scale: &[f64]) -> Vec<f64> {
    simulated.iter().zip(scale).map(|(s, scale)| s * scale).collect()
}

/// Measure of the mean output, and of the mean output without each replicate.
fn mean_signal(target: &Prepared, replicates: &[&Aligned], scale: &[f64]) -> Result<(f64, Vec<f64>), String> {
    let (simulated, sizes) = mean(target, replicates);
    let simulated = scaled(&simulated, scale);
    let series = Series { simulated: &simulated, sizes: &sizes };
    let spread = target.spread(&[series]);
    let loss = target.cost(&target.all, &series, &spread);
    if loss.is_nan() {
        return Err(format!("the measure of the mean output is {}", target.undefined(&series, &spread)));
    }
    if loss == f64::INFINITY && target.target.measure.is_likelihood() {
        return Err("the mean output gives the data probability 0".to_string());
    }
    if replicates.len() < 2 {
        return Ok((loss, Vec::new()));
    }
    let (simulated_sum, sizes_sum) = sums(target, replicates);
    let others = replicates.len() as f64 - 1.0;
    let without = |sum: &[f64], one: &[f64]| -> Vec<f64> {
        sum.iter().zip(one).map(|(sum, one)| (sum - one) / others).collect()
    };
    let left_out = replicates.iter().map(|replicate| {
        let simulated = without(&simulated_sum, target.layout.simulated(replicate));
        let sizes = without(&sizes_sum, target.layout.sizes(replicate));
        let series = Series { simulated: &scaled(&simulated, scale), sizes: &sizes };
        target.cost(&target.all, &series, &spread)
    });
    Ok((loss, left_out.collect()))
}

/// Cost of each replicate.
fn costs(target: &Prepared, replicates: &[&Aligned], scale: &[f64]) -> Result<Vec<f64>, String> {
    if target.target.data.is_none() {
        let value =
            |replicate: &&Aligned| target.layout.simulated(replicate)[0] * target.target.scale.constant;
        return Ok(replicates.iter().map(value).collect());
    }
    let simulated: Vec<Vec<f64>> =
        replicates.iter().map(|replicate| scaled(target.layout.simulated(replicate), scale)).collect();
    let series: Vec<Series> = replicates
        .iter()
        .zip(&simulated)
        .map(|(replicate, simulated)| Series { simulated, sizes: target.layout.sizes(replicate) })
        .collect();
    let spread = target.spread(&series);
    let costs: Vec<f64> = series.iter().map(|one| target.cost(&target.all, one, &spread)).collect();
    match costs.iter().position(|cost| cost.is_nan()) {
        Some(r) => Err(format!("the measure of replicate {r} is {}", target.undefined(&series[r], &spread))),
        None if target.target.measure.is_likelihood() && costs.iter().all(|&cost| cost == f64::INFINITY) => {
            Err("every replicate gives the data probability 0".to_string())
        }
        None => Ok(costs),
    }
}

/// How many replicates give the data probability 0, in words; `None` if none does.
fn impossible(target: &Prepared, costs: &[f64]) -> Option<String> {
    let count = costs.iter().filter(|&&cost| cost == f64::INFINITY).count();
    if count == 0 || !target.target.measure.is_likelihood() {
        return None;
    }
    let give = if count == 1 { "gives" } else { "give" };
    Some(format!("{count} of {} replicates {give} the data probability 0", costs.len()))
}

/// Mean of the costs, and without each.
fn mean_of(target: &Prepared, costs: &[f64]) -> Result<(f64, Vec<f64>), String> {
    if let Some(impossible) = impossible(target, costs) {
        return Err(format!("the mean loss is infinite: {impossible}"));
    }
    let sum: f64 = costs.iter().sum();
    let others = costs.len() as f64 - 1.0;
    let left_out =
        if costs.len() < 2 { Vec::new() } else { costs.iter().map(|cost| (sum - cost) / others).collect() };
    Ok((sum / costs.len() as f64, left_out))
}

/// Minus the log of the mean likelihood, and without each replicate.
fn log_mean_exp(costs: &[f64], notes: &mut Vec<String>) -> (f64, Vec<f64>) {
    let logs: Vec<f64> = costs.iter().map(|cost| -cost).collect();
    let total = log_sum_exp(&logs);
    let loss = ln(logs.len() as f64) - total;
    if logs.len() < 2 {
        return (loss, Vec::new());
    }
    let shares: Vec<f64> = logs.iter().map(|log| exp(log - total)).collect();
    let effective = 1.0 / shares.iter().map(|share| share * share).sum::<f64>();
    if logs.len() >= REPLICATES_TO_JUDGE && effective < FEW_EFFECTIVE {
        notes.push(format!(
            "one of {} replicates decides the likelihood (effective number {effective:.2})",
            logs.len()
        ));
    }
    let others = ln(logs.len() as f64 - 1.0);
    let left_out =
        shares.iter().enumerate().map(|(r, &share)| others - log_sum_without(&logs, total, r, share));
    (loss, left_out.collect())
}

/// ln of the sum of e^log without the term `r`, which has this `share` of the whole. Subtracting a
/// large share would cancel: then, for at most two terms, the rest is summed again.
fn log_sum_without(logs: &[f64], total: f64, r: usize, share: f64) -> f64 {
    if share < 0.5 {
        return total + ln_1p(-share);
    }
    let rest: Vec<f64> =
        logs.iter().enumerate().filter(|(other, _)| *other != r).map(|(_, &log)| log).collect();
    log_sum_exp(&rest)
}

/// Jackknife standard error from the losses with each replicate left out (Efron and Stein 1981): for
/// a mean, the standard deviation over the square root of the number. NaN without any, infinite if
/// the loss hangs on one replicate.
pub(super) fn standard_error(left_out: &[f64]) -> f64 {
    if left_out.is_empty() {
        return f64::NAN;
    }
    if left_out.iter().any(|loss| loss.is_infinite()) {
        return f64::INFINITY;
    }
    let number = left_out.len() as f64;
    let mean = left_out.iter().sum::<f64>() / number;
    let squares: f64 = left_out.iter().map(|loss| (loss - mean) * (loss - mean)).sum();
    (squares * (number - 1.0) / number).sqrt()
}
