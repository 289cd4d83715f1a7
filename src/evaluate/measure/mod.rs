//! The cost of one data row, or of one draw of several rows, under each [`Measure`]: a distance, or
//! minus a log probability. Plain functions of numbers; they know no tables and no replicates.

mod composition;
mod continuous;
mod count;
mod distance;
mod trials;

use crate::spec::Measure;
use trials::Share;

/// One data row beside what was simulated for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Observed.
    pub x: f64,
    /// Observed trials or exposure; NaN if the data have none.
    pub n: f64,
    /// Simulated, after scaling.
    pub s: f64,
    /// Simulated trials or exposure, never scaled.
    pub s_n: Option<f64>,
    /// Standard deviation or scale; NaN if the measure has none.
    pub sigma: f64,
}

/// Whether several rows make one draw, so that [`draw_cost`] applies and [`row_cost`] does not.
pub(super) fn by_draw(measure: &Measure) -> bool {
    matches!(measure, Measure::Multinomial | Measure::DirichletMultinomial { .. })
}

/// Cost of one row: the distance, or minus the log probability; infinity for probability 0, NaN
/// where the measure is undefined (a negative mean, a share above 1).
pub(super) fn row_cost(measure: &Measure, row: &Row) -> f64 {
    let Row { x, n, s, s_n, sigma } = *row;
    let size = s_n.unwrap_or(f64::NAN);
    match *measure {
        Measure::Value => s,
        Measure::SquaredError => distance::squared(x, s),
        Measure::AbsoluteError => distance::absolute(x, s),
        Measure::RelativeError => distance::relative(x, s),
        Measure::Normal { .. } => -continuous::normal(x, s, sigma),
        Measure::LogNormal { .. } => -continuous::log_normal(x, s, sigma),
        Measure::StudentT { degrees, .. } => -continuous::student_t(x, s, sigma, degrees),
        Measure::Laplace { .. } => -continuous::laplace(x, s, sigma),
        Measure::Poisson => -count::poisson(x, s),
        Measure::NegativeBinomial { size } => -count::negative_binomial(x, s, size),
        Measure::NegativeBinomialProbability { probability } => {
            -count::negative_binomial_probability(x, s, probability)
        }
        Measure::GammaPoisson { shape, rate } => -count::gamma_poisson(x, n, s, size, shape, rate),
        Measure::Binomial | Measure::BetaBinomialOverdispersed { .. } => share_cost(measure, row),
        Measure::BetaBinomial { alpha, beta } => -trials::beta_binomial(x, n, s + alpha, size - s + beta),
        Measure::Multinomial | Measure::DirichletMultinomial { .. } => f64::NAN,
    }
}

/// Cost of a row whose success probability is simulated. Nobody simulated where somebody was
/// observed (0 of 0) gives the data probability 0.
fn share_cost(measure: &Measure, row: &Row) -> f64 {
    if row.s_n == Some(0.0) && row.s == 0.0 {
        return if row.n == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let share = Share::new(row.s, row.s_n.unwrap_or(1.0));
    match *measure {
        Measure::BetaBinomialOverdispersed { rho } => {
            -trials::beta_binomial_overdispersed(row.x, row.n, share, rho)
        }
        _ => -trials::binomial(row.x, row.n, share),
    }
}

/// Cost of one draw, given the (observed, simulated) pairs of its rows; NaN for a measure whose
/// draws are single rows.
pub(super) fn draw_cost(measure: &Measure, pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    match *measure {
        Measure::Multinomial => -composition::multinomial(pairs),
        Measure::DirichletMultinomial { prior } => -composition::dirichlet_multinomial(pairs, prior),
        _ => f64::NAN,
    }
}
