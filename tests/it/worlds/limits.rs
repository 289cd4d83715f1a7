//! Where a study ends early, what a caller may do, and what becomes of models that do not stop.

use super::build::*;
use freerun::driver::virtual_clock::{Faults, World};
use freerun::ids::{Attempt, Epoch, Seq, Tick, TrialId};
use freerun::model::ModelFailure;
use freerun::scheduler::*;
use freerun::spec::*;

const RUNS: Runs = Runs { mean_us: 1_000_000.0, spread: 0.5, fails: 0.0 };
const PARALLEL: Mode = Mode::Parallel { in_flight: None };

fn told(records: &[Record]) -> Vec<(TrialId, Verdict)> {
    let verdict = |record: &Record| match &record.what {
        What::Told { trial, verdict } => Some((*trial, verdict.clone())),
        _ => None,
    };
    records.iter().filter_map(verdict).collect()
}

fn asks(records: &[Record]) -> Vec<Tick> {
    let at =
        records.iter().filter_map(|record| matches!(record.what, What::Asked { .. }).then_some(record.at));
    at.collect()
}

#[test]
fn no_trial_begins_after_the_wall_time_and_all_begun_are_finished() {
    let mut study = study(PARALLEL, 1_000, 2);
    study.budget.wall_us = Some(20_000_000);
    let (ended, records, _) = session_of(&study, &slots(4), RUNS, Vec::new(), 1, None);
    assert_eq!(ended, Ended::Done(StopReason::WallTime));
    let asks = asks(&records);
    assert!(asks.iter().all(|at| at.0 < 20_000_000) && asks.len() > 20, "{} asks", asks.len());
    assert_eq!(told(&records).len(), asks.len());
}

#[test]
fn no_trial_begins_after_the_target_loss() {
    for mode in [PARALLEL, Mode::Windowed { lag: 4 }, Mode::Batched { batch_size: 4 }] {
        let mut study = study(mode, 1_000, 1);
        study.budget.target_loss = Some(3.0);
        let (ended, records, _) = session_of(&study, &slots(4), RUNS, Vec::new(), 1, None);
        assert_eq!(ended, Ended::Done(StopReason::TargetLoss), "{mode:?}");
        let losses: Vec<f64> = told(&records).iter().filter_map(|(_, verdict)| verdict.loss()).collect();
        let first = losses.iter().position(|&loss| loss <= 3.0).expect("the target was reached");
        assert!(
            losses.len() <= first + 9 && losses.len() < 1_000,
            "{mode:?}: {} after {first}",
            losses.len()
        );
    }
}

#[test]
fn a_replicate_that_never_ends_fails_by_its_time_out() {
    let mut study = study(PARALLEL, 6, 2);
    study.attempts.timeout_us = Some(3_000_000);
    for stubborn in [0.0, 0.3] {
        let faults = Faults { endless: 0.3, stubborn, ..Faults::default() };
        let world = World { faults, seed: 5, ..slots(16) };
        let (ended, records, _) = session_of(&study, &world, RUNS, Vec::new(), 1, None);
        assert_eq!(ended, Ended::Done(StopReason::TrialsDone));
        let timed_out = told(&records).into_iter().filter(|(_, verdict)| match verdict {
            Verdict::Failed(failure) => failure.reason == ModelFailure::TimedOut.to_string(),
            Verdict::Complete(_) => false,
        });
        assert!(timed_out.count() > 0);
        assert!(matches!(audit(&records), Audit::Clean { trials: 6, .. }));
    }
}

#[test]
fn a_study_whose_slots_all_ignore_their_stop_flags_gives_up() {
    let mut study = study(PARALLEL, 50, 1);
    study.attempts.timeout_us = Some(3_000_000);
    let faults = Faults { endless: 1.0, stubborn: 1.0, ..Faults::default() };
    let (ended, records, now) = session_of(&study, &World { faults, ..slots(3) }, RUNS, Vec::new(), 1, None);
    assert_eq!(ended, Ended::Done(StopReason::NoSlots));
    assert!(now.0 < 60_000_000 && told(&records).len() == 3);
}

#[test]
fn a_model_that_ends_the_program_cannot_stop_a_study_for_ever() {
    // Whenever trial 2 runs, the program ends a moment later.
    let mut study = study(PARALLEL, 8, 1);
    study.attempts.retries = 2;
    let mut records: Vec<Record> = Vec::new();
    for epoch in 1..20 {
        let (_, whole, _) = session_of(&study, &slots(4), RUNS, records.clone(), epoch, None);
        let killer = |record: &Record| match &record.what {
            What::Launched { attempts, .. } => attempts.iter().any(|attempt| attempt.trial == TrialId(2)),
            _ => false,
        };
        let new = &whole[records.len()..];
        match new.iter().position(killer) {
            // The launch is durable, the end never will be.
            Some(position) => records = whole[..records.len() + position + 1].to_vec(),
            None => {
                records = whole;
                break;
            }
        }
    }
    let verdicts = told(&records);
    assert_eq!(verdicts.len(), 8);
    let failed = verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Failed(_)));
    let failed: Vec<TrialId> = failed.map(|(trial, _)| *trial).collect();
    assert_eq!(failed, [TrialId(2)], "only the guilty trial fails");
}

