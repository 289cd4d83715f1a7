//! What the modes cost in time, under the virtual clock.

use super::build::*;
use freerun::driver::virtual_clock::World;
use freerun::ids::Tick;
use freerun::math::duration::DurationLaw;
use freerun::model::{ModelFailure, Outputs, ReplicateRequest};
use freerun::rng::{Purpose, Stream};
use freerun::scheduler::*;
use freerun::spec::*;

const EXPONENTIAL: Runs = Runs { mean_us: 1_000_000.0, spread: 1.0, fails: 0.0 };

fn quick(mode: Mode, trials: u32, replicates: u32) -> Study {
    Study { sampler: SamplerPlan::Random, ..study(mode, trials, replicates) }
}

/// Share of the slots' time in which they ran something.
fn utilisation(mode: Mode, trials: u32, slot_count: u32) -> f64 {
    let (records, makespan) = whole(&quick(mode, trials, 1), &slots(slot_count), EXPONENTIAL);
    busy_share(&records, slot_count, makespan)
}

fn busy_share(records: &[Record], slot_count: u32, makespan: Tick) -> f64 {
    let ran = records.iter().map(|record| match record.what {
        What::Ended { run_us, .. } => run_us as f64,
        _ => 0.0,
    });
    ran.sum::<f64>() / (f64::from(slot_count) * makespan.0 as f64)
}

/// A replicate that only takes its time, by this law.
fn lasting(law: DurationLaw) -> impl FnMut(&ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
    move |request| {
        let run_us = law.draw(&mut Stream::new(request.seed, Purpose::Test, 0, 0));
        (Ok(loss_table(0.0)), run_us as u64)
    }
}

/// Mean and standard error over worlds of the share of the slots' time that a batch of one task for
/// each slot keeps busy, as the ratio E[T] / E[longest of M]: over many batches.
fn behind_a_barrier(law: &DurationLaw, slot_count: u32, batches: u32) -> (f64, f64) {
    let worlds: Vec<f64> = (0..20)
        .map(|seed| {
            let mode = Mode::Batched { batch_size: slot_count };
            let study = Study { seed, ..quick(mode, batches / 20 * slot_count, 1) };
            let (records, makespan) = unwatched(&study, &slots(slot_count), lasting(law.clone()));
            busy_share(&records, slot_count, makespan)
        })
        .collect();
    let mean = worlds.iter().sum::<f64>() / 20.0;
    let variance = worlds.iter().map(|share| (share - mean) * (share - mean)).sum::<f64>() / 19.0;
    (mean, (variance / 20.0).sqrt())
}

/// Of uniform run times the longest of M lasts 2 M / (M + 1) means, of exponential ones H_M means:
/// that is what a barrier leaves of the slots. The log-normal figures are 1 / integral of 1 - F(x)^M,
/// by `tests/oracles/barrier.py`.
#[test]
fn a_barrier_costs_what_the_closed_forms_say() {
    let mean_us = 1e6;
    let harmonic = |m: u32| (1..=m).map(|k| 1.0 / f64::from(k)).sum::<f64>();
    let mut cases = Vec::new();
    for m in [4, 8, 16, 20, 64, 256] {
        cases.push((DurationLaw::Uniform { mean_us }, m, (f64::from(m) + 1.0) / (2.0 * f64::from(m))));
        cases.push((DurationLaw::Exponential { mean_us }, m, 1.0 / harmonic(m)));
    }
    for (cv, shares) in [
        (0.3, [0.7553, 0.6762, 0.6136, 0.5961, 0.5200, 0.4522]),
        (0.5, [0.6497, 0.5466, 0.4691, 0.4481, 0.3608, 0.2889]),
        (1.0, [0.5014, 0.3764, 0.2911, 0.2694, 0.1861, 0.1268]),
    ] {
        let law = DurationLaw::LogNormal { mean_us, cv };
        cases.extend(
            [4, 8, 16, 20, 64, 256].into_iter().zip(shares).map(|(m, share)| (law.clone(), m, share)),
        );
    }
    for (law, m, expected) in cases {
        let (measured, se) = behind_a_barrier(&law, m, 1_000);
        let off = (measured - expected).abs();
        assert!(off < 4.0 * se, "{law:?}, {m} slots: {measured} +- {se}, not {expected}");
    }
}

#[test]
fn without_a_barrier_slots_are_busy() {
    let mean_us = 1e6;
    let laws = [DurationLaw::Exponential { mean_us }, DurationLaw::LogNormal { mean_us, cv: 1.0 }];
    for (law, slot_count) in laws.iter().flat_map(|law| [4, 16, 64].map(|slot_count| (law, slot_count))) {
        let study = quick(Mode::Parallel { in_flight: None }, 400 * slot_count, 1);
        let (records, makespan) = unwatched(&study, &slots(slot_count), lasting(law.clone()));
        let measured = busy_share(&records, slot_count, makespan);
        assert!(measured > 0.95, "{law:?}, {slot_count} slots: {measured}");
    }
}

#[test]
fn a_reserve_covers_the_delay_of_asks_and_commits() {
    let study = quick(Mode::Parallel { in_flight: None }, 3_000, 1);
    let world = World { ask_us: 50_000, commit_us_max: 100_000, ..slots(16) };
    let (records, makespan) = whole(&study, &world, EXPONENTIAL);
    let measured = busy_share(&records, 16, makespan);
    assert!(measured > 0.95, "{measured}");
}

#[test]
fn a_windowed_study_waits_little_when_its_lag_is_generous() {
    let (windowed, batched) = (Mode::Windowed { lag: 64 }, Mode::Batched { batch_size: 16 });
    let (windowed, batched) = (utilisation(windowed, 1_600, 16), utilisation(batched, 1_600, 16));
    assert!(windowed > 0.85 && batched < 0.35, "windowed {windowed}, batched {batched}");
}

#[test]
fn few_trials_are_in_flight() {
    let (records, _) = whole(&quick(Mode::Parallel { in_flight: None }, 200, 5), &slots(20), EXPONENTIAL);
    let (mut pending, mut most) = (0i32, 0);
    for record in &records {
        match record.what {
            What::Asked { .. } => pending += 1,
            What::Told { .. } => pending -= 1,
            _ => {}
        }
        most = most.max(pending);
    }
    // 20 slots hold the replicates of 4 trials; stragglers keep some more open.
    assert!((4..=14).contains(&most), "{most} trials in flight");
}

/// How many trials were asked and not observed, on average over asks.
fn staleness(slot_count: u32, commit_us_max: u64) -> f64 {
    let study = quick(Mode::Parallel { in_flight: None }, 400, 1);
    let (records, _) = whole(&study, &World { commit_us_max, ..slots(slot_count) }, EXPONENTIAL);
    let mut told_at = Vec::new();
    let (mut unseen, mut asks) = (0, 0);
    for (record, seq) in records.iter().zip(1u64..) {
        match record.what {
            What::Told { .. } => told_at.push(seq),
            What::Asked { trial, saw, .. } => {
                let observed = told_at.iter().filter(|&&told| told <= saw.0).count() as u32;
                unseen += trial.0 - observed;
                asks += 1;
            }
            _ => {}
        }
    }
    f64::from(unseen) / f64::from(asks)
}

#[test]
fn an_ask_waits_for_a_tell_that_is_about_to_be_durable() {
    // One replicate runs, one waits: the ask behind them knows all others.
    for commit_us_max in [0, 5_000] {
        let measured = staleness(1, commit_us_max);
        assert!(measured < 1.1, "{measured}");
    }
}
