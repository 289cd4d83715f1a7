//! Welch's t-test and Holm's correction.

use freerun::math::pow;

/// Size, mean and standard deviation (with n - 1) of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub n: f64,
    pub mean: f64,
    pub sd: f64,
}

impl Sample {
    pub fn of(values: &[f64]) -> Sample {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let square = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        Sample { n, mean, sd: (square / (n - 1.0)).sqrt() }
    }
}

/// Two-sided p-value of equal means (Welch, Biometrika 34, 1947).
pub fn welch(a: &Sample, b: &Sample) -> f64 {
    let (va, vb) = (a.sd * a.sd / a.n, b.sd * b.sd / b.n);
    if va + vb == 0.0 {
        return if a.mean == b.mean { 1.0 } else { 0.0 };
    }
    let degrees = (va + vb) * (va + vb) / (va * va / (a.n - 1.0) + vb * vb / (b.n - 1.0));
    two_sided_t((a.mean - b.mean) / (va + vb).sqrt(), degrees)
}

/// P(|T| > |t|). With u = x / sqrt(degrees + x^2), T has the density (1 - u^2)^(degrees / 2 - 1), up to
/// a constant; here u = 1 - v^2, which keeps the integrand smooth at the end.
fn two_sided_t(t: f64, degrees: f64) -> f64 {
    let u = t.abs() / (degrees + t * t).sqrt();
    let density = |v: f64| 2.0 * v * pow(v * v * (2.0 - v * v), 0.5 * degrees - 1.0);
    simpson(density, (1.0 - u).sqrt()) / simpson(density, 1.0)
}

fn simpson(function: impl Fn(f64) -> f64, to: f64) -> f64 {
    const CELLS: usize = 2000;
    let width = to / CELLS as f64;
    let weight = |at: usize| if at == 0 || at == CELLS { 1.0 } else { 2.0 + 2.0 * (at % 2) as f64 };
    (0..=CELLS).map(|at| weight(at) * function(at as f64 * width)).sum::<f64>() * width / 3.0
}

/// p-values corrected for their number (Holm, Scandinavian Journal of Statistics 6, 1979).
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![1.0; p.len()];
    let mut least = 0.0f64;
    for (rank, &position) in order.iter().enumerate() {
        least = least.max(p[position] * (p.len() - rank) as f64).min(1.0);
        corrected[position] = least;
    }
    corrected
}

/// Values of scipy.stats: `2 * t.sf(t, degrees)`, `ttest_ind_from_stats(..., equal_var=False)`.
#[test]
fn p_values_are_the_known_ones() {
    for (t, degrees, p) in
        [(2.0, 8.0, 0.0805162), (-3.5, 12.7, 0.00404384), (8.0, 30.0, 6.26582e-9), (0.5, 45.3, 0.61949)]
    {
        let found = two_sided_t(t, degrees);
        assert!((found / p - 1.0).abs() < 2e-3, "{t} {degrees}: {found} {p}");
    }
    let (a, b) = (Sample { n: 40.0, mean: 10.0, sd: 3.0 }, Sample { n: 9.0, mean: 12.0, sd: 1.0 });
    assert!((welch(&a, &b) / WELCH_P - 1.0).abs() < 1e-3, "{}", welch(&a, &b));
    assert_eq!(holm(&[0.01, 0.5, 0.02]), [0.03, 0.5, 0.04]);
}

const WELCH_P: f64 = 0.001_342_268_67;
