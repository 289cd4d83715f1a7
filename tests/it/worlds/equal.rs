//! Same seed, same bits: batched and windowed runs end in identical trials whatever the slots, the
//! storage and the interruptions; a parallel run's journal audits clean wherever it is cut.

use super::build::*;
use freerun::driver::virtual_clock::{Faults, World};
use freerun::ids::{Tick, TrialId};
use freerun::scheduler::*;
use freerun::spec::{Mode, Point};
use std::collections::BTreeMap;

const RUNS: Runs = Runs { mean_us: 1_000_000.0, spread: 1.0, fails: 0.1 };

/// Point and verdict of every trial, as text, which for numbers is the same as bits.
fn trials(records: &[Record]) -> BTreeMap<TrialId, String> {
    let mut trials: BTreeMap<TrialId, String> = BTreeMap::new();
    for record in records {
        match &record.what {
            What::Asked { trial, point: Point(values), .. } => {
                trials.insert(*trial, format!("{values:?}"));
            }
            What::Told { trial, verdict } => {
                let entry = trials.get_mut(trial).expect("asked before told");
                entry.push_str(&format!(" {verdict:?}"));
            }
            _ => {}
        }
    }
    trials
}

fn troubled(slots: u32, seed: u64) -> World {
    World {
        seed,
        slots: vec![(Tick(0), slots), (Tick(3_000_000), slots / 2 + 1), (Tick(9_000_000), slots)],
        commit_us_max: 700_000,
        ask_us: 10_000,
        faults: Faults { lost: 0.1, repeated: 0.2, commit_fails: 0.1, ..Faults::default() },
        ..World::default()
    }
}

fn check_any_slots(mode: Mode) {
    let mut study = study(mode, 40, 3);
    // Losses must not decide a trial here: with enough retries they never do.
    study.attempts.retries = 1_000;
    let expected = trials(&whole(&study, &slots(1), RUNS).0);
    assert_eq!(expected.len(), 40);
    for (count, seed) in [(2, 1), (3, 2), (16, 3), (50, 4)] {
        assert_eq!(
            trials(&whole(&study, &troubled(count, seed), RUNS).0),
            expected,
            "{mode:?} on {count} slots"
        );
    }
}

#[test]
fn windowed_trials_do_not_depend_on_the_slots() {
    check_any_slots(Mode::Windowed { lag: 6 });
}

#[test]
fn batched_trials_do_not_depend_on_the_slots() {
    check_any_slots(Mode::Batched { batch_size: 6 });
}

/// Cuts a run after every record and takes it up again on other slots.
fn check_any_cut(mode: Mode, mut check: impl FnMut(&[Record], &[Record])) {
    let mut study = study(mode, 14, 2);
    study.attempts.retries = 1_000;
    let (records, _) = whole(&study, &troubled(4, 9), RUNS);
    for cut in 1..=records.len() {
        let world = World { slots: vec![(Tick(0), 3)], ..troubled(3, cut as u64) };
        let (ended, resumed, _) = session_of(&study, &world, RUNS, records[..cut].to_vec(), 7, None);
        assert_eq!(ended, Ended::Done(StopReason::TrialsDone), "cut after record {cut}");
        check(&records, &resumed);
    }
}

#[test]
fn a_windowed_run_cut_anywhere_ends_in_the_same_trials() {
    check_any_cut(Mode::Windowed { lag: 3 }, |whole, resumed| assert_eq!(trials(whole), trials(resumed)));
}

#[test]
fn a_batched_run_cut_anywhere_ends_in_the_same_trials() {
    check_any_cut(Mode::Batched { batch_size: 4 }, |whole, resumed| {
        assert_eq!(trials(whole), trials(resumed))
    });
}

#[test]
fn a_parallel_run_cut_anywhere_audits_clean() {
    check_any_cut(Mode::Parallel { in_flight: None }, |_, resumed| {
        assert!(matches!(audit(resumed), Audit::Clean { trials: 14, .. }), "{:?}", audit(resumed));
    });
}

#[test]
fn an_audit_names_the_trial_whose_point_was_changed() {
    let (mut records, _) = whole(&study(Mode::Parallel { in_flight: None }, 30, 1), &slots(4), RUNS);
    let ask = records.iter_mut().filter_map(|record| match &mut record.what {
        What::Asked { trial, point, .. } => Some((*trial, point)),
        _ => None,
    });
    let (trial, point) = ask.last().expect("trials were asked");
    if let freerun::spec::Value::Float(value) = &mut point.0[1] {
        *value = f64::from_bits(value.to_bits() ^ 1);
    }
    assert!(matches!(audit(&records), Audit::Diverged { trial: found, .. } if found == trial));
}

#[test]
fn a_loss_that_was_changed_is_found() {
    let (mut records, _) = whole(&study(Mode::Parallel { in_flight: None }, 30, 2), &slots(4), RUNS);
    let told = records.iter_mut().find_map(|record| match &mut record.what {
        What::Told { trial, verdict: Verdict::Complete(loss) } => Some((*trial, loss)),
        _ => None,
    });
    let (trial, loss) = told.expect("trials were told");
    loss.loss += 1e-9;
    assert!(matches!(audit(&records), Audit::Diverged { trial: found, .. } if found == trial));
}

#[test]
fn a_finished_study_goes_on_when_its_budget_grows() {
    let study = study(Mode::Windowed { lag: 3 }, 10, 2);
    let (records, _) = whole(&study, &slots(2), RUNS);
    let mut budget = study.budget;
    budget.trials = 25;
    let amendment = Amendment { budget: Some(budget), ..Amendment::default() };
    let (ended, grown, _) = session_of(&study, &slots(5), RUNS, records, 2, Some(amendment));
    assert_eq!(ended, Ended::Done(StopReason::TrialsDone));
    let mut longer = study.clone();
    longer.budget = budget;
    assert_eq!(trials(&grown), trials(&whole(&longer, &slots(2), RUNS).0));
}