/// A scheduler driven by hand, with a store that commits at once.
struct Hand {
    scheduler: Scheduler,
    now: u64,
}

impl Hand {
    fn new(study: &Study) -> Hand {
        let session = SessionInfo {
            epoch: freerun::ids::Epoch(1),
            started_utc_us: 0,
            engine: "hand".into(),
            host: "here".into(),
        };
        let mut hand =
            Hand { scheduler: Scheduler::open(study.clone(), versions(study), &session).unwrap(), now: 0 };
        hand.drain();
        hand
    }

    fn say(&mut self, event: Event) -> Result<Vec<Effect>, Rejected> {
        self.now += 1;
        self.scheduler.handle(Tick(self.now), event)?;
        Ok(self.drain())
    }

    /// Takes all effects, commits what they append, and gives them.
    fn drain(&mut self) -> Vec<Effect> {
        let mut all = Vec::new();
        loop {
            let effects: Vec<Effect> = std::iter::from_fn(|| self.scheduler.poll()).collect();
            let last = effects.iter().rev().find_map(|effect| match effect {
                Effect::Append { seq, .. } => Some(*seq),
                _ => None,
            });
            all.extend(effects);
            let Some(upto) = last else { return all };
            self.scheduler.handle(Tick(self.now), Event::Durable { upto }).unwrap();
        }
    }
}

fn point(value: f64) -> Point {
    Point(vec![Value::Float(value); 2])
}

fn records_of(effects: &[Effect]) -> Vec<What> {
    let what = |effect: &Effect| match effect {
        Effect::Append { record, .. } => Some(record.what.clone()),
        _ => None,
    };
    effects.iter().filter_map(what).collect()
}

#[test]
fn a_caller_asks_and_tells_within_the_budget() {
    let mut hand = Hand::new(&study(PARALLEL, 2, 5));
    for trial in 0..2 {
        let effects = hand.say(Event::Command(Command::AskForCaller)).unwrap();
        assert!(matches!(effects[0], Effect::Propose { trial: TrialId(found), .. } if found == trial));
        let asked = hand
            .say(Event::Proposed { trial: TrialId(trial), point: point(1.0 + f64::from(trial)) })
            .unwrap();
        assert!(matches!(records_of(&asked)[..], [What::Asked { runner: Runner::Caller, .. }]));
        assert!(!asked.iter().any(|effect| matches!(effect, Effect::Launch { .. })));
    }
    assert_eq!(hand.say(Event::Command(Command::AskForCaller)), Err(Rejected::BudgetSpent(2)));
    let verdict = Verdict::Failed(TrialFailure { replicate: None, reason: "no idea".into() });
    let tell =
        |trial| Event::Command(Command::TellByCaller { trial: TrialId(trial), verdict: verdict.clone() });
    assert!(matches!(records_of(&hand.say(tell(1)).unwrap())[..], [What::Told { .. }]));
    assert_eq!(hand.say(tell(1)), Err(Rejected::NotWithCaller(TrialId(1))));
    assert_eq!(hand.say(tell(7)), Err(Rejected::NotWithCaller(TrialId(7))));
}

#[test]
fn a_windowed_study_does_not_wait_for_a_caller_for_ever() {
    let mut hand = Hand::new(&study(Mode::Windowed { lag: 1 }, 5, 1));
    hand.say(Event::Command(Command::AskForCaller)).unwrap();
    hand.say(Event::Proposed { trial: TrialId(0), point: point(1.0) }).unwrap();
    let effects = hand.say(Event::Slots(2)).unwrap();
    assert!(effects.contains(&Effect::Done(StopReason::WaitsForCaller)), "{effects:?}");
}

