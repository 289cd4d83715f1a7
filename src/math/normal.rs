//! The standard normal distribution: distribution function, its logarithm, the logarithm of the mass
//! of an interval, quantiles, and quantiles of the truncated normal. All are accurate in both tails.
//! It knows nothing of parameters or samplers.

use super::{exp, exp_m1, ln, ln_1p};
use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

/// ln(sqrt(2 pi)).
pub const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// Below this the asymptotic series of the logarithm is used: it is exact there, and `erfc`
/// approaches its underflow.
const SERIES_BELOW: f64 = -20.0;

/// An interval of width h about m with h max(1, |m|) up to this is integrated by series: a
/// difference of distribution functions would cancel.
const NARROW: f64 = 0.5;

/// Probability of a value below `x`.
pub fn norm_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// Logarithm of [`norm_cdf`], accurate in both tails.
pub fn log_norm_cdf(x: f64) -> f64 {
    if x > 0.0 {
        ln_1p(-norm_cdf(-x))
    } else if x > SERIES_BELOW {
        ln(norm_cdf(x))
    } else {
        -0.5 * x * x - LN_SQRT_TWO_PI - ln(-x) + ln_1p(mills_series(x))
    }
}

/// -1/x^2 + 3/x^4 - 15/x^6 + ...: the asymptotic series of the tail (Abramowitz and Stegun 26.2.12)
/// without its leading 1; ten terms are exact for |x| >= 20.
fn mills_series(x: f64) -> f64 {
    let step = -1.0 / (x * x);
    let mut factor = 1.0;
    let mut sum = 0.0;
    for term in 0..10 {
        factor *= step * f64::from(2 * term + 1);
        sum += factor;
    }
    sum
}

/// Logarithm of the probability of a value between `a` and `b`; -infinity if `a >= b`.
pub fn log_norm_mass(a: f64, b: f64) -> f64 {
    if a >= b {
        return f64::NEG_INFINITY;
    }
    if a > 0.0 {
        return log_norm_mass(-b, -a);
    }
    let middle = 0.5 * a + 0.5 * b;
    let width = b - a;
    if width * middle.abs().max(1.0) <= NARROW {
        return ln(width) - 0.5 * middle * middle - LN_SQRT_TWO_PI + ln_1p(narrow_series(middle, width));
    }
    if b > 0.0 {
        let tails = norm_cdf(a) + norm_cdf(-b);
        return if tails < 0.5 { ln_1p(-tails) } else { ln(mass_around_zero(a, b)) };
    }
    let upper = log_norm_cdf(b);
    if upper == f64::NEG_INFINITY {
        return upper;
    }
    upper + ln(-exp_m1(log_norm_cdf(a) - upper))
}

fn mass_around_zero(a: f64, b: f64) -> f64 {
    0.5 * (libm::erf(b * FRAC_1_SQRT_2) + libm::erf(-a * FRAC_1_SQRT_2))
}

/// The mean over the interval of density(x) / density(middle), less 1: the Taylor series of the
/// density about the middle, whose derivatives are Hermite polynomials, integrated term by term.
fn narrow_series(middle: f64, width: f64) -> f64 {
    let quarter = 0.25 * width * width;
    let (mut before, mut hermite) = (1.0, middle);
    let mut factor = 1.0;
    let mut sum = 0.0;
    for order in 1..=7 {
        let order = f64::from(order);
        let even = middle * hermite - (2.0 * order - 1.0) * before;
        factor *= quarter / (2.0 * order * (2.0 * order + 1.0));
        sum += factor * even;
        (before, hermite) = (even, middle * even - 2.0 * order * hermite);
    }
    sum
}

/// The value below which lies the probability `p`; infinite for 0 and 1, NaN outside `[0, 1]`.
/// Algorithm AS 241 (Wichura, "The percentage points of the normal distribution", 1988), PPND16.
pub fn norm_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= CENTRAL {
        central_quantile(q)
    } else if p <= 0.0 || p >= 1.0 {
        edge_quantile(p)
    } else if q < 0.0 {
        tail_quantile(sqrt_of_minus(ln(p)))
    } else {
        // 1 - p is exact for p >= 1/2.
        -tail_quantile(sqrt_of_minus(ln(1.0 - p)))
    }
}

/// [`norm_quantile`] of e^`log_p`; it resolves probabilities far below the smallest double, and
/// those close to 1 as well as `log_p` itself does.
pub fn norm_quantile_of_log(log_p: f64) -> f64 {
    if log_p > -LN_2 {
        return -upper_quantile_of_log(log_p);
    }
    if log_p >= -TAIL_REACH * TAIL_REACH {
        let p = exp(log_p);
        let q = p - 0.5;
        return if q.abs() <= CENTRAL { central_quantile(q) } else { tail_quantile(sqrt_of_minus(log_p)) };
    }
    far_quantile(log_p)
}

