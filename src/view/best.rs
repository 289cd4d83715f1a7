//! The best trial, and how far to trust it: the trials that noise cannot tell from it, and the
//! parameters that sit at a bound of their range.

use super::{Fold, TrialRow, Trials};
use crate::evaluate::TrialLoss;
use crate::ids::{Seq, TrialId};
use crate::math;
use crate::scheduler::Record;
use crate::spec::{Domain, Parameter, Point, Value};
use serde::Serialize;

/// Fold of the best trial.
#[derive(Debug, Clone, Default)]
pub struct Best {
    trials: Trials,
}

/// A trial whose loss noise cannot tell from the best one's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tie {
    /// Its number.
    pub trial: TrialId,
    /// Its loss.
    pub loss: f64,
    /// Standard error of its loss over replicates.
    pub se: f64,
    /// By how much its loss exceeds the best.
    pub above_best: f64,
}

/// Which end of its range a parameter sits at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The smallest value.
    Low,
    /// The largest value.
    High,
}

/// A parameter of the best trial within 1 % of an end of its range, measured as the study searches
/// it (a `log` parameter by its logarithm). The range may be too narrow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtBound {
    /// Name of the parameter.
    pub parameter: String,
    /// Which end.
    pub bound: Bound,
}

/// The best trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestTrial {
    /// The trial of the lowest loss; the earliest of equals. Being picked for it, its loss is on
    /// average too low by some of its standard error.
    #[serde(flatten)]
    pub trial: TrialRow,
    /// Trials whose loss is less than two standard errors of the difference above the best, that is
    /// `loss - best < 2 sqrt(se^2 + se_best^2)`, by loss. Replicates are taken as independent
    /// between trials; under common random numbers that overstates the error of the difference, and
    /// lists too many trials rather than too few. Empty with a single replicate: no error is known.
    pub ties: Vec<Tie>,
    /// Numeric parameters, and the values they have in this trial and its ties.
    pub spans: Vec<Span>,
    /// Parameters at an end of their range.
    pub at_bounds: Vec<AtBound>,
}

/// The values of a parameter among trials that noise cannot tell apart: how little the data say of
/// it. No credible interval: trials are where the sampler looked, not draws from a posterior.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    /// Name of the parameter.
    pub parameter: String,
    /// Its smallest value.
    pub low: f64,
    /// Its largest value.
    pub high: f64,
}

/// How close to an end of its range, as a share of the range, a parameter is at its bound.
const AT_BOUND_SHARE: f64 = 0.01;

impl Best {
    /// The best trial so far; none without a loss.
    pub fn summary(&self) -> Option<BestTrial> {
        let losses = || self.trials.losses();
        let (best, loss) =
            losses().reduce(|best, next| if next.1.loss < best.1.loss { next } else { best })?;
        let trial = self.trials.row(best)?;
        let mut ties: Vec<Tie> =
            losses().filter(|(id, _)| *id != best).filter_map(|next| tie(loss, next)).collect();
        ties.sort_by(|a, b| a.loss.total_cmp(&b.loss));
        let at_bounds = self.at_bounds(&trial);
        let spans = self.spans(&trial, &ties);
        Some(BestTrial { trial, ties, spans, at_bounds })
    }

    /// The trials behind it.
    pub fn trials(&self) -> &Trials {
        &self.trials
    }

    fn spans(&self, best: &TrialRow, ties: &[Tie]) -> Vec<Span> {
        let tied = ties.iter().filter_map(|tie| self.trials.row(tie.trial)).map(|row| row.point);
        let points: Vec<Point> = tied.chain([best.point.clone()]).collect();
        let span = |(position, parameter): (usize, &Parameter)| {
            let values = points.iter().map(|point| point.0.get(position).and_then(number));
            let values = values.collect::<Option<Vec<f64>>>()?;
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Some(Span { parameter: parameter.name.clone(), low, high })
        };
        self.trials.space().0.iter().enumerate().filter_map(span).collect()
    }

    /// The parameters of `trial` that sit at an end of their range.
    pub fn at_bounds(&self, trial: &TrialRow) -> Vec<AtBound> {
        let named = self.trials.space().0.iter().zip(&trial.point.0);
        let found = named.filter_map(|(parameter, &value)| {
            let bound = bound(&parameter.domain, value)?;
            Some(AtBound { parameter: parameter.name.clone(), bound })
        });
        found.collect()
    }
}

impl Fold for Best {
    fn observe(&mut self, seq: Seq, record: &Record) {
        self.trials.observe(seq, record);
    }
}

fn tie(best: &TrialLoss, (trial, other): (TrialId, &TrialLoss)) -> Option<Tie> {
    let above_best = other.loss - best.loss;
    // NaN, the error of a single replicate, makes the comparison false.
    let close = above_best < 2.0 * (other.se * other.se + best.se * best.se).sqrt();
    close.then_some(Tie { trial, loss: other.loss, se: other.se, above_best })
}

