//! What each replicate of a trial leads to expect for each data row, in the data's own unit: for
//! people who compare a fit with the data. No loss is decided here.

use super::TargetLoss;
use super::align::Aligned;
use super::evaluator::Evaluator;
use super::prepared::Prepared;
use crate::spec::Measure;

/// One data row beside what was expected for it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedRow {
    /// Observed value.
    pub observed: f64,
    /// Observed trials, population or exposure; none if the data have none.
    pub observed_size: Option<f64>,
    /// One for each replicate: the mean of the distribution that the measure compares `observed`
    /// with (its median for a log-normal, its centre for a Student-t), or what a distance is taken
    /// from; NaN where that is undefined.
    pub expected: Vec<f64>,
    /// Sum of the observed values of the draw that the row is part of, for measures whose draws have
    /// several rows: what `observed` and `expected` are shares of.
    pub draw_total: Option<f64>,
}

impl Evaluator {
    /// For each target, its data rows. A target without data has none. `losses` are those that
    /// [`Evaluator::evaluate`] found for the same replicates: their profiled factors are applied.
    pub fn expected(&self, replicates: &[Aligned], losses: &[TargetLoss]) -> Vec<Vec<ExpectedRow>> {
        let no_factors = Vec::new();
        let factors = losses.iter().map(|loss| &loss.factors).chain(std::iter::repeat(&no_factors));
        let targets = self.targets.iter().zip(factors);
        targets.map(|(target, factors)| rows(target, replicates, factors)).collect()
    }
}

fn rows(target: &Prepared, replicates: &[Aligned], factors: &[f64]) -> Vec<ExpectedRow> {
    let scale = scale(target, factors);
    let by_replicate: Vec<Vec<f64>> =
        replicates.iter().map(|replicate| one_replicate(target, replicate, &scale)).collect();
    let draw_totals = draw_totals(target);
    let data_rows = 0..target.observed.len();
    data_rows
        .map(|row| ExpectedRow {
            observed: target.observed[row],
            observed_size: Some(target.sizes[row]).filter(|size| !size.is_nan()),
            expected: by_replicate.iter().map(|expected| expected[row]).collect(),
            draw_total: draw_totals[row],
        })
        .collect()
}

fn draw_totals(target: &Prepared) -> Vec<Option<f64>> {
    let mut totals = vec![None; target.observed.len()];
    for draw in &target.all.draws {
        let total: f64 = draw.iter().map(|&row| target.observed[row]).sum();
        draw.iter().for_each(|&row| totals[row] = Some(total));
    }
    totals
}

/// What simulated values are multiplied with, profiled factors included.
fn scale(target: &Prepared, factors: &[f64]) -> Vec<f64> {
    let mut scale = target.scale.clone();
    for (factor, (_, block)) in factors.iter().zip(&target.groups) {
        block.rows.iter().for_each(|&row| scale[row] *= factor);
    }
    scale
}

/// What `replicate` leads to expect for each data row.
fn one_replicate(target: &Prepared, replicate: &Aligned, scale: &[f64]) -> Vec<f64> {
    let simulated = target.layout.simulated(replicate);
    let sizes = target.layout.sizes(replicate);
    let of_row = |row: usize| {
        let size = sizes.get(row).copied();
        expected(&target.target.measure, simulated[row] * scale[row], size, target.sizes[row])
    };
    let mut found: Vec<f64> = (0..target.observed.len()).map(of_row).collect();
    for draw in &target.all.draws {
        let observed: f64 = draw.iter().map(|&row| target.observed[row]).sum();
        let whole: f64 = draw.iter().map(|&row| found[row]).sum();
        draw.iter().for_each(|&row| found[row] *= observed / whole);
    }
    found
}

