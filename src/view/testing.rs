//! Hand-made records for the tests of views.

use crate::evaluate::{TargetLoss, TrialLoss};
use crate::ids::{Attempt, Epoch, Seq, SlotId, Tick, TrialId};
use crate::model::{ModelFailure, Outputs};
use crate::scheduler::{LostReason, Origin, Outcome, Record, Runner, TrialFailure, Verdict, Versions, What};
use crate::spec::*;
use std::collections::BTreeMap;

pub fn record(at: u64, what: What) -> Record {
    Record { at: Tick(at), what }
}

/// Two float parameters, `rate` in log space, one target, two replicates, four trials.
pub fn study() -> Study {
    let parameter = |name: &str, domain| Parameter { name: name.into(), domain, prior: Prior::Uniform };
    Study {
        name: "hand made".into(),
        seed: 1,
        model: ModelPlan {
            model: "none".into(),
            settings: BTreeMap::new(),
            space: Space(vec![
                parameter("rate", Domain::Float { low: 0.01, high: 1.0, log: true }),
                parameter("share", Domain::Float { low: 0.0, high: 1.0, log: false }),
            ]),
            outputs: vec![],
        },
        targets: vec![target("cases")],
        start: vec![],
        replicates: 2,
        common_random_numbers: false,
        mode: Mode::Parallel { in_flight: None },
        sampler: SamplerPlan::Random,
        budget: Budget { trials: 4, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 1, retry_failures: false, timeout_us: Some(3_000_000) },
        durability: Durability::Full,
    }
}

pub fn target(name: &str) -> Target {
    Target::value(name, "out", "value")
}

pub fn opened(study: Study) -> Record {
    let versions = Versions { journal: 1, streams: 1, sampler: "random/1".into(), model: "none/1".into() };
    record(0, What::Opened { versions, study: Box::new(study) })
}

pub fn session(at: u64) -> Record {
    let (engine, host) = ("virtual".to_owned(), "test".to_owned());
    record(at, What::Session { epoch: Epoch(1), started_utc_us: 0, engine, host })
}

pub fn slots(at: u64, capacity: u32) -> Record {
    record(at, What::Slots { capacity })
}

pub fn asked_at(at: u64, trial: u32, saw: u64, values: [f64; 2]) -> Record {
    let point = Point(values.map(Value::Float).to_vec());
    let trial = TrialId(trial);
    record(at, What::Asked { trial, point, origin: Origin::Sampler, runner: Runner::Slots, saw: Seq(saw) })
}

pub fn asked(at: u64, trial: u32, saw: u64) -> Record {
    asked_at(at, trial, saw, [0.1, 0.5])
}

pub fn attempt(trial: u32, replicate: u32, number: u32) -> Attempt {
    Attempt { epoch: Epoch(1), trial: TrialId(trial), replicate, number }
}

pub fn launched(at: u64, slot: u32, attempts: &[Attempt]) -> Record {
    record(at, What::Launched { slot: SlotId(slot), attempts: attempts.to_vec() })
}

pub fn ended(at: u64, attempt: Attempt, slot: u32, started: u64, run_us: u64, outcome: Outcome) -> Record {
    record(at, What::Ended { attempt, slot: SlotId(slot), started: Tick(started), run_us, outcome })
}

pub fn done() -> Outcome {
    Outcome::Completed(Outputs::default())
}

pub fn lost(reason: LostReason) -> Outcome {
    Outcome::Lost(reason)
}

pub fn told(at: u64, trial: u32, verdict: Verdict) -> Record {
    record(at, What::Told { trial: TrialId(trial), verdict })
}

pub fn imported(at: u64, trial: u32, verdict: Verdict) -> Record {
    let point = Point(vec![Value::Float(0.2), Value::Float(0.3)]);
    record(at, What::Imported { trial: TrialId(trial), point, verdict, source: "optuna".into() })
}

pub fn complete(loss: f64, se: f64) -> Verdict {
    let targets = vec![TargetLoss { loss, se, factors: vec![] }];
    Verdict::Complete(TrialLoss { loss, se, targets, notes: vec![] })
}

pub fn failed(reason: &str) -> Verdict {
    Verdict::Failed(TrialFailure { replicate: Some(0), reason: reason.into() })
}

/// Trial 0 completes on slot 0, trial 1 runs over its time on slot 1, trial 2 is under way on slot
/// 0; slot 1 idles from 3 s to 4 s.
pub fn two_trials_on_two_slots() -> Vec<Record> {
    let timed_out = Outcome::Failed(ModelFailure::TimedOut);
    vec![
        opened(study()),
        session(0),
        slots(0, 2),
        asked(0, 0, 1),
        launched(0, 0, &[attempt(0, 0, 0), attempt(0, 1, 0)]),
        asked(0, 1, 4),
        launched(0, 1, &[attempt(1, 0, 0)]),
        ended(1_000_000, attempt(0, 0, 0), 0, 0, 1_000_000, done()),
        ended(3_000_000, attempt(0, 1, 0), 0, 1_000_000, 2_000_000, done()),
        told(3_000_000, 0, complete(3.0, 0.5)),
        ended(3_000_000, attempt(1, 0, 0), 1, 0, 3_000_000, timed_out),
        told(3_000_000, 1, failed("the replicate ran over its time")),
        asked(3_000_000, 2, 12),
        launched(3_000_000, 0, &[attempt(2, 0, 0)]),
        slots(4_000_000, 2),
    ]
}