#[test]
fn a_huge_batch_or_window_is_not_asked_all_at_once() {
    for mode in [Mode::Batched { batch_size: 1_000_000 }, Mode::Windowed { lag: 1_000_000 }] {
        let study = Study { sampler: SamplerPlan::Random, ..study(mode, 1_000_000, 100) };
        let session =
            SessionInfo { epoch: Epoch(1), started_utc_us: 0, engine: "virtual".into(), host: "test".into() };
        let mut scheduler = Scheduler::open(study.clone(), versions(&study), &session).unwrap();
        scheduler.handle(Tick(0), Event::Slots(2)).unwrap();
        let mut asked = 0;
        while let Some(effect) = scheduler.poll() {
            if let Effect::Propose { trial, .. } = effect {
                asked += 1;
                assert!(asked < 1_000, "{mode:?}");
                scheduler.handle(Tick(0), Event::Proposed { trial, point: point(1.0) }).unwrap();
            }
        }
        assert!(asked >= 100, "{mode:?}: {asked} asks");
    }
}

#[test]
fn enqueued_points_come_first_and_must_be_inside_the_bounds() {
    let mut hand = Hand::new(&study(PARALLEL, 5, 1));
    assert_eq!(hand.say(Event::Command(Command::Enqueue(point(9.0)))), Err(Rejected::OutsideBounds));
    hand.say(Event::Command(Command::Enqueue(point(0.5)))).unwrap();
    let effects = hand.say(Event::Slots(1)).unwrap();
    let asked = records_of(&effects).into_iter().find_map(|what| match what {
        What::Asked { point, origin, .. } => Some((point, origin)),
        _ => None,
    });
    assert_eq!(asked, Some((point(0.5), Origin::Enqueued)));
}

#[test]
fn late_and_repeated_reports_change_nothing() {
    let mut hand = Hand::new(&study(PARALLEL, 5, 2));
    hand.say(Event::Slots(1)).unwrap();
    let effects = hand.say(Event::Proposed { trial: TrialId(0), point: point(0.5) }).unwrap();
    let launched = effects.iter().find_map(|effect| match effect {
        Effect::Launch { group, .. } => Some(group[0].0),
        _ => None,
    });
    let attempt = launched.expect("a replicate was launched");
    let end = |attempt| Event::Ended { attempt, outcome: Outcome::Completed(loss_table(1.0)), run_us: 5 };
    let other = Attempt { number: 3, ..attempt };
    assert_eq!(hand.say(end(other)), Err(Rejected::NotRunning(other)));
    hand.say(end(attempt)).unwrap();
    let last = hand.scheduler.last();
    assert_eq!(hand.say(end(attempt)), Err(Rejected::NotRunning(attempt)));
    assert_eq!(hand.scheduler.last(), last);
}

#[test]
fn a_fenced_scheduler_writes_nothing_more() {
    let mut hand = Hand::new(&study(PARALLEL, 5, 2));
    assert_eq!(hand.say(Event::Fenced).unwrap(), [Effect::Done(StopReason::Fenced)]);
    assert_eq!(hand.say(Event::Slots(3)).unwrap(), []);
    assert_eq!(hand.scheduler.last(), Seq(2));
}

#[test]
fn records_that_cannot_follow_are_refused() {
    let (records, _) = whole(&study(PARALLEL, 4, 2), &slots(2), RUNS);
    for removed in 1..records.len() {
        let mut damaged = records.clone();
        let gone = damaged.remove(removed);
        // The end of a journal may be missing: that is a crash.
        let suffix = removed == records.len() - 1;
        // A trial that is decided and not told is what a crash between the two leaves.
        let untold = matches!(gone.what, What::Told { .. });
        let clean = matches!(audit(&damaged), Audit::Clean { .. });
        assert!(!clean || suffix || untold, "without record {}: {gone:?}", removed + 1);
    }
}

#[test]
fn a_study_is_taken_up_under_newer_epochs_only() {
    let (records, _) = whole(&study(PARALLEL, 2, 1), &slots(2), RUNS);
    let session = |epoch| SessionInfo {
        epoch: freerun::ids::Epoch(epoch),
        started_utc_us: 0,
        engine: "test".into(),
        host: "here".into(),
    };
    assert!(matches!(Scheduler::recover(&records, &session(1)), Err(Rejected::Corrupt(_))));
    assert!(Scheduler::recover(&records, &session(2)).is_ok());
}

#[test]
fn the_sampler_learns_of_every_ask_before_the_next() {
    let mut hand = Hand::new(&study(PARALLEL, 5, 1));
    hand.say(Event::Slots(2)).unwrap();
    let effects = hand.say(Event::Proposed { trial: TrialId(0), point: point(0.5) }).unwrap();
    let asked = freerun::sampler::Observation::Asked { trial: TrialId(0), point: point(0.5) };
    let observed = effects.iter().position(|effect| *effect == Effect::Observe(asked.clone()));
    let next = effects.iter().position(|effect| matches!(effect, Effect::Propose { trial: TrialId(1), .. }));
    assert!(observed.expect("observed") < next.expect("asked again"), "{effects:?}");
}