/// The value above which lies 1 - e^`log_p`, with the sign turned.
fn upper_quantile_of_log(log_p: f64) -> f64 {
    if log_p >= 0.0 {
        return if log_p == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    norm_quantile(-exp_m1(log_p))
}

/// Newton's method on [`log_norm_cdf`], from the leading term of its asymptotic series.
fn far_quantile(log_p: f64) -> f64 {
    if log_p == f64::NEG_INFINITY {
        return log_p;
    }
    let target = -(log_p + LN_SQRT_TWO_PI);
    let first = (2.0 * target).sqrt();
    let mut x = -(2.0 * (target - ln(first))).sqrt();
    for _ in 0..4 {
        // The derivative of log_norm_cdf is close to -x here.
        let slope = -x / (1.0 + mills_series(x));
        x -= (log_norm_cdf(x) - log_p) / slope;
    }
    x
}

/// The value of a standard normal cut to `[a, b]` below which lies the share `u` of its
/// probability; within `[a, b]` always.
pub fn truncated_norm_quantile(u: f64, a: f64, b: f64) -> f64 {
    if u <= 0.0 || a >= b {
        return a;
    }
    if u >= 1.0 {
        return b;
    }
    if a > 0.0 {
        return -truncated_norm_quantile(1.0 - u, -b, -a);
    }
    let log_mass = log_norm_mass(a, b);
    let value = if log_mass == f64::NEG_INFINITY {
        // Too far out for a logarithm: all that is left of the probability is at the inner end.
        b
    } else if b < SERIES_BELOW {
        let (part, below) = (ln(u) + log_mass, log_norm_cdf(a));
        let top = part.max(below);
        norm_quantile_of_log(top + ln_1p(exp(part.min(below) - top)))
    } else {
        quantile_of_parts(norm_cdf(a), norm_cdf(-b), exp(log_mass), u)
    };
    value.clamp(a, b)
}

/// The quantile that has `below` and the share `u` of `mass` under it, and `above` and the rest of
/// `mass` over it: whichever is smaller decides, so neither tail loses digits.
pub fn quantile_of_parts(below: f64, above: f64, mass: f64, u: f64) -> f64 {
    let lower = below + u * mass;
    if lower <= 0.5 { norm_quantile(lower) } else { -norm_quantile(above + (1.0 - u) * mass) }
}

const CENTRAL: f64 = 0.425;
/// Largest sqrt(-ln p) that AS 241 covers.
const TAIL_REACH: f64 = 27.0;

fn sqrt_of_minus(x: f64) -> f64 {
    (-x).sqrt()
}

fn edge_quantile(p: f64) -> f64 {
    if p == 0.0 {
        f64::NEG_INFINITY
    } else if p == 1.0 {
        f64::INFINITY
    } else {
        f64::NAN
    }
}

fn central_quantile(q: f64) -> f64 {
    let r = 0.180_625 - q * q;
    q * horner(&CENTRAL_TOP, r) / horner(&CENTRAL_BOTTOM, r)
}

/// Quantile of a lower tail from r = sqrt(-ln p).
fn tail_quantile(r: f64) -> f64 {
    if r <= 5.0 {
        -horner(&NEAR_TOP, r - 1.6) / horner(&NEAR_BOTTOM, r - 1.6)
    } else {
        -horner(&FAR_TOP, r - 5.0) / horner(&FAR_BOTTOM, r - 5.0)
    }
}

fn horner(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, &coefficient| sum * x + coefficient)
}

