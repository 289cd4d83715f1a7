//! A study made by hand and its records, for tests.

#[cfg(feature = "server-tests")]
pub mod cluster;

use freerun::evaluate::{TargetLoss, TrialLoss};
use freerun::ids::{Attempt, Epoch, Seq, SlotId, Tick, TrialId};
use freerun::model::Outputs;
use freerun::scheduler::{Origin, Outcome, Record, Runner, TrialFailure, Verdict, Versions, What};
use freerun::spec::{
    AttemptRules, Budget, Cells, Column, Domain, Durability, Mode, ModelPlan, Parameter, Point, Prior,
    SamplerPlan, Setting, Space, Study, Table, Target, Value,
};
use std::collections::BTreeMap;

/// Two parameters, a choice among them; one target, the output `loss` itself; two replicates.
pub fn study(name: &str) -> Study {
    let parameter = |name: &str, domain| Parameter { name: name.into(), domain, prior: Prior::Uniform };
    let choices = vec![Setting::Text("a".into()), Setting::Text("b".into())];
    let space = Space(vec![
        parameter("x", Domain::Float { low: -5.0, high: 5.0, log: false }),
        parameter("n", Domain::Int { low: 1, high: 100, log: true }),
        parameter("kind", Domain::Categorical { choices }),
    ]);
    let target = Target::value("value", "loss", "loss");
    let outputs = vec!["loss".into()];
    Study {
        name: name.into(),
        seed: u64::MAX,
        model: ModelPlan { model: "by hand".into(), settings: BTreeMap::new(), space, outputs },
        targets: vec![target],
        start: Vec::new(),
        replicates: 2,
        common_random_numbers: true,
        mode: Mode::Parallel { in_flight: None },
        sampler: SamplerPlan::Random,
        budget: Budget { trials: 10, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 1, retry_failures: false, timeout_us: None },
        durability: Durability::Full,
    }
}

fn record(at: u64, what: What) -> Record {
    Record { at: Tick(at), what }
}

/// The first two records.
pub fn opening(name: &str, epoch: Epoch) -> Vec<Record> {
    let versions = Versions { journal: 1, streams: 1, sampler: "random/1".into(), model: "by hand/1".into() };
    let (engine, host) = ("none".to_owned(), "test".to_owned());
    let session = What::Session { epoch, started_utc_us: 1_795_465_789_000_000, engine, host };
    vec![record(0, What::Opened { versions, study: Box::new(study(name)) }), record(0, session)]
}

/// Trial `number` was asked.
pub fn asked(number: u32) -> Record {
    let point = Point(vec![Value::Float(0.5), Value::Int(7), Value::Choice(1)]);
    let origin = if number % 2 == 1 { Origin::Enqueued } else { Origin::Sampler };
    let at = 1_000 * u64::from(number);
    record(at, What::Asked { trial: TrialId(number), point, origin, runner: Runner::Slots, saw: Seq(2) })
}

/// A replicate ended with this loss.
pub fn ended(trial: u32, replicate: u32, loss: f64) -> Record {
    let attempt = Attempt { epoch: Epoch(1), trial: TrialId(trial), replicate, number: 0 };
    let columns = vec![Column { name: "loss".into(), cells: Cells::Float(vec![loss]) }];
    let outcome = Outcome::Completed(Outputs(vec![Table { name: "loss".into(), columns }]));
    let (at, slot) = (1_000 * u64::from(trial) + 500, SlotId(0));
    record(at, What::Ended { attempt, slot, started: Tick(at - 100), run_us: 100, outcome })
}

/// A trial was told this loss.
pub fn told(trial: u32, loss: f64) -> Record {
    let targets = vec![TargetLoss { loss, se: 0.25, factors: vec![] }];
    let verdict = Verdict::Complete(TrialLoss { loss, se: 0.25, targets, notes: vec![] });
    record(1_000 * u64::from(trial) + 600, What::Told { trial: TrialId(trial), verdict })
}

/// A trial failed.
pub fn failed(trial: u32) -> Record {
    let verdict = Verdict::Failed(TrialFailure { replicate: Some(0), reason: "it \"crashed\"".into() });
    record(1_000 * u64::from(trial) + 600, What::Told { trial: TrialId(trial), verdict })
}

/// All records of a trial of two replicates.
pub fn whole_trial(number: u32, losses: [f64; 2]) -> Vec<Record> {
    let mean = (losses[0] + losses[1]) / 2.0;
    vec![asked(number), ended(number, 1, losses[1]), ended(number, 0, losses[0]), told(number, mean)]
}
