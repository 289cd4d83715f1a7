//! Log probabilities of `x` successes in `n` trials. Each is a ratio of the count probabilities of
//! [`super::count`], taken at means that add up to `n`: the large terms never appear.

use super::count::{negative_binomial, poisson};

/// How far a share may exceed 1 by rounding and still count as 1.
const ROUNDING: f64 = 1e-12;

/// A probability and its complement, each accurate when small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Probability of success.
    pub p: f64,
    /// 1 - p.
    pub q: f64,
}

impl Share {
    /// The share `s` of `whole`; NaN if it is outside [0, 1] or the whole is 0.
    pub fn new(s: f64, whole: f64) -> Share {
        let (p, q) = (s / whole, (whole - s) / whole);
        if q < 0.0 && q > -ROUNDING {
            return Share { p: 1.0, q: 0.0 };
        }
        if p >= 0.0 && q >= 0.0 { Share { p, q } } else { Share { p: f64::NAN, q: f64::NAN } }
    }
}

/// ln Binomial(x; n, p) = ln Poisson(x; n p) + ln Poisson(n - x; n q) - ln Poisson(n; n). SciPy's,
/// R's and calabaria's binomial.
pub fn binomial(x: f64, n: f64, share: Share) -> f64 {
    if n == 0.0 {
        return 0.0;
    }
    poisson(x, n * share.p) + poisson(n - x, n * share.q) - poisson(n, n)
}

/// ln BetaBinomial(x; n, a, b) = ln [C(n, x) B(x + a, n - x + b) / B(a, b)], as
/// ln NB(x; a) + ln NB(n - x; b) - ln NB(n; a + b) with one success probability in all three.
/// a, b > 0; NaN otherwise.
pub fn beta_binomial(x: f64, n: f64, a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() || a <= 0.0 || b <= 0.0 {
        return f64::NAN;
    }
    if n == 0.0 {
        return 0.0;
    }
    let total = a + b;
    negative_binomial(x, n * (a / total), a) + negative_binomial(n - x, n * (b / total), b)
        - negative_binomial(n, n, total)
}

/// ln BetaBinomial(x; n, p (1/rho - 1), q (1/rho - 1)): monty's (size, prob, rho). At p = 0 or 1 the
/// limit, one possible outcome.
pub fn beta_binomial_overdispersed(x: f64, n: f64, share: Share, rho: f64) -> f64 {
    if share.p == 0.0 || share.q == 0.0 {
        return binomial(x, n, share);
    }
    let total = (1.0 - rho) / rho;
    beta_binomial(x, n, share.p * total, share.q * total)
}
