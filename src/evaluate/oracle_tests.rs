//! Every measure against mpmath at 80 digits, through the public way in: a target of one draw.

use super::Evaluator;
use super::tests_support::{column, one_table, target};
use crate::spec::{Measure, Spread, Target};

/// See tests/oracles/likelihoods.py.
const ORACLE: &str = include_str!("../../tests/oracles/likelihoods.csv");

/// Relative; absolute for values within 1 of 0.
const ALLOWED: f64 = 1e-10;

fn measure(name: &str, a: f64, b: f64) -> Measure {
    let sigma = Spread::Known(a);
    match name {
        "squared" => Measure::SquaredError,
        "absolute" => Measure::AbsoluteError,
        "relative" => Measure::RelativeError,
        "normal" => Measure::Normal { sigma },
        "log_normal" => Measure::LogNormal { sigma },
        "student_t" => Measure::StudentT { sigma, degrees: b },
        "laplace" => Measure::Laplace { scale: sigma },
        "poisson" => Measure::Poisson,
        "negative_binomial" => Measure::NegativeBinomial { size: a },
        "negative_binomial_probability" => Measure::NegativeBinomialProbability { probability: a },
        "gamma_poisson" => Measure::GammaPoisson { shape: a, rate: b },
        "binomial" => Measure::Binomial,
        "beta_binomial" => Measure::BetaBinomial { alpha: a, beta: b },
        "beta_binomial_overdispersed" => Measure::BetaBinomialOverdispersed { rho: a },
        "multinomial" => Measure::Multinomial,
        "dirichlet_multinomial" => Measure::DirichletMultinomial { prior: a },
        other => panic!("no measure {other}"),
    }
}

fn numbers(cell: &str) -> Vec<f64> {
    cell.split(';').filter(|part| !part.is_empty()).map(|part| part.parse().unwrap()).collect()
}

/// The loss of one replicate.
fn loss(cells: &[&str]) -> Result<f64, String> {
    let lists: Vec<Vec<f64>> = cells[1..7].iter().map(|cell| numbers(cell)).collect();
    let [x, n, s, s_n, a, b] = lists.as_slice() else { panic!("six cells of numbers") };
    let first = |list: &[f64]| list.first().copied().unwrap_or(f64::NAN);
    let mut target: Target = target("t", measure(cells[0], first(a), first(b)), x);
    for (row, &x) in x.iter().enumerate() {
        target.measure.accepts_observed(x, n.get(row).copied()).unwrap();
    }
    let index: Vec<f64> = (0..x.len()).map(|row| row as f64).collect();
    let mut columns = vec![column("row", &index), column("value", s)];
    if !n.is_empty() {
        let data = target.data.as_mut().unwrap();
        data.observed_size = Some("n".to_string());
        data.table.columns.push(column("n", n));
    }
    if !s_n.is_empty() {
        target.simulated_size = Some("size".to_string());
        columns.push(column("size", s_n));
    }
    let evaluator = Evaluator::new(&[target]);
    let aligned = evaluator.align(&one_table(columns)).unwrap();
    evaluator.evaluate(&[aligned]).map(|trial| trial.loss)
}

#[test]
fn every_measure_agrees_with_eighty_digits() {
    let mut wrong = Vec::new();
    let mut worst = 0.0_f64;
    for line in ORACLE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let expected: f64 = cells[7].parse().unwrap();
        let found = loss(&cells);
        if expected == f64::NEG_INFINITY {
            if !found.as_ref().is_err_and(|reason| reason.contains("probability 0")) {
                wrong.push(format!("{line}: {found:?}"));
            }
            continue;
        }
        let is_distance = matches!(cells[0], "squared" | "absolute" | "relative");
        let found = found.map(|loss| if is_distance { loss } else { -loss }).unwrap_or(f64::NAN);
        let error = (found - expected).abs() / expected.abs().max(1.0);
        worst = worst.max(error);
        if error.is_nan() || error > ALLOWED {
            wrong.push(format!("{line}: {found:e}, off by {error:e}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, worst {worst:e}:\n{}", wrong.len(), wrong.join("\n"));
    // Far below what is allowed: a lost digit should be noticed.
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn every_measure_has_twenty_cases() {
    let mut counts = std::collections::BTreeMap::new();
    for line in ORACLE.lines().skip(1) {
        *counts.entry(line.split(',').next().unwrap()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 16, "all measures but the one without data");
    assert!(counts.values().all(|&count| count >= 20), "{counts:?}");
}
