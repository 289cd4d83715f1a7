//! From the unit interval to a parameter's domain: the quantile function of its prior, cut to its
//! bounds. It draws nothing itself.

use super::{Domain, Parameter, Prior, Value};
use crate::math::normal::truncated_norm_quantile;
use crate::math::{exp, ln};

/// Half the distance between two whole numbers: a whole number stands for all reals that round to
/// it, so that the first and the last have as much room as the others.
const HALF_STEP: f64 = 0.5;

impl Parameter {
    /// The value below which lies the share `u` in `[0, 1]` of the prior's probability; always of
    /// the domain. Uniform `u` give values distributed as the prior. A whole number has the
    /// probability of the reals that round to it (for a `log` parameter, in log space); a
    /// categorical parameter's choices are alike, whatever the prior.
    pub fn from_unit(&self, u: f64) -> Value {
        match &self.domain {
            Domain::Float { low, high, .. } if low == high => Value::Float(*low),
            Domain::Float { low, high, log } => {
                let value = real_from_unit(u, *low, *high, *log, self.prior);
                Value::Float(value.clamp(*low, *high))
            }
            Domain::Int { low, high, log } => {
                let (below, above) = (*low as f64 - HALF_STEP, *high as f64 + HALF_STEP);
                nearest_int(real_from_unit(u, below, above, *log, self.prior), *low, *high)
            }
            Domain::Categorical { choices } => {
                let last = choices.len().saturating_sub(1) as u32;
                // A float beyond the range of u32, or NaN, saturates.
                Value::Choice(((u * choices.len() as f64) as u32).min(last))
            }
        }
    }
}

/// The whole number of `low..=high` nearest to `value`.
pub(crate) fn nearest_int(value: f64, low: i64, high: i64) -> Value {
    Value::Int(((value + HALF_STEP).floor() as i64).clamp(low, high))
}

fn real_from_unit(u: f64, low: f64, high: f64, log: bool, prior: Prior) -> f64 {
    if log {
        exp(searched_from_unit(u, ln(low), ln(high), prior))
    } else {
        searched_from_unit(u, low, high, prior)
    }
}

/// The quantile in the space that is searched: of logarithms for a `log` parameter.
fn searched_from_unit(u: f64, low: f64, high: f64, prior: Prior) -> f64 {
    match prior {
        // The weighted mean of the bounds cannot overflow as their difference can.
        Prior::Uniform => low * (1.0 - u) + high * u,
        Prior::Normal { mean, sd } => {
            mean + sd * truncated_norm_quantile(u, (low - mean) / sd, (high - mean) / sd)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal::norm_quantile;
    use crate::rng::{Purpose, Stream};
    use crate::spec::Setting;

    fn parameter(domain: Domain, prior: Prior) -> Parameter {
        Parameter { name: "x".to_owned(), domain, prior }
    }

    fn counts(parameter: &Parameter, low: i64, size: usize) -> Vec<u32> {
        let mut counts = vec![0; size];
        for step in 0..100_000 {
            match parameter.from_unit((f64::from(step) + 0.5) / 1e5) {
                Value::Int(value) => counts[(value - low) as usize] += 1,
                Value::Choice(position) => counts[position as usize] += 1,
                Value::Float(_) => unreachable!("the domain is finite"),
            }
        }
        counts
    }

    #[test]
    fn nothing_leaves_the_bounds() {
        let bounds = [(0.1, 0.3), (-1e308, 1e308), (3.0, 3.0), (1e-300, 1e300), (0.7, 0.7 + 1e-15)];
        let priors =
            [Prior::Uniform, Prior::Normal { mean: 5.0, sd: 0.01 }, Prior::Normal { mean: -9.0, sd: 3.0 }];
        let mut stream = Stream::new(1, Purpose::Test, 0, 0);
        for prior in priors {
            for (low, high) in bounds {
                let linear = parameter(Domain::Float { low, high, log: false }, prior);
                let log = parameter(Domain::Float { low: low.abs() * 0.5, high, log: true }, prior);
                let ints = parameter(Domain::Int { low: i64::MIN, high: i64::MAX, log: false }, prior);
                let log_ints = parameter(Domain::Int { low: 1, high: i64::MAX, log: true }, prior);
                for u in [0.0, 5e-324, stream.unit(), 1.0 - f64::EPSILON / 2.0, 1.0] {
                    for parameter in [&linear, &log, &ints, &log_ints] {
                        let value = parameter.from_unit(u);
                        assert!(parameter.domain.contains(value), "{parameter:?} {u} {value:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_ends_of_the_unit_interval_are_the_bounds() {
        for log in [false, true] {
            let float = parameter(Domain::Float { low: 0.1, high: 7.3, log }, Prior::Uniform);
            assert!((float.from_unit(0.0).as_f64() - 0.1).abs() < 1e-15);
            assert!((float.from_unit(1.0).as_f64() - 7.3).abs() < 1e-14);
        }
    }

    #[test]
    fn whole_numbers_and_choices_are_equally_likely_under_a_uniform_prior() {
        let ints = parameter(Domain::Int { low: -2, high: 2, log: false }, Prior::Uniform);
        assert_eq!(counts(&ints, -2, 5), [20_000; 5]);
        let choices =
            vec![Setting::Bool(true), Setting::Int(4), Setting::Text("x".to_owned()), Setting::Float(0.5)];
        assert_eq!(counts(&parameter(Domain::Categorical { choices }, Prior::Uniform), 0, 4), [25_000; 4]);
    }

    #[test]
    fn a_log_whole_number_has_the_log_width_of_what_rounds_to_it() {
        let counts = counts(&parameter(Domain::Int { low: 1, high: 3, log: true }, Prior::Uniform), 1, 3);
        let all = ln(3.5 / 0.5);
        for (value, count) in (1..).zip(counts) {
            let value = f64::from(value);
            let expected = 1e5 * ln((value + 0.5) / (value - 0.5)) / all;
            assert!((f64::from(count) - expected).abs() < 2.0, "{value}: {count}, not {expected}");
        }
    }

    #[test]
    fn a_normal_prior_has_its_quantiles_and_for_log_those_of_the_logarithm() {
        let prior = Prior::Normal { mean: 1.0, sd: 2.0 };
        let linear = parameter(Domain::Float { low: -1e6, high: 1e6, log: false }, prior);
        let log = parameter(Domain::Float { low: 1e-9, high: 1e9, log: true }, prior);
        for u in [0.01, 0.3, 0.5, 0.9] {
            let x = 1.0 + 2.0 * norm_quantile(u);
            assert!((linear.from_unit(u).as_f64() - x).abs() < 1e-12);
            assert!((ln(log.from_unit(u).as_f64()) - x).abs() < 1e-9);
        }
        let cut = parameter(Domain::Float { low: 1.0, high: 1.5, log: false }, prior);
        assert!((cut.from_unit(0.5).as_f64() - 1.248).abs() < 0.001);
    }
}