// The coefficients of AS 241, highest power first.
const CENTRAL_TOP: [f64; 8] = [
    2.509_080_928_730_122_7e3,
    3.343_057_558_358_813e4,
    6.726_577_092_700_87e4,
    4.592_195_393_154_987e4,
    1.373_169_376_550_946e4,
    1.971_590_950_306_551_3e3,
    1.331_416_678_917_843_8e2,
    3.387_132_872_796_366_5,
];
const CENTRAL_BOTTOM: [f64; 8] = [
    5.226_495_278_852_854e3,
    2.872_908_573_572_194_3e4,
    3.930_789_580_009_271e4,
    2.121_379_430_158_659_7e4,
    5.394_196_021_424_751e3,
    6.871_870_074_920_579e2,
    4.231_333_070_160_091e1,
    1.0,
];
const NEAR_TOP: [f64; 8] = [
    7.745_450_142_783_414e-4,
    2.272_384_498_926_918_4e-2,
    2.417_807_251_774_506e-1,
    1.270_458_252_452_368_4,
    3.647_848_324_763_204_5,
    5.769_497_221_460_691,
    4.630_337_846_156_546,
    1.423_437_110_749_683_5,
];
const NEAR_BOTTOM: [f64; 8] = [
    1.050_750_071_644_416_9e-9,
    5.475_938_084_995_345e-4,
    1.519_866_656_361_645_7e-2,
    1.481_039_764_274_800_8e-1,
    6.897_673_349_851e-1,
    1.676_384_830_183_803_8,
    2.053_191_626_637_759,
    1.0,
];
const FAR_TOP: [f64; 8] = [
    2.010_334_399_292_288_1e-7,
    2.711_555_568_743_487_6e-5,
    1.242_660_947_388_078_4e-3,
    2.653_218_952_657_612_4e-2,
    2.965_605_718_285_048_7e-1,
    1.784_826_539_917_291_3,
    5.463_784_911_164_114,
    6.657_904_643_501_103,
];
const FAR_BOTTOM: [f64; 8] = [
    2.044_263_103_389_939_7e-15,
    1.421_511_758_316_446e-7,
    1.846_318_317_510_054_8e-5,
    7.868_691_311_456_133e-4,
    1.487_536_129_085_061_5e-2,
    1.369_298_809_227_358e-1,
    5.998_322_065_558_88e-1,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// Numbers of mpmath with 60 digits, see `tests/oracles/normal.py`.
    #[derive(Deserialize)]
    struct Oracle {
        cdf: Vec<[f64; 3]>,
        mass: Vec<[f64; 3]>,
        quantile: Vec<[f64; 2]>,
        quantile_of_log: Vec<[f64; 2]>,
        truncated: Vec<[f64; 4]>,
    }

    fn oracle() -> Oracle {
        serde_json::from_str(include_str!("../../tests/oracles/normal.json")).unwrap()
    }

    #[track_caller]
    fn close(found: f64, expected: f64, tolerance: f64, of: &[f64]) {
        let scale = expected.abs().max(f64::MIN_POSITIVE);
        assert!((found - expected).abs() <= tolerance * scale, "{of:?}: {found:e}, not {expected:e}");
    }

    #[test]
    fn distribution_function_and_its_logarithm_agree_with_mpmath() {
        for [x, cdf, log_cdf] in oracle().cdf {
            close(norm_cdf(x), cdf, 4e-13, &[x]);
            // Right of 0 it is as good as the opposite tail, whose argument is squared.
            close(log_norm_cdf(x), log_cdf, if x > 0.0 { 4e-13 } else { 2e-15 }, &[x]);
        }
    }

    #[test]
    fn the_mass_of_any_interval_agrees_with_mpmath() {
        for [a, b, log_mass] in oracle().mass {
            let found = log_norm_mass(a, b);
            close(found, log_mass, 1e-13, &[a, b]);
            // A relative error of the mass is an absolute one of its logarithm.
            let ulps = 4.0 * f64::EPSILON * log_mass.abs().max(1.0);
            assert!((found - log_mass).abs() <= 2e-14 + ulps, "{a} {b}: {found} {log_mass}");
        }
    }

    #[test]
    fn quantiles_agree_with_mpmath() {
        for [p, x] in oracle().quantile {
            close(norm_quantile(p), x, 1e-15, &[p]);
        }
        for [log_p, x] in oracle().quantile_of_log {
            close(norm_quantile_of_log(log_p), x, 1e-14, &[log_p]);
        }
    }

    #[test]
    fn quantiles_of_the_truncated_normal_agree_with_mpmath() {
        for [u, a, b, x] in oracle().truncated {
            close(truncated_norm_quantile(u, a, b), x, 1e-12, &[u, a, b]);
        }
    }

    #[test]
    fn edges_are_edges() {
        assert_eq!(norm_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(norm_quantile(1.0), f64::INFINITY);
        assert!(norm_quantile(-0.1).is_nan() && norm_quantile(f64::NAN).is_nan());
        assert_eq!(norm_quantile_of_log(0.0), f64::INFINITY);
        assert_eq!(norm_quantile_of_log(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(log_norm_mass(2.0, 2.0), f64::NEG_INFINITY);
        assert_eq!(log_norm_mass(f64::NEG_INFINITY, f64::INFINITY), 0.0);
        for (a, b) in [(-1e300, 1e300), (1e300, 1.5e300), (40.0, 40.0), (-3.0, -3.0 + 1e-15)] {
            for u in [0.0, 1e-300, 0.3, 1.0 - f64::EPSILON, 1.0] {
                let x = truncated_norm_quantile(u, a, b);
                assert!((a..=b).contains(&x), "{u} {a} {b}: {x}");
            }
        }
    }
}
