//! The estimators against Optuna 5.0.0's own, on the histories of `tests/oracles/tpe.json` (see
//! `tests/oracles/tpe.py`).

use super::parzen::Column;
use super::*;
use crate::spec::{Domain, Parameter, Prior, Setting, Value};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
struct Case {
    names: Vec<String>,
    space: Vec<Json>,
    /// Trial, point, loss.
    history: Vec<(u32, Vec<f64>, Option<f64>)>,
    good: Mixture,
    rest: Option<Mixture>,
    /// Point, log l - log g.
    queries: Vec<(Vec<f64>, f64)>,
}

#[derive(Deserialize)]
struct Mixture {
    weights: Vec<f64>,
    axes: Vec<Marginal>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Marginal {
    Numeric { mu: Vec<f64>, sigma: Vec<f64> },
    Choice { choice: Vec<Vec<f64>> },
}

fn domain(spec: &Json) -> Domain {
    let number = |at: usize| spec[at].as_f64().unwrap();
    match spec[0].as_str().unwrap() {
        "float" => Domain::Float { low: number(1), high: number(2), log: spec[3].as_bool().unwrap() },
        "int" => {
            Domain::Int { low: number(1) as i64, high: number(2) as i64, log: spec[3].as_bool().unwrap() }
        }
        _ => Domain::Categorical { choices: (0..spec[1].as_i64().unwrap()).map(Setting::Int).collect() },
    }
}

fn point(space: &Space, numbers: &[f64]) -> Point {
    let value = |(parameter, &number): (&Parameter, &f64)| match parameter.domain {
        Domain::Float { .. } => Value::Float(number),
        Domain::Int { .. } => Value::Int(number as i64),
        Domain::Categorical { .. } => Value::Choice(number as u32),
    };
    Point(space.0.iter().zip(numbers).map(value).collect())
}

/// The case's sampler after its history, whose tells come newest first.
fn sampler(case: &Case) -> (Space, Tpe) {
    let parameter = |(name, spec): (&String, &Json)| Parameter {
        name: name.clone(),
        domain: domain(spec),
        prior: Prior::Uniform,
    };
    let space = Space(case.names.iter().zip(&case.space).map(parameter).collect());
    let mut tpe = Tpe::new(TpePlan::default(), &space);
    for (trial, numbers, _) in &case.history {
        tpe.observe(&Observation::Asked { trial: TrialId(*trial), point: point(&space, numbers) });
    }
    for (trial, _, loss) in case.history.iter().rev() {
        if loss.is_some() {
            tpe.observe(&Observation::Told { trial: TrialId(*trial), loss: *loss });
        }
    }
    tpe.good.prepare();
    tpe.rest.prepare();
    (space, tpe)
}

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-11 * expected.abs().max(1.0), "{what}: {found}, not {expected}");
}

fn compare(parzen: &Parzen, axes: &[Axis], expected: &Mixture) {
    assert_eq!(parzen.weights.len() + 1, expected.weights.len());
    let total = parzen.weights.iter().sum::<f64>() + parzen.prior_weight;
    let weights = parzen.weights.iter().chain([&parzen.prior_weight]);
    for (weight, &expected) in weights.zip(&expected.weights) {
        close(weight / total, expected, "weight");
    }
    for ((column, axis), expected) in parzen.columns.iter().zip(axes).zip(&expected.axes) {
        match (column, axis, expected) {
            (Column::Real(kernels), Axis::Real(scale, _), Marginal::Numeric { mu, sigma })
            | (Column::Whole(kernels), Axis::Whole(scale, _), Marginal::Numeric { mu, sigma }) => {
                let width = scale.searched(1.0) - scale.searched(0.0);
                for at in 0..kernels.mu.len() {
                    close(scale.searched(kernels.mu[at]), mu[at], "centre");
                    close(kernels.sigma[at] * width, sigma[at], "width");
                }
            }
            (Column::Choice(seen, size), Axis::Choice(_), Marginal::Choice { choice }) => {
                let [hit, miss] = parzen.choice_probabilities(*size);
                for (seen, row) in seen.iter().zip(choice) {
                    for (choice, &expected) in (0..).zip(row) {
                        close(if choice == *seen { hit } else { miss }, expected, "choice");
                    }
                }
            }
            _ => panic!("the axes differ in kind"),
        }
    }
}

#[test]
fn mixtures_and_scores_are_those_of_optuna() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/oracles/tpe.json")).unwrap();
    assert_eq!(cases.len(), 8);
    for case in &cases {
        let (space, tpe) = sampler(case);
        compare(&tpe.good, &tpe.axes, &case.good);
        if let Some(rest) = &case.rest {
            compare(&tpe.rest, &tpe.axes, rest);
        }
        let (mut places, mut scratch) = (Vec::new(), Scratch::default());
        for (numbers, score) in &case.queries {
            tpe.place(&point(&space, numbers), &mut places);
            let found =
                tpe.good.log_density(&places, &mut scratch) - tpe.rest.log_density(&places, &mut scratch);
            close(found, *score, "score");
        }
    }
}

/// Draws follow the density that scores them: along a float axis of the mixture, and for choices.
#[test]
fn samples_follow_the_mixture() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/oracles/tpe.json")).unwrap();
    let (_, tpe) = sampler(&cases[3]);
    let mut stream = Stream::new(5, crate::rng::Purpose::Test, 0, 0);
    let (bins, draws) = (20, 40_000);
    let (mut counts, mut choices) = (vec![0u32; bins], [0u32; 4]);
    let mut coordinates = Vec::new();
    for _ in 0..draws {
        tpe.good.sample(&mut stream, &mut coordinates);
        counts[((coordinates[0] * bins as f64) as usize).min(bins - 1)] += 1;
        choices[coordinates[2] as usize] += 1;
    }
    let total = tpe.good.weights.iter().sum::<f64>() + tpe.good.prior_weight;
    let Column::Real(kernels) = &tpe.good.columns[0] else { panic!("not a float") };
    let Column::Choice(seen, size) = &tpe.good.columns[2] else { panic!("not a choice") };
    let [hit, miss] = tpe.good.choice_probabilities(*size);
    let mass = |mu: f64, sigma: f64, low: f64, high: f64| {
        use crate::math::normal::norm_cdf;
        let between = |low: f64, high: f64| norm_cdf((high - mu) / sigma) - norm_cdf((low - mu) / sigma);
        between(low, high) / between(0.0, 1.0)
    };
    let near = |count: u32, share: f64| {
        let (mean, sd) = (share * f64::from(draws), (share * f64::from(draws)).sqrt());
        assert!((f64::from(count) - mean).abs() <= 4.5 * sd + 1.0, "{count}, not {mean}");
    };
    for (bin, &count) in counts.iter().enumerate() {
        let (low, high) = (bin as f64 / bins as f64, (bin + 1) as f64 / bins as f64);
        let of_kernels = (0..kernels.mu.len()).map(|at| mass(kernels.mu[at], kernels.sigma[at], low, high));
        near(count, (of_kernels.sum::<f64>() + mass(0.5, 1.0, low, high)) / total);
    }
    for (choice, &count) in (0..).zip(&choices) {
        let of_kernels = seen.iter().map(|&seen| if seen == choice { hit } else { miss }).sum::<f64>();
        near(count, (of_kernels + 0.25) / total);
    }
}
