//! The scheduler under the virtual clock.

use super::{empty_study, median, warn_if_unoptimised};
use crate::cli::failure::Failure;
use crate::cli::{out, text};
use clap::Args;
use freerun::driver::virtual_clock::{VirtualClock, World};
use freerun::driver::{self, Asker};
use freerun::ids::{Epoch, Tick};
use freerun::model::{Outputs, ReplicateRequest};
use freerun::scheduler::{Scheduler, SessionInfo};
use freerun::spec::{Cells, Column, Durability, SamplerPlan, Study, Table};
use std::num::NonZeroU32;
use std::time::Instant;

/// Replicates a second under the virtual clock, of a study with random points
///
/// The whole scheduler with its journal in memory; run times are virtual, from 1 to 2 ms.
#[derive(Args)]
pub struct VirtualArgs {
    /// Simulated slots; several numbers are measured one after the other
    #[arg(long, value_delimiter = ',', default_values = ["16", "100000"], value_name = "NUMBERS")]
    slots: Vec<NonZeroU32>,
    /// Replicates of each study, ten to a trial
    #[arg(long, default_value = "1000000", value_name = "N")]
    replicates: NonZeroU32,
    /// Studies
    #[arg(long, default_value = "3", value_name = "N")]
    repeats: NonZeroU32,
}

const REPLICATES_OF_TRIAL: u32 = 10;

/// Measures.
pub fn run(args: &VirtualArgs) -> Result<(), Failure> {
    warn_if_unoptimised();
    let trials = args.replicates.get().div_ceil(REPLICATES_OF_TRIAL);
    let durability = Durability::Relaxed;
    let study =
        Study { replicates: REPLICATES_OF_TRIAL, durability, ..empty_study(trials, SamplerPlan::Random) };
    for slots in &args.slots {
        let mut rates = Vec::new();
        for repeat in 1..=args.repeats.get() {
            let seconds = one(&study, slots.get()).map_err(Failure::failed)?;
            let rate = f64::from(trials * REPLICATES_OF_TRIAL) / seconds;
            out::line(format!("{slots} slots, repeat {repeat}: {} replicates/s", text::number(rate.round())));
            rates.push(rate);
        }
        let median = text::number(median(&rates).round());
        out::line(format!("{slots} slots, median: {median} replicates/s"));
    }
    Ok(())
}

/// Seconds that a study takes, without freeing its journal.
fn one(study: &Study, slots: u32) -> Result<f64, String> {
    let workload = |request: &ReplicateRequest| {
        let cells = Cells::Float(vec![(request.seed >> 11) as f64]);
        let column = Column { name: "loss".into(), cells };
        let outputs = Outputs(vec![Table { name: "loss".into(), columns: vec![column] }]);
        (Ok(outputs), 1_000 + request.seed % 1_000)
    };
    let versions = driver::versions(study, 1);
    let session = SessionInfo {
        epoch: Epoch(1),
        started_utc_us: 0,
        engine: "virtual".to_owned(),
        host: "bench".to_owned(),
    };
    let world = World { slots: vec![(Tick(0), slots)], ..World::default() };
    let mut clock = VirtualClock::new(world, workload, Asker::of(study), Vec::new(), Tick(0));
    let opened = Scheduler::open(study.clone(), versions, &session);
    let mut scheduler = opened.map_err(|error| error.to_string())?;
    let begun = Instant::now();
    driver::ready(driver::run(&mut scheduler, &mut clock)).map_err(|error| error.to_string())?;
    Ok(begun.elapsed().as_secs_f64())
}
