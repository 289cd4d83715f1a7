//! What the modes cost in time, under the virtual clock.

use super::build::*;
use freerun::driver::virtual_clock::World;
use freerun::ids::Tick;
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

/// Of exponential run times, the longest of M lasts H_M means: a barrier keeps 1/H_M of the slots
/// busy in the long run.
#[test]
fn a_barrier_costs_what_the_closed_form_says() {
    for (slot_count, harmonic) in [(4u32, 0.480), (16, 0.296)] {
        let batches = 400;
        let measured =
            utilisation(Mode::Batched { batch_size: slot_count }, batches * slot_count, slot_count);
        // Four standard errors of the mean of so many batches' longest run times.
        let tolerance = 4.0 * 1.28 / (f64::from(batches).sqrt() * 2.08) * harmonic;
        assert!((measured - harmonic).abs() < tolerance, "{slot_count} slots: {measured}");
    }
}

#[test]
fn without_a_barrier_slots_are_busy() {
    for slot_count in [4, 16, 64] {
        let measured = utilisation(Mode::Parallel { in_flight: None }, 200 * slot_count, slot_count);
        assert!(measured > 0.95, "{slot_count} slots: {measured}");
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
