//! `bench`: how fast this machine runs the program's own parts. It measures and says; nothing passes
//! or fails.

mod engine;
mod model;
mod world;

use super::failure::Failure;
use super::out;
use clap::{Args, Subcommand};
use freerun::spec::{
    AttemptRules, Budget, Domain, Durability, Mode, ModelPlan, Parameter, Prior, SamplerPlan, Space, Study,
    Target,
};
use std::collections::BTreeMap;

/// Measure how fast this machine runs the loop, a model or the virtual clock
#[derive(Args)]
#[command(
    after_help = "Examples:\n  freerun bench loop --trials 1000 --slots 16 --sampler tpe\n  freerun bench loop --store sqlite:\n  freerun bench model typhoid --set agents=100000\n  freerun bench virtual"
)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Loop(engine::LoopArgs),
    Model(model::ModelArgs),
    Virtual(world::VirtualArgs),
}

/// Measures.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    match &args.what {
        What::Loop(args) => engine::run(args),
        What::Model(args) => model::run(args),
        What::Virtual(args) => world::run(args),
    }
}

/// A study of the empty model: `synthetic` that does not wait, with five parameters and one
/// replicate.
fn empty_study(trials: u32, sampler: SamplerPlan) -> Study {
    let domain = Domain::Float { low: -5.0, high: 5.0, log: false };
    let parameter =
        |number| Parameter { name: format!("x{number}"), domain: domain.clone(), prior: Prior::Uniform };
    let target = Target::value("loss", "loss", "loss");
    Study {
        name: "bench".to_owned(),
        seed: 1,
        model: ModelPlan {
            model: "synthetic".to_owned(),
            settings: BTreeMap::new(),
            space: Space((0..5).map(parameter).collect()),
            outputs: vec!["loss".to_owned()],
        },
        targets: vec![target],
        start: Vec::new(),
        replicates: 1,
        common_random_numbers: false,
        mode: Mode::Parallel { in_flight: None },
        sampler,
        budget: Budget { trials, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 0, retry_failures: false, timeout_us: None },
        durability: Durability::Full,
    }
}

/// The middle of `values`; of an even number, the mean of the two in the middle.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// A warning where the figures would mislead.
fn warn_if_unoptimised() {
    if cfg!(debug_assertions) {
        out::note("this program was built without optimisation: figures of a --release build are higher");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