/// What is expected of one row of observed size `n` when `s` of `size` were simulated; for measures
/// by draw, its weight among the rows of its draw.
fn expected(measure: &Measure, s: f64, size: Option<f64>, n: f64) -> f64 {
    match *measure {
        Measure::NegativeBinomialProbability { probability } => s * (1.0 - probability) / probability,
        Measure::Binomial | Measure::BetaBinomialOverdispersed { .. } => n * (s / size.unwrap_or(1.0)),
        Measure::BetaBinomial { alpha, beta } => n * (s + alpha) / (size.unwrap_or(f64::NAN) + alpha + beta),
        Measure::GammaPoisson { shape, rate } => n * (s + shape) / (size.unwrap_or(f64::NAN) + rate),
        Measure::DirichletMultinomial { prior } => s + prior,
        Measure::Value
        | Measure::SquaredError
        | Measure::AbsoluteError
        | Measure::RelativeError
        | Measure::Normal { .. }
        | Measure::LogNormal { .. }
        | Measure::StudentT { .. }
        | Measure::Laplace { .. }
        | Measure::Poisson
        | Measure::NegativeBinomial { .. }
        | Measure::Multinomial => s,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::tests_support::*;
    use crate::model::Outputs;
    use crate::spec::{Profile, Target};

    fn expected_of(target: Target, replicates: &[Outputs]) -> Vec<ExpectedRow> {
        let evaluator = Evaluator::new(&[target]);
        let aligned: Vec<Aligned> =
            replicates.iter().map(|outputs| evaluator.align(outputs).unwrap()).collect();
        let losses = evaluator.evaluate(&aligned).unwrap().targets;
        evaluator.expected(&aligned, &losses).remove(0)
    }

    #[test]
    fn each_replicate_is_scaled_to_the_unit_of_the_data() {
        let mut cases = target("cases", Measure::SquaredError, &[10.0, 20.0]);
        cases.scale.constant = 2.0;
        let rows = expected_of(cases, &[outputs(&[4.0, 9.0]), outputs(&[6.0, 11.0])]);
        assert_eq!((rows[0].observed, &rows[0].expected), (10.0, &vec![8.0, 12.0]));
        assert_eq!((rows[1].observed, &rows[1].expected), (20.0, &vec![18.0, 22.0]));
        assert_eq!((rows[0].observed_size, rows[0].draw_total), (None, None));
    }

    #[test]
    fn profiled_factors_are_applied() {
        let mut cases = target("cases", Measure::Poisson, &[10.0, 20.0]);
        cases.scale.profile = Some(Profile { name: "reporting".into(), by: vec![], low: 0.01, high: 100.0 });
        let rows = expected_of(cases, &[outputs(&[1.0, 2.0])]);
        assert!((rows[0].expected[0] - 10.0).abs() < 1e-9, "{rows:?}");
    }

    #[test]
    fn a_draw_is_expected_to_have_the_observed_sum() {
        let shares = target("shares", Measure::Multinomial, &[10.0, 30.0]);
        let rows = expected_of(shares, &[outputs(&[1.0, 1.0]), outputs(&[1.0, 3.0])]);
        assert_eq!(rows[0].expected, [20.0, 10.0]);
        assert_eq!(rows[1].expected, [20.0, 30.0]);
        assert_eq!(rows[0].draw_total, Some(40.0));
    }

    #[test]
    fn shares_and_rates_are_expected_of_the_observed_size() {
        assert_eq!(expected(&Measure::Binomial, 1.0, Some(4.0), 20.0), 5.0);
        assert_eq!(expected(&Measure::Binomial, 0.25, None, 20.0), 5.0);
        assert_eq!(expected(&Measure::BetaBinomial { alpha: 1.0, beta: 1.0 }, 1.0, Some(2.0), 20.0), 10.0);
        assert_eq!(expected(&Measure::GammaPoisson { shape: 1.0, rate: 1.0 }, 2.0, Some(5.0), 20.0), 10.0);
        assert_eq!(
            expected(&Measure::NegativeBinomialProbability { probability: 0.25 }, 2.0, None, f64::NAN),
            6.0
        );
        assert_eq!(expected(&Measure::DirichletMultinomial { prior: 1.0 }, 2.0, None, f64::NAN), 3.0);
    }

    #[test]
    fn a_target_without_data_has_no_rows() {
        let mut value = target("value", Measure::Value, &[]);
        value.data = None;
        assert_eq!(expected_of(value, &[outputs(&[3.0])]), []);
    }
}
