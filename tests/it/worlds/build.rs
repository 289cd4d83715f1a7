//! Studies, workloads and sessions of simulated worlds.

use super::monitor::Watched;
use freerun::driver::virtual_clock::{VirtualClock, Workload, World};
use freerun::driver::{Asker, RunError, ready, run};
use freerun::ids::{Epoch, Tick};
use freerun::model::{ModelFailure, Outputs, ReplicateRequest};
use freerun::rng::{Purpose, Stream};
use freerun::scheduler::{Event, Record, Scheduler, SessionInfo, StopReason, Versions};
use freerun::spec::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub fn study(mode: Mode, trials: u32, replicates: u32) -> Study {
    let float = |name: &str| Parameter {
        name: name.to_owned(),
        domain: Domain::Float { low: -5.0, high: 5.0, log: false },
        prior: Prior::Uniform,
    };
    Study {
        name: "world".to_owned(),
        seed: 11,
        model: ModelPlan {
            model: "test".to_owned(),
            settings: BTreeMap::new(),
            space: Space(vec![float("x0"), float("x1")]),
            outputs: vec!["loss".to_owned()],
        },
        targets: vec![Target::value("loss", "loss", "loss")],
        start: Vec::new(),
        replicates,
        common_random_numbers: false,
        mode,
        sampler: SamplerPlan::Tpe(TpePlan::default()),
        budget: Budget { trials, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 3, retry_failures: false, timeout_us: None },
        durability: Durability::Full,
    }
}

/// The run time of a replicate, and whether it fails, decided by its seed.
#[derive(Debug, Clone, Copy)]
pub struct Runs {
    pub mean_us: f64,
    /// 0: all alike; 1: exponential.
    pub spread: f64,
    /// Share of replicates whose simulation fails.
    pub fails: f64,
}

pub fn loss_table(loss: f64) -> Outputs {
    let cells = Cells::Float(vec![loss]);
    let name = Cow::Borrowed("loss");
    Outputs(vec![Table { name: name.clone(), columns: vec![Column { name, cells }] }])
}

impl Workload for Runs {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        let mut stream = Stream::new(request.seed, Purpose::Test, 0, 0);
        let exponential = -freerun::math::ln(stream.open_unit());
        let run_us = self.mean_us * (1.0 - self.spread + self.spread * exponential);
        let noise = stream.unit();
        let square = |value: &Value| value.as_f64() * value.as_f64();
        let loss = request.point.0.iter().map(square).sum::<f64>() + noise;
        let fails = stream.unit() < self.fails;
        let refused = || ModelFailure::Refused("a bad draw".to_owned());
        (if fails { Err(refused()) } else { Ok(loss_table(loss)) }, run_us as u64)
    }
}

pub fn versions(study: &Study) -> Versions {
    freerun::driver::versions(study, 1)
}

fn session(epoch: u32) -> SessionInfo {
    SessionInfo { epoch: Epoch(epoch), started_utc_us: 0, engine: "virtual".into(), host: "test".into() }
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    Done(StopReason),
    Crashed,
}

/// Runs one session from the records `kept`; gives how it ended and the records that are durable.
pub fn session_of(
    study: &Study,
    world: &World,
    workload: impl Workload,
    kept: Vec<Record>,
    epoch: u32,
    amend: Option<freerun::scheduler::Amendment>,
) -> (Ended, Vec<Record>, Tick) {
    let mut scheduler = match kept.is_empty() {
        true => Scheduler::open(study.clone(), versions(study), &session(epoch)).unwrap(),
        false => Scheduler::recover(&kept, &session(epoch)).unwrap(),
    };
    let now = scheduler.now();
    if let Some(amendment) = amend {
        scheduler.handle(now, Event::Amend(amendment)).unwrap();
    }
    let clock = VirtualClock::new(world.clone(), workload, Asker::of(study), kept, now);
    let mut watched = Watched::new(clock, study);
    let ended = match ready(run(&mut scheduler, &mut watched)) {
        Ok(reason) => Ended::Done(reason),
        Err(RunError::Stalled) if watched.inner.crashed() => Ended::Crashed,
        Err(error) => panic!("{error}; world {world:?}"),
    };
    let now = watched.inner.now();
    (ended, watched.inner.into_durable(), now)
}

/// One session without a crash, all of the budget.
pub fn whole(study: &Study, world: &World, workload: impl Workload) -> (Vec<Record>, Tick) {
    let (ended, records, now) = session_of(study, world, workload, Vec::new(), 1, None);
    assert_eq!(ended, Ended::Done(StopReason::TrialsDone));
    (records, now)
}

/// The same without a monitor, which on hundreds of slots takes most of the time.
pub fn unwatched(study: &Study, world: &World, workload: impl Workload) -> (Vec<Record>, Tick) {
    let mut scheduler = Scheduler::open(study.clone(), versions(study), &session(1)).unwrap();
    let mut clock = VirtualClock::new(world.clone(), workload, Asker::of(study), Vec::new(), Tick(0));
    assert_eq!(ready(run(&mut scheduler, &mut clock)), Ok(StopReason::TrialsDone));
    let now = clock.now();
    (clock.into_durable(), now)
}

pub fn slots(count: u32) -> World {
    World { seed: 1, slots: vec![(Tick(0), count)], ..World::default() }
}
