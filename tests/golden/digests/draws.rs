//! Streams and replicate seeds.

use super::Digests;
use freerun::ids::TrialId;
use freerun::rng::{Purpose, Stream, replicate_seed};

const DRAWS: u32 = 10_000;

pub fn add(digests: &mut Digests) {
    streams(digests);
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

fn numbers(digests: &mut Digests, name: &str, mut draw: impl FnMut(&mut Stream) -> f64) {
    let mut stream = Stream::new(0x0123_4567_89ab_cdef, Purpose::Test, 3, 5);
    digests.add(name, |digest| (0..DRAWS).for_each(|_| digest.f64(draw(&mut stream))));
}

fn whole(digests: &mut Digests, name: &str, mut draw: impl FnMut(&mut Stream) -> u64) {
    let mut stream = Stream::new(0x0123_4567_89ab_cdef, Purpose::Test, 3, 5);
    digests.add(name, |digest| (0..DRAWS).for_each(|_| digest.u64(draw(&mut stream))));
}
