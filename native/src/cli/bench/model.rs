//! A model by itself, one simulation after the other.

use super::{median, warn_if_unoptimised};
use crate::cli::failure::Failure;
use crate::cli::simulate::{build, plan, simulate_one};
use crate::cli::{out, text};
use clap::Args;
use std::num::NonZeroU32;
use std::time::Instant;

/// Seconds of one simulation, on one thread
#[derive(Args)]
pub struct ModelArgs {
    /// Name of the model
    model: String,
    /// A parameter or setting and its value; the others take their defaults
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Only these outputs; a model skips the work for others
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    outputs: Vec<String>,
    /// Simulations that are timed, with seeds from 1 on
    #[arg(long, default_value = "5", value_name = "N")]
    repeats: NonZeroU32,
}

/// Measures.
pub fn run(args: &ModelArgs) -> Result<(), Failure> {
    warn_if_unoptimised();
    let plan = plan(&args.model, &args.set, &args.outputs)?;
    let mut model = build(&plan).map_err(Failure::failed)?;
    let mut all = Vec::new();
    for seed in 1..=u64::from(args.repeats.get()) {
        let begun = Instant::now();
        simulate_one(&mut *model, seed)
            .map_err(|failure| Failure::failed(format!("seed {seed}: {failure}")))?;
        let seconds = begun.elapsed().as_secs_f64();
        out::line(format!("seed {seed}: {} s", text::number(seconds)));
        all.push(seconds);
    }
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    out::line(format!("median: {} s, minimum: {} s", text::number(median(&all)), text::number(least)));
    Ok(())
}
