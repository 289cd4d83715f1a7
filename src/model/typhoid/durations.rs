//! Whole-day durations: the law of `floor(X + U)` with X log-normal and U uniform on [0, 1), which
//! has the mean of X. Each law is worked out once, so that a draw is a table look-up.

use crate::math::normal::norm_cdf;
use crate::math::{exp, ln};
use crate::rng::Stream;

/// Log-mean and log-sd of days in the prepatent stage, by dose (low, middle, high).
const PREPATENT: [(f64, f64); 3] = [(2.235, 0.4964), (2.002, 0.706), (1.5487, 0.3442)];
/// Doses, in CFU, where the next prepatent law takes over.
const DOSE_LEVELS: [f64; 2] = [5.05e6, 5.5e7];
/// Log-mean of weeks in the acute or subclinical stage, and its log-sd under and from age 30.
const INFECTIOUS_LOG_MEAN_WEEKS: f64 = 1.172;
const INFECTIOUS_LOG_SD: [f64; 2] = [0.483, 0.788];

const CELLS: usize = 2048;
const SMALLEST_DRAW: f64 = 1.0 / (1u64 << 54) as f64;

/// A law over 0, 1, 2, ... days.
#[derive(Debug, Clone)]
pub(super) struct DayLaw {
    /// P(days > k).
    beyond: Vec<f64>,
    /// For each `1 / CELLS` of `u`, days that are certainly not too many.
    guide: Vec<u16>,
}

impl DayLaw {
    /// Of `floor(unit * exp(N(log_mean, log_sd)) + U)`.
    pub(super) fn of_log_normal(log_mean: f64, log_sd: f64, unit: f64) -> DayLaw {
        let mean_log = log_mean + ln(unit);
        // floor(X + U) > k in expectation over U: the excess of X over k, less that over k + 1.
        let mut beyond = Vec::new();
        let mut excess = excess_over(0.0, mean_log, log_sd);
        loop {
            let next = excess_over(beyond.len() as f64 + 1.0, mean_log, log_sd);
            let probability = excess - next;
            excess = next;
            beyond.push(probability);
            // A draw is at least 2^-54, so that nothing beyond this is ever reached.
            if probability < SMALLEST_DRAW || beyond.len() == usize::from(u16::MAX) {
                break;
            }
        }
        let guide = (0..CELLS)
            .map(|cell| {
                let most = (cell + 1) as f64 / CELLS as f64;
                beyond.iter().position(|&p| p < most).unwrap_or(0) as u16
            })
            .collect();
        DayLaw { beyond, guide }
    }

    /// One draw.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> u16 {
        let u = stream.open_unit();
        let mut days = self.guide[(u * CELLS as f64) as usize];
        while self.beyond.get(usize::from(days)).is_some_and(|&p| p >= u) {
            days += 1;
        }
        days
    }
}

/// E[max(X - x, 0)] of a log-normal: the formula of Black and Scholes without interest.
fn excess_over(x: f64, log_mean: f64, log_sd: f64) -> f64 {
    let mean = exp(log_mean + 0.5 * log_sd * log_sd);
    if x <= 0.0 {
        return mean;
    }
    let d = (log_mean - ln(x)) / log_sd;
    mean * norm_cdf(d + log_sd) - x * norm_cdf(d)
}

/// All duration laws of the model.
#[derive(Debug, Clone)]
pub(super) struct Durations {
    prepatent: [DayLaw; 3],
    infectious: [DayLaw; 2],
}

impl Durations {
    pub(super) fn new() -> Durations {
        Durations {
            prepatent: PREPATENT.map(|(log_mean, log_sd)| DayLaw::of_log_normal(log_mean, log_sd, 1.0)),
            infectious: INFECTIOUS_LOG_SD
                .map(|log_sd| DayLaw::of_log_normal(INFECTIOUS_LOG_MEAN_WEEKS, log_sd, 7.0)),
        }
    }

    /// Days in the prepatent stage after an infection by this dose.
    #[inline]
    pub(super) fn prepatent(&self, dose: f64) -> &DayLaw {
        &self.prepatent[usize::from(dose >= DOSE_LEVELS[0]) + usize::from(dose >= DOSE_LEVELS[1])]
    }

    /// Days in the acute or subclinical stage of somebody infected at this age.
    #[inline]
    pub(super) fn infectious(&self, age_years: f64) -> &DayLaw {
        &self.infectious[usize::from(age_years >= 30.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::dist::log_normal;
    use crate::rng::Purpose;

    /// Draws of the table against draws of the definition: two-sample chi-square over 25 cells,
    /// below its 1 - 1e-6 quantile (72 for 24 degrees of freedom).
    #[test]
    fn a_law_is_that_of_the_rounded_log_normal() {
        for (name, (log_mean, log_sd, unit)) in
            [(2.235, 0.4964, 1.0), (1.5487, 0.3442, 1.0), (1.172, 0.788, 7.0)].into_iter().enumerate()
        {
            let law = DayLaw::of_log_normal(log_mean, log_sd, unit);
            let mut stream = Stream::new(5, Purpose::Test, 3, name as u32);
            let mut cells = [[0.0f64; 25]; 2];
            let width = exp(log_mean) * unit / 10.0;
            for _ in 0..100_000 {
                let table = f64::from(law.draw(&mut stream));
                let defined = (unit * log_normal(&mut stream, log_mean, log_sd) + stream.unit()).floor();
                for (row, days) in [table, defined].into_iter().enumerate() {
                    cells[row][((days / width) as usize).min(24)] += 1.0;
                }
            }
            let statistic: f64 = (0..25)
                .filter(|&cell| cells[0][cell] + cells[1][cell] > 0.0)
                .map(|cell| {
                    let difference = cells[0][cell] - cells[1][cell];
                    difference * difference / (cells[0][cell] + cells[1][cell])
                })
                .sum();
            assert!(statistic < 72.0, "{statistic} {cells:?}");
        }
    }

    #[test]
    fn a_law_keeps_the_mean_and_ends() {
        let law = DayLaw::of_log_normal(1.172, 0.788, 7.0);
        let mean: f64 = law.beyond.iter().sum();
        assert!((mean - 7.0 * exp(1.172 + 0.788 * 0.788 / 2.0)).abs() < 1e-9, "{mean}");
        assert!(law.beyond.len() < 20_000, "{}", law.beyond.len());
        assert!(law.beyond.windows(2).all(|pair| pair[1] <= pair[0] + 1e-14));
    }
}
