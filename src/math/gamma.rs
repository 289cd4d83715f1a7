//! The log-gamma function and the pieces of it that stay accurate when counts are huge.
//!
//! Differences of log-gammas cancel: at counts of 10^7 each term is near 10^8, so that a
//! probability computed from them keeps eight digits. The remedy is Loader's ("Fast and accurate
//! computation of binomial probabilities", 2000): write every log-gamma as Stirling's formula plus
//! [`stirling_error`], and collect what remains into [`deviance`]s, which are sums of terms of one
//! sign.

use super::{ln, ln_1p};

/// ln(sqrt(2 pi)).
pub const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// From here on Stirling's series gives full precision.
const STIRLING_FROM: f64 = 10.0;

/// Largest |t| for which [`excess_over_ln_1p`] sums its series.
const SERIES_UP_TO: f64 = 0.3;

/// ln(Gamma(x)) for x > 0.
#[inline]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// What Stirling's formula leaves out: ln(Gamma(x + 1)) - (x + 1/2) ln(x) + x - ln(sqrt(2 pi)), for
/// x > 0. Absolute error below 10^-14.
pub fn stirling_error(x: f64) -> f64 {
    if x < STIRLING_FROM {
        return ln_gamma(x + 1.0) - (x + 0.5) * ln(x) + x - LN_SQRT_2PI;
    }
    // Bernoulli numbers over 2k (2k - 1), the asymptotic series of Abramowitz and Stegun 6.1.41.
    const TERMS: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    let inverse_square = 1.0 / (x * x);
    TERMS.iter().rev().fold(0.0, |sum, &term| sum * inverse_square + term) / x
}

/// ln(Gamma(a + b)) - ln(Gamma(a)) for a > 0, a + b > 0, without cancellation for a huge `a`.
pub fn ln_gamma_ratio(a: f64, b: f64) -> f64 {
    if a < STIRLING_FROM || a + b < STIRLING_FROM {
        return ln_gamma(a + b) - ln_gamma(a);
    }
    let relative = b / a;
    stirling_error(a + b) - stirling_error(a) + b * ln(a + b)
        - a * excess_over_ln_1p(relative)
        - 0.5 * ln_1p(relative)
}

/// t - ln(1 + t) for t > -1, accurate near 0. Never negative.
pub fn excess_over_ln_1p(t: f64) -> f64 {
    if t.abs() > SERIES_UP_TO {
        return t - ln_1p(t);
    }
    // ln(1 + t) = 2 atanh(r) with r = t / (2 + t), and t - 2 r = t r.
    let r = t / (2.0 + t);
    let square = r * r;
    let tail = (1..=12_u32).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    r * t - 2.0 * r * square * tail
}

/// x ln(x / mean) + mean - x for x > 0, mean > 0: half the Poisson deviance, never negative.
/// `excess` is mean - x, which the caller may know better than the subtraction does.
pub fn deviance(x: f64, mean: f64, excess: f64) -> f64 {
    let relative = excess / x;
    // Near -1 the quotient has lost the digits of a small mean.
    if relative > -0.9 && relative.is_finite() {
        return x * excess_over_ln_1p(relative);
    }
    x * (ln(x) - ln(mean)) + excess
}

/// ln(1 + a / b) for a >= 0, b > 0, without overflow of the quotient.
pub fn ln_1p_ratio(a: f64, b: f64) -> f64 {
    let ratio = a / b;
    if ratio.is_finite() { ln_1p(ratio) } else { ln(a) - ln(b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath at 60 digits, see tests/oracles/gamma.py.
    const ORACLE: &str = include_str!("../../tests/oracles/gamma.csv");

    #[test]
    fn every_function_agrees_with_sixty_digits() {
        let mut seen = 0;
        for line in ORACLE.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |i: usize| cells[i].parse::<f64>().unwrap();
            let (a, b, expected) = (number(1), number(2), number(3));
            let found = match cells[0] {
                "stirling_error" => stirling_error(a),
                "ln_gamma_ratio" => ln_gamma_ratio(a, b),
                "excess_over_ln_1p" => excess_over_ln_1p(a),
                "deviance" => deviance(a, b, b - a),
                other => panic!("no function {other}"),
            };
            let allowed = 2e-14 * expected.abs().max(1.0);
            assert!((found - expected).abs() <= allowed, "{line}: found {found:e}");
            seen += 1;
        }
        assert!(seen > 60, "{seen} cases");
    }

    #[test]
    fn small_excesses_keep_their_digits() {
        for t in [1e-4, -1e-5, 1e-9, 1e-150] {
            let expected = t * t / 2.0 - t * t * t / 3.0 + t * t * t * t / 4.0;
            let found = excess_over_ln_1p(t);
            assert!((found / expected - 1.0).abs() < 1e-11, "{t}: {found} {expected}");
        }
    }
}