/// The number that the value is; none for a choice.
fn number(value: &Value) -> Option<f64> {
    match *value {
        Value::Float(value) => Some(value),
        Value::Int(value) => Some(value as f64),
        Value::Choice(_) => None,
    }
}

fn bound(domain: &Domain, value: Value) -> Option<Bound> {
    let share = match (domain, value) {
        (&Domain::Float { low, high, log }, Value::Float(value)) => share(low, high, log, value),
        // With two values, each is an end of the range and none means anything.
        (&Domain::Int { low, high, log }, Value::Int(value)) if high.abs_diff(low) > 1 => {
            share(low as f64, high as f64, log, value as f64)
        }
        _ => return None,
    };
    match share {
        share if share <= AT_BOUND_SHARE => Some(Bound::Low),
        share if share >= 1.0 - AT_BOUND_SHARE => Some(Bound::High),
        _ => None,
    }
}

/// Where `value` lies in its range, from 0 to 1; NaN in a range of a single value.
fn share(low: f64, high: f64, log: bool, value: f64) -> f64 {
    let scale = |x: f64| if log { math::ln(x) } else { x };
    (scale(value) - scale(low)) / (scale(high) - scale(low))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn best_of(trials: &[(f64, f64, [f64; 2])]) -> Option<BestTrial> {
        let mut records = vec![opened(study())];
        for (number, &(loss, se, values)) in (0u32..).zip(trials) {
            records.push(asked_at(0, number, 1, values));
            records.push(told(1, number, complete(loss, se)));
        }
        Best::of(&records).summary()
    }

    #[test]
    fn the_lowest_loss_wins_and_the_earliest_of_equals() {
        let middle = [0.1, 0.5];
        let best = best_of(&[(2.0, 0.1, middle), (1.0, 0.1, middle), (1.0, 0.1, middle)]).unwrap();
        assert_eq!(best.trial.trial, TrialId(1));
        assert!(best_of(&[]).is_none());
    }

    #[test]
    fn a_tie_is_within_two_standard_errors_of_the_difference() {
        // sqrt(0.3^2 + 0.4^2) = 0.5: ties lie less than 1 above the best.
        let middle = [0.1, 0.5];
        let best =
            best_of(&[(10.0, 0.3, middle), (11.0, 0.4, middle), (10.99, 0.4, middle), (10.1, 0.0, middle)])
                .unwrap();
        let ties: Vec<_> = best.ties.iter().map(|tie| tie.trial).collect();
        assert_eq!(ties, [TrialId(3), TrialId(2)]);
        assert!((best.ties[0].above_best - 0.1).abs() < 1e-12);
    }

    #[test]
    fn spans_cover_the_best_and_its_ties_alone() {
        let best = best_of(&[(1.0, 0.5, [0.1, 0.5]), (1.2, 0.5, [0.4, 0.3]), (9.0, 0.5, [0.9, 0.9])]);
        let spans = best.unwrap().spans;
        let found: Vec<_> = spans.iter().map(|span| (span.parameter.as_str(), span.low, span.high)).collect();
        assert_eq!(found, [("rate", 0.1, 0.4), ("share", 0.3, 0.5)]);
    }

    #[test]
    fn without_standard_errors_there_are_no_ties() {
        let middle = [0.1, 0.5];
        assert_eq!(best_of(&[(1.0, f64::NAN, middle), (1.0, f64::NAN, middle)]).unwrap().ties, []);
    }

    #[test]
    fn bounds_are_measured_in_the_space_that_is_searched() {
        let at = |values| {
            let found = best_of(&[(1.0, 0.1, values)]).unwrap().at_bounds;
            found.into_iter().map(|at| (at.parameter, at.bound)).collect::<Vec<_>>()
        };
        // `rate` spans 0.01 to 1 in log space: 1 % of it is a factor 100^0.01 = 1.047.
        assert_eq!(at([0.0104, 0.5]), [("rate".into(), Bound::Low)]);
        assert_eq!(at([0.0106, 0.991]), [("share".into(), Bound::High)]);
        assert_eq!(at([0.0106, 0.0101]), []);
    }

    #[test]
    fn an_int_of_two_values_and_a_single_value_have_no_bound() {
        let int = |high| Domain::Int { low: 0, high, log: false };
        assert_eq!(bound(&int(1), Value::Int(0)), None);
        assert_eq!(bound(&int(2), Value::Int(0)), Some(Bound::Low));
        assert_eq!(bound(&Domain::Float { low: 1.0, high: 1.0, log: false }, Value::Float(1.0)), None);
    }

    #[test]
    fn the_best_trial_is_one_flat_object() {
        let json = serde_json::to_value(best_of(&[(1.0, 0.1, [0.01, 0.5])])).unwrap();
        assert_eq!(json["loss"], 1.0);
        assert_eq!(json["at_bounds"][0]["bound"], "low");
        assert_eq!(json["targets"][0]["target"], "cases");
    }
}
