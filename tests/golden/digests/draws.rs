//! Streams, replicate seeds, and draws from every distribution.

use super::Digests;
use freerun::ids::TrialId;
use freerun::math::dist;
use freerun::rng::{Purpose, Stream, replicate_seed};

const DRAWS: u32 = 10_000;

pub fn add(digests: &mut Digests) {
    streams(digests);
    continuous(digests);
    counts(digests);
}

fn streams(digests: &mut Digests) {
    numbers(digests, "rng/unit", Stream::unit);
    numbers(digests, "rng/open_unit", Stream::open_unit);
    whole(digests, "rng/bits", Stream::next_u64);
    whole(digests, "rng/below", |stream| stream.below(1_000_003).into());
    digests.add("rng/replicate_seed", |digest| {
        for (trial, replicate) in (0..100).flat_map(|trial| (0..10).map(move |replicate| (trial, replicate)))
        {
            digest.u64(replicate_seed(42, TrialId(trial), replicate, false));
            digest.u64(replicate_seed(42, TrialId(trial), replicate, true));
        }
    });
}

fn continuous(digests: &mut Digests) {
    numbers(digests, "dist/standard_normal", dist::standard_normal);
    numbers(digests, "dist/exponential", dist::exponential);
    numbers(digests, "dist/normal", |stream| dist::normal(stream, 3.0, 0.7));
    numbers(digests, "dist/log_normal", |stream| dist::log_normal(stream, 1.172, 0.483));
    numbers(digests, "dist/gamma", |stream| dist::gamma(stream, 2.5, 3.0));
    numbers(digests, "dist/gamma/shape below 1", |stream| dist::gamma(stream, 0.3, 1.0));
    numbers(digests, "dist/beta", |stream| dist::beta(stream, 0.7, 2.2));
    numbers(digests, "dist/pareto", |stream| dist::pareto(stream, 1.0, 1.5));
    numbers(digests, "dist/student_t", |stream| dist::student_t(stream, 4.0));
}

fn counts(digests: &mut Digests) {
    whole(digests, "dist/bernoulli", |stream| dist::bernoulli(stream, 0.3).into());
    whole(digests, "dist/poisson/small", |stream| dist::poisson(stream, 2.7));
    whole(digests, "dist/poisson/large", |stream| dist::poisson(stream, 12_345.6));
    whole(digests, "dist/negative_binomial", |stream| dist::negative_binomial(stream, 40.0, 1.3));
    whole(digests, "dist/binomial/small", |stream| dist::binomial(stream, 20, 0.11));
    whole(digests, "dist/binomial/large", |stream| dist::binomial(stream, 1_000_000, 0.37));
    let mut counts = Vec::new();
    whole(digests, "dist/multinomial", |stream| {
        dist::multinomial(stream, 1_000, &[0.1, 0.0, 2.0, 0.7], &mut counts);
        counts.iter().fold(0, |sum, count| sum * 1_001 + count)
    });
}

fn numbers(digests: &mut Digests, name: &str, mut draw: impl FnMut(&mut Stream) -> f64) {
    let mut stream = Stream::new(0x0123_4567_89ab_cdef, Purpose::Test, 3, 5);
    digests.add(name, |digest| (0..DRAWS).for_each(|_| digest.f64(draw(&mut stream))));
}

fn whole(digests: &mut Digests, name: &str, mut draw: impl FnMut(&mut Stream) -> u64) {
    let mut stream = Stream::new(0x0123_4567_89ab_cdef, Purpose::Test, 3, 5);
    digests.add(name, |digest| (0..DRAWS).for_each(|_| digest.u64(draw(&mut stream))));
}
