//! Whole trials against mpmath and SciPy: combination of replicates, estimated spreads and profiled
//! factors.

use super::tests_support::{column, one_table, target};
use super::{Aligned, Evaluator};
use crate::spec::{Cells, Column, Combine, Measure, Profile, Spread};
use serde::Deserialize;

/// See tests/oracles/trials.py.
const ORACLE: &str = include_str!("../../tests/oracles/trials.json");

#[derive(Deserialize)]
struct Case {
    measure: String,
    combine: Combine,
    s: Vec<Vec<f64>>,
    x: Vec<f64>,
    #[serde(default)]
    size: f64,
    #[serde(default)]
    n: Vec<f64>,
    #[serde(default)]
    s_n: Vec<Vec<f64>>,
    #[serde(default)]
    group: Vec<String>,
    #[serde(default)]
    low: f64,
    #[serde(default)]
    high: f64,
    #[serde(default)]
    factors: Vec<f64>,
    loss: f64,
}

impl Case {
    fn measure(&self) -> Measure {
        match self.measure.as_str() {
            "Poisson" => Measure::Poisson,
            "NegativeBinomial" => Measure::NegativeBinomial { size: self.size },
            "Normal" => Measure::Normal { sigma: Spread::Estimated },
            "LogNormal" => Measure::LogNormal { sigma: Spread::Estimated },
            "Laplace" => Measure::Laplace { scale: Spread::Estimated },
            "BetaBinomial" => Measure::BetaBinomial { alpha: 1.0, beta: 1.0 },
            other => panic!("no measure {other}"),
        }
    }

    /// Relative error of the loss. A factor that was searched for is known to the root of the
    /// rounding error, as any minimum is, and the replicates' losses feel that.
    fn allowed(&self) -> f64 {
        let searched = matches!(self.measure.as_str(), "NegativeBinomial" | "Laplace" | "BetaBinomial");
        if searched && !self.factors.is_empty() { 1e-8 } else { 1e-12 }
    }

    fn evaluator(&self) -> Evaluator {
        let mut target = target("t", self.measure(), &self.x);
        target.combine = self.combine;
        let data = target.data.as_mut().unwrap();
        if !self.n.is_empty() {
            data.table.columns.push(column("n", &self.n));
            data.observed_size = Some("n".to_string());
            target.simulated_size = Some("size".to_string());
        }
        if !self.group.is_empty() {
            let cells = Cells::Text(self.group.clone());
            data.table.columns.push(Column { name: "group".into(), cells });
            target.scale.profile = Some(Profile {
                name: "reporting rate".to_string(),
                by: vec!["group".to_string()],
                low: self.low,
                high: self.high,
            });
        }
        Evaluator::new(&[target])
    }

    fn replicates(&self, evaluator: &Evaluator) -> Vec<Aligned> {
        let index: Vec<f64> = (0..self.x.len()).map(|row| row as f64).collect();
        let align = |(r, s): (usize, &Vec<f64>)| {
            let mut columns = vec![column("row", &index), column("value", s)];
            columns.extend(self.s_n.get(r).map(|sizes| column("size", sizes)));
            evaluator.align(&one_table(columns)).unwrap()
        };
        self.s.iter().enumerate().map(align).collect()
    }
}

#[test]
fn whole_trials_agree_with_the_definitions() {
    let cases: Vec<Case> = serde_json::from_str(ORACLE).unwrap();
    assert_eq!(cases.len(), 36);
    for case in &cases {
        let evaluator = case.evaluator();
        let trial = evaluator.evaluate(&case.replicates(&evaluator)).unwrap();
        let name = format!("{} {:?} {:?}", case.measure, case.combine, case.factors);
        let error = (trial.loss - case.loss).abs() / case.loss.abs();
        assert!(error < case.allowed(), "{name}: {} not {}", trial.loss, case.loss);
        let factors = &trial.targets[0].factors;
        assert_eq!(factors.len(), case.factors.len(), "{name}");
        for (found, expected) in factors.iter().zip(&case.factors) {
            assert!((found / expected - 1.0).abs() < 10.0 * case.allowed(), "{name}: {found} not {expected}");
        }
        let at_bound = trial.notes.iter().filter(|note| note.contains("upper bound, 4")).count();
        assert_eq!(at_bound, usize::from(!factors.is_empty()), "{name}: {:?}", trial.notes);
        assert!(trial.se.is_finite() && trial.se > 0.0, "{name}: {}", trial.se);
    }
}
