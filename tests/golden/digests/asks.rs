//! The first hundred asks of every sampler, with trials pending and trials that fail.

use super::{Digest, Digests};
use freerun::ids::TrialId;
use freerun::math;
use freerun::rng::{Purpose, Stream};
use freerun::sampler::{self, Observation};
use freerun::spec::*;

const ASKS: u32 = 100;
/// How many asks later a trial is told.
const LAG: u32 = 5;
const SEED: u64 = 2026;

pub fn add(digests: &mut Digests) {
    digests.add("asks/random", |digest| asks(digest, SamplerPlan::Random));
    digests.add("asks/sobol", |digest| asks(digest, SamplerPlan::Sobol));
    digests.add("asks/tpe", |digest| asks(digest, SamplerPlan::Tpe(TpePlan::default())));
}

pub fn space() -> Space {
    let parameter = |name: &str, domain, prior| Parameter { name: name.into(), domain, prior };
    let choices = ["a", "b", "c"].map(|choice| Setting::Text(choice.into())).to_vec();
    let normal = Prior::Normal { mean: 0.5, sd: 0.3 };
    Space(vec![
        parameter("share", Domain::Float { low: 0.0, high: 1.0, log: false }, normal),
        parameter("rate", Domain::Float { low: 1e-4, high: 10.0, log: true }, Prior::Uniform),
        parameter("count", Domain::Int { low: 1, high: 50, log: false }, Prior::Uniform),
        parameter("size", Domain::Int { low: 1, high: 1000, log: true }, Prior::Uniform),
        parameter("kind", Domain::Categorical { choices }, Prior::Uniform),
    ])
}

fn asks(digest: &mut Digest, plan: SamplerPlan) {
    let mut sampler = sampler::build(&plan, &space(), SEED);
    let mut points = Vec::new();
    for trial in 0..ASKS {
        if let Some(known) = trial.checked_sub(LAG) {
            let loss = loss(known, &points[known as usize]);
            sampler.observe(&Observation::Told { trial: TrialId(known), loss });
        }
        let trial = TrialId(trial);
        let point = sampler.propose(trial, Stream::new(SEED, Purpose::Ask, trial.0, 0));
        point.0.iter().for_each(|value| digest.f64(value.as_f64()));
        sampler.observe(&Observation::Asked { trial, point: point.clone() });
        points.push(point);
    }
}

/// Every seventh trial fails.
fn loss(trial: u32, point: &Point) -> Option<f64> {
    let sum: f64 = point.0.iter().map(|value| math::ln_1p(value.as_f64())).sum();
    (trial % 7 != 3).then_some(sum)
}
