//! What the guide says of the modes (`www/docs/modes.md`), measured: a search of 100 trials on 16
//! slots under the virtual clock, run times log-normal with coefficient of variation 0.5.
//! `cargo test --release -p freerun --test it trade_off -- --nocapture` prints the table.

use crate::worlds::build::{loss_table, slots, study, whole};
use freerun::math::{dist, ln, ln_1p};
use freerun::model::{ModelFailure, Outputs, ReplicateRequest};
use freerun::rng::{Purpose, Stream};
use freerun::spec::{Domain, Mode, Parameter, Prior, SamplerPlan, Space, Study, TpePlan};
use freerun::view::{Fold, Progress, ProgressSummary};

const DIMENSIONS: usize = 5;
const SEEDS: u64 = 20;

/// The sphere function, and a run time whose mean is 1 s.
fn sphere(request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
    let mut stream = Stream::new(request.seed, Purpose::Test, 0, 0);
    let log_variance = ln_1p(0.25);
    let run_us = 1e6 * dist::log_normal(&mut stream, -0.5 * log_variance, log_variance.sqrt());
    let loss = request.point.0.iter().map(|value| value.as_f64() * value.as_f64()).sum();
    (Ok(loss_table(loss)), run_us as u64)
}

fn search(mode: Mode, trials: u32, seed: u64) -> Study {
    let mut study = study(mode, trials, 1);
    let axis = |number| Parameter {
        name: format!("x{number}"),
        domain: Domain::Float { low: -5.0, high: 5.0, log: false },
        prior: Prior::Uniform,
    };
    study.model.space = Space((0..DIMENSIONS).map(axis).collect());
    study.seed = seed;
    study.sampler = SamplerPlan::Tpe(TpePlan::default());
    study
}

struct Row {
    makespan_s: f64,
    utilisation: f64,
    staleness: f64,
    /// Geometric mean over seeds of the best loss.
    best: f64,
}

#[expect(clippy::disallowed_macros, reason = "a test may show what it measured")]
fn measure(name: &str, mode: Mode, trials: u32, slot_count: u32) -> Row {
    let summaries: Vec<ProgressSummary> = (0..SEEDS)
        .map(|seed| {
            let (records, end) = whole(&search(mode, trials, seed), &slots(slot_count), sphere);
            Progress::of(&records).summary(end)
        })
        .collect();
    let mean = |of: &dyn Fn(&ProgressSummary) -> f64| summaries.iter().map(of).sum::<f64>() / SEEDS as f64;
    let row = Row {
        makespan_s: mean(&|summary| summary.run_time_us as f64 / 1e6),
        utilisation: mean(&|summary| summary.utilisation.unwrap_or(f64::NAN)),
        staleness: mean(&|summary| summary.mean_staleness.unwrap_or(f64::NAN)),
        best: freerun::math::exp(mean(&|summary| {
            ln(summary.best.as_ref().map_or(f64::NAN, |best| best.loss))
        })),
    };
    println!(
        "{name:28} {trials:4} trials  {:6.1} s  {:3.0} % busy  {:4.1} unseen  best {:.3}",
        row.makespan_s,
        100.0 * row.utilisation,
        row.staleness,
        row.best
    );
    row
}

#[test]
fn the_barrier_costs_time_and_its_absence_costs_knowledge() {
    let parallel = Mode::Parallel { in_flight: None };
    measure("one slot", parallel, 100, 1);
    let batched = measure("batched 16", Mode::Batched { batch_size: 16 }, 100, 16);
    let [short, _, windowed] =
        [16, 24, 32].map(|lag| measure(&format!("windowed {lag}"), Mode::Windowed { lag }, 100, 16));
    let free = measure("parallel", parallel, 100, 16);
    let longer = (100.0 * batched.makespan_s / free.makespan_s) as u32;
    let same_time = measure("parallel, same time", parallel, longer, 16);
    assert!(free.makespan_s < 0.7 * batched.makespan_s, "no barrier, no waiting");
    assert!(windowed.makespan_s < 0.8 * batched.makespan_s, "a generous lag waits little");
    assert!(short.makespan_s > windowed.makespan_s && short.staleness < windowed.staleness);
    assert!(free.staleness > batched.staleness, "an ask without a barrier knows less");
    assert!(same_time.best < batched.best, "at equal time more trials find more");
}
