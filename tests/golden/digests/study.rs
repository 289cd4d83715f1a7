//! The whole journal of a study under the virtual clock, in each mode: scheduler, sampler,
//! evaluation and encoding together.

use super::{Digest, Digests, asks};
use freerun::driver::virtual_clock::{Faults, VirtualClock, World};
use freerun::driver::{Asker, ready, run, versions};
use freerun::ids::{Epoch, Tick};
use freerun::model::{ModelFailure, Outputs, ReplicateRequest};
use freerun::rng::{Purpose, Stream};
use freerun::scheduler::{Scheduler, SessionInfo};
use freerun::spec::*;
use freerun::{journal, math};
use std::collections::BTreeMap;

pub fn add(digests: &mut Digests) {
    let modes = [
        ("parallel", Mode::Parallel { in_flight: None }),
        ("batched", Mode::Batched { batch_size: 8 }),
        ("windowed", Mode::Windowed { lag: 12 }),
    ];
    for (name, mode) in modes {
        digests.add(&format!("study/{name}"), |digest| run_study(digest, mode));
    }
}

fn run_study(digest: &mut Digest, mode: Mode) {
    let study = study(mode);
    let versions = versions(&study, 1);
    let session =
        SessionInfo { epoch: Epoch(1), started_utc_us: 0, engine: "virtual".into(), host: "golden".into() };
    let faults = Faults { lost: 0.05, failed: 0.02, ..Faults::default() };
    let slots = vec![(Tick(0), 6), (Tick(20_000_000), 4)];
    let world = World { seed: 3, slots, ask_us: 2_000, commit_us_max: 5_000, faults, ..World::default() };
    let clock = VirtualClock::new(world, simulate, Asker::of(&study), Vec::new(), Tick(0));
    let mut clock = clock;
    match Scheduler::open(study.clone(), versions, &session) {
        Ok(mut scheduler) => digest.bytes(format!("{:?}", ready(run(&mut scheduler, &mut clock))).as_bytes()),
        Err(reason) => digest.bytes(reason.to_string().as_bytes()),
    }
    clock.into_durable().iter().for_each(|record| digest.bytes(journal::encode(record).as_bytes()));
}

fn study(mode: Mode) -> Study {
    Study {
        name: "golden".into(),
        seed: 5,
        model: ModelPlan {
            model: "test".into(),
            settings: BTreeMap::new(),
            space: asks::space(),
            outputs: vec!["loss".into()],
        },
        targets: vec![Target::value("loss", "loss", "loss")],
        start: Vec::new(),
        replicates: 3,
        common_random_numbers: false,
        mode,
        sampler: SamplerPlan::Tpe(TpePlan::default()),
        budget: Budget { trials: 60, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 3, retry_failures: false, timeout_us: None },
        durability: Durability::Full,
    }
}

/// A noisy bowl whose run times are exponential.
fn simulate(request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
    let mut stream = Stream::new(request.seed, Purpose::Model, 0, 0);
    let run_us = -1e6 * math::ln(stream.open_unit());
    let distance: f64 = request.point.0.iter().map(|value| math::ln_1p(value.as_f64())).sum();
    let cells = Cells::Float(vec![distance + stream.unit()]);
    let table = Table { name: "loss".into(), columns: vec![Column { name: "loss".into(), cells }] };
    (Ok(Outputs(vec![table])), run_us as u64)
}
