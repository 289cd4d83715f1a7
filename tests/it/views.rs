//! Views of the journals that the scheduler itself writes, under the virtual clock: what different
//! views tell of one study must agree.

use crate::worlds::build::{Ended, Runs, session_of, slots, study, whole};
use freerun::driver::virtual_clock::{Faults, World};
use freerun::ids::Tick;
use freerun::scheduler::{Outcome, Record, What};
use freerun::spec::{Mode, SamplerPlan, Study};
use freerun::view::*;

const RUNS: Runs = Runs { mean_us: 1_000_000.0, spread: 1.0, fails: 0.0 };

fn parallel(trials: u32, replicates: u32) -> Study {
    Study { sampler: SamplerPlan::Random, ..study(Mode::Parallel { in_flight: None }, trials, replicates) }
}

/// A study whose program is killed in the middle and that is then run to its end.
fn with_a_crash() -> Vec<Record> {
    let study = parallel(40, 3);
    let faults = Faults { lost: 0.1, ..Faults::default() };
    let world = World { crash_at: Some(Tick(10_000_000)), commit_us_max: 20_000, faults, ..slots(4) };
    let (ended, kept, _) = session_of(&study, &world, RUNS, Vec::new(), 1, None);
    assert_eq!(ended, Ended::Crashed);
    let (_, records, _) = session_of(&study, &World { crash_at: None, ..world }, RUNS, kept, 2, None);
    records
}

#[test]
fn a_finished_study_adds_up() {
    let (records, end) = whole(&parallel(30, 2), &slots(3), Runs { fails: 0.1, ..RUNS });
    let progress = Progress::of(&records).summary(end);
    assert!(progress.finished);
    assert_eq!((progress.trials_asked, progress.trials_told, progress.trials_pending), (30, 30, 0));
    assert_eq!(progress.time_left_us, Some(0));
    let trials = Trials::of(&records).rows();
    let failed = trials.iter().filter(|row| row.state == TrialState::Failed).count();
    assert!(failed > 0, "the world is to make some trials fail");
    assert_eq!(progress.trials_failed as usize, failed);
    let groups = Failures::of(&records).summary().trials;
    assert_eq!(groups.iter().map(|group| group.trials.len()).sum::<usize>(), failed);
    let lowest = trials.iter().filter_map(|row| row.loss).fold(f64::INFINITY, f64::min);
    assert_eq!(progress.best.map(|best| best.loss), Some(lowest));
    assert_eq!(Best::of(&records).summary().map(|best| best.trial.loss), Some(Some(lowest)));
    assert_eq!(Fit::of(&records).summary().unwrap().map(|fit| fit.loss), Some(lowest));
}

#[test]
fn idle_time_is_the_same_in_progress_and_timeline_at_every_record() {
    for records in [with_a_crash(), whole(&parallel(20, 2), &slots(5), RUNS).0] {
        let (mut progress, mut timeline) = (Progress::default(), Timeline::default());
        for (seq, record) in (1..).map(freerun::ids::Seq).zip(&records) {
            progress.observe(seq, record);
            timeline.observe(seq, record);
            let now = progress.last_at();
            let idle = (progress.summary(now).idle_slot_seconds, timeline.summary(now).idle_slot_seconds);
            // A held launch counts as running from its record on until its end tells when it began.
            assert!((idle.0 - idle.1).abs() < 0.2, "at record {}: {idle:?}", seq.0);
        }
    }
}

#[test]
fn bars_of_a_slot_do_not_overlap_and_cover_what_ran() {
    let records = with_a_crash();
    let timeline = Timeline::of(&records);
    let summary = timeline.summary(timeline.last_at());
    for lane in &summary.slots {
        for pair in lane.bars.windows(2) {
            assert!(pair[0].ended_at_us <= pair[1].started_at_us, "{pair:?}");
        }
    }
    let completed = records
        .iter()
        .filter(|record| matches!(record.what, What::Ended { outcome: Outcome::Completed(_), .. }));
    let bars = summary.slots.iter().flat_map(|lane| &lane.bars);
    assert_eq!(bars.clone().filter(|bar| bar.kind == BarKind::Completed).count(), completed.count());
    assert!(bars.clone().any(|bar| bar.kind == BarKind::Lost));
}

#[test]
fn a_barrier_shows_as_idle_time_and_its_absence_as_staleness() {
    let of = |mode| {
        let (records, end) = whole(&Study { mode, ..parallel(96, 1) }, &slots(8), RUNS);
        Progress::of(&records).summary(end)
    };
    let (batched, parallel) = (of(Mode::Batched { batch_size: 8 }), of(Mode::Parallel { in_flight: None }));
    assert!(batched.utilisation < Some(0.6) && parallel.utilisation > Some(0.8));
    assert_eq!(batched.mean_staleness, Some(3.5));
    assert!(parallel.mean_staleness > Some(5.0));
}
