//! Transcendental and special functions, at arguments of many magnitudes.

use super::Digests;
use freerun::math::{self, normal};
use freerun::rng::{Purpose, Stream};

const ARGUMENTS: u32 = 10_000;

pub fn add(digests: &mut Digests) {
    of_one(digests, "math/exp", math::exp);
    of_one(digests, "math/exp_m1", math::exp_m1);
    of_one(digests, "math/sin", math::sin);
    of_one(digests, "math/cos", math::cos);
    of_one(digests, "math/tanh", math::tanh);
    of_one(digests, "math/ln", |x| math::ln(x.abs()));
    of_one(digests, "math/ln_1p", |x| math::ln_1p(x.abs()));
    of_one(digests, "math/ln_gamma", |x| math::ln_gamma(x.abs()));
    of_one(digests, "math/stirling_error", |x| math::stirling_error(x.abs()));
    of_one(digests, "math/excess_over_ln_1p", |x| math::excess_over_ln_1p(x.abs()));
    of_two(digests, "math/pow", |x, y| math::pow(x.abs(), y));
    of_two(digests, "math/log_sum_exp", |x, y| math::log_sum_exp(&[x, y, 0.5 * (x + y)]));
    of_two(digests, "math/ln_gamma_ratio", |x, y| math::ln_gamma_ratio(x.abs(), y.abs()));
    of_two(digests, "math/ln_1p_ratio", |x, y| math::ln_1p_ratio(x.abs(), y.abs()));
    of_two(digests, "math/deviance", |x, y| math::deviance(x.abs(), y.abs(), y.abs() - x.abs()));
    of_one(digests, "math/norm_cdf", normal::norm_cdf);
    of_one(digests, "math/log_norm_cdf", normal::log_norm_cdf);
    of_two(digests, "math/log_norm_mass", |x, y| normal::log_norm_mass(x.min(y), x.max(y)));
    of_one(digests, "math/norm_quantile", |x| normal::norm_quantile(0.5 + 0.5 * math::tanh(x)));
    of_one(digests, "math/norm_quantile_of_log", |x| normal::norm_quantile_of_log(-x.abs()));
}

/// From about 1e-6 to 1e6, of either sign.
fn argument(stream: &mut Stream) -> f64 {
    let size = math::exp(stream.unit() * 27.6 - 13.8);
    if stream.below(2) == 0 { size } else { -size }
}

fn of_one(digests: &mut Digests, name: &str, function: impl Fn(f64) -> f64) {
    of_two(digests, name, |x, _| function(x));
}

fn of_two(digests: &mut Digests, name: &str, function: impl Fn(f64, f64) -> f64) {
    let mut stream = Stream::new(7, Purpose::Test, 1, 2);
    digests.add(name, |digest| {
        for _ in 0..ARGUMENTS {
            let (x, y) = (argument(&mut stream), argument(&mut stream));
            digest.f64(function(x, y));
        }
    });
}
