//! Laws of run times: how long a simulated or pretended piece of work takes. Used by models that wait
//! and by virtual clocks; it measures nothing itself.

use super::dist::{exponential, gamma, log_normal, pareto};
use super::{ln, ln_1p};
use crate::rng::Stream;
use serde::{Deserialize, Serialize};

/// A law of run times, in microseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "law", rename_all = "lowercase", deny_unknown_fields)]
pub enum DurationLaw {
    /// No time at all.
    None,
    /// Always the same.
    Constant {
        /// The duration.
        mean_us: f64,
    },
    /// Uniform from 0 to twice the mean.
    Uniform {
        /// Mean.
        mean_us: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean_us: f64,
    },
    /// Log-normal.
    LogNormal {
        /// Mean (of the duration, not of its logarithm).
        mean_us: f64,
        /// Coefficient of variation, standard deviation / mean.
        cv: f64,
    },
    /// Gamma.
    Gamma {
        /// Mean.
        mean_us: f64,
        /// Coefficient of variation, standard deviation / mean, > 0.
        cv: f64,
    },
    /// Pareto: heavy-tailed.
    Pareto {
        /// Mean.
        mean_us: f64,
        /// Tail index, > 1; the variance is infinite up to 2.
        tail: f64,
    },
    /// Drawn, with replacement, from measured durations.
    Empirical {
        /// The durations.
        times_us: Vec<f64>,
    },
}

impl DurationLaw {
    /// One duration, in microseconds; not negative, NaN only for parameters that make no sense.
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            DurationLaw::None => 0.0,
            DurationLaw::Constant { mean_us } => *mean_us,
            DurationLaw::Uniform { mean_us } => 2.0 * mean_us * stream.unit(),
            DurationLaw::Exponential { mean_us } => mean_us * exponential(stream),
            DurationLaw::LogNormal { mean_us, cv } => {
                let log_variance = ln_1p(cv * cv);
                log_normal(stream, ln(*mean_us) - 0.5 * log_variance, log_variance.sqrt())
            }
            DurationLaw::Gamma { mean_us, cv } => gamma(stream, 1.0 / (cv * cv), mean_us * cv * cv),
            DurationLaw::Pareto { mean_us, tail } => pareto(stream, mean_us * (tail - 1.0) / tail, *tail),
            DurationLaw::Empirical { times_us } => {
                times_us.get(stream.below(times_us.len() as u32) as usize).copied().unwrap_or(0.0)
            }
        }
    }
}

/// A law of run times that may depend on the parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duration {
    /// The law in the middle of the parameter space.
    pub law: DurationLaw,
    /// Dependence on the position `x0` in [0, 1] of a parameter within its bounds: durations are
    /// multiplied with `1 + slow (2 x0 - 1)`. From -1 to 1; 0 is none.
    #[serde(default)]
    pub slow: f64,
}

impl Duration {
    /// One duration in whole microseconds, rounded down, for a point whose first parameter is at `x0`
    /// of its range; 0 for an impossible law.
    pub fn sample_us(&self, stream: &mut Stream, x0: f64) -> u64 {
        let factor = 1.0 + self.slow * (2.0 * x0.clamp(0.0, 1.0) - 1.0);
        // The cast takes NaN and negative numbers to 0 and saturates.
        (self.law.draw(stream) * factor) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    /// Mean within 5 standard errors of 1000, for every law with a finite variance.
    #[test]
    fn laws_keep_their_mean_and_spread() {
        let mean_us = 1000.0;
        let laws = [
            (DurationLaw::Constant { mean_us }, 0.0),
            (DurationLaw::Uniform { mean_us }, 1.0 / 3.0_f64.sqrt()),
            (DurationLaw::Exponential { mean_us }, 1.0),
            (DurationLaw::LogNormal { mean_us, cv: 0.7 }, 0.7),
            (DurationLaw::Gamma { mean_us, cv: 1.4 }, 1.4),
            (DurationLaw::Pareto { mean_us, tail: 3.0 }, (1.0 / 3.0_f64).sqrt()),
            (DurationLaw::Empirical { times_us: vec![500.0, 1500.0] }, 0.5),
        ];
        for (number, (law, cv)) in laws.into_iter().enumerate() {
            let mut stream = Stream::new(1, Purpose::Test, 55, number as u32);
            let draws: Vec<f64> = (0..40_000).map(|_| law.draw(&mut stream)).collect();
            let mean = draws.iter().sum::<f64>() / 40_000.0;
            assert!((mean - 1000.0).abs() <= 5.0 * cv * 1000.0 / 200.0, "{law:?}: {mean}");
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 40_000.0;
            // The fourth moment of the Pareto law is infinite: its sample variance says little.
            assert!(
                (variance.sqrt() / 1000.0 - cv).abs() < 0.1 || matches!(law, DurationLaw::Pareto { .. }),
                "{law:?}"
            );
        }
    }

    #[test]
    fn slow_points_take_longer() {
        let duration = Duration { law: DurationLaw::Constant { mean_us: 100.0 }, slow: 0.5 };
        let mut stream = Stream::new(1, Purpose::Test, 56, 0);
        assert_eq!([0.0, 0.5, 1.0, 7.0].map(|x0| duration.sample_us(&mut stream, x0)), [50, 100, 150, 150]);
    }

    #[test]
    fn a_law_reads_back_and_refuses_unknown_fields() {
        let duration = Duration { law: DurationLaw::LogNormal { mean_us: 5.0, cv: 1.5 }, slow: 0.25 };
        let text = serde_json::to_string(&duration).unwrap();
        assert_eq!(serde_json::from_str::<Duration>(&text).unwrap(), duration);
        assert!(serde_json::from_str::<DurationLaw>(r#"{"law":"constant","mean":1}"#).is_err());
    }

    #[test]
    fn impossible_laws_take_no_time() {
        let mut stream = Stream::new(1, Purpose::Test, 57, 0);
        for law in [
            DurationLaw::Empirical { times_us: vec![] },
            DurationLaw::Gamma { mean_us: -1.0, cv: 1.0 },
            DurationLaw::Constant { mean_us: f64::NAN },
        ] {
            assert_eq!(Duration { law, slow: 0.0 }.sample_us(&mut stream, 0.5), 0);
        }
    }
}
