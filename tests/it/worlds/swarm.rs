//! Many worlds, each with its own subset of faults, sessions that crash or are stopped, and a last
//! one in which everything heals: then the budget must be spent exactly and the audit clean.

use super::build::*;
use freerun::driver::virtual_clock::{Faults, World};
use freerun::ids::Tick;
use freerun::rng::{Purpose, Stream};
use freerun::scheduler::*;
use freerun::spec::*;
use std::collections::BTreeMap;

struct Draw(Stream);

impl Draw {
    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.0.below(choices.len() as u32) as usize].clone()
    }

    /// 0 in half of the worlds.
    fn sometimes(&mut self, most: f64) -> f64 {
        if self.0.unit() < 0.5 { 0.0 } else { most * self.0.unit() }
    }
}

fn draw_study(draw: &mut Draw) -> Study {
    let mode = match draw.0.below(5) {
        0 | 1 => Mode::Parallel { in_flight: None },
        2 => Mode::Parallel { in_flight: Some(draw.one_of(&[1, 2, 5])) },
        3 => Mode::Batched { batch_size: draw.one_of(&[1, 2, 5, 8]) },
        _ => Mode::Windowed { lag: draw.one_of(&[1, 3, 8]) },
    };
    let mut study = study(mode, draw.one_of(&[1, 7, 30]), draw.one_of(&[1, 2, 5]));
    study.attempts = AttemptRules {
        retries: draw.one_of(&[0, 1, 3]),
        retry_failures: draw.one_of(&[false, true]),
        timeout_us: draw.one_of(&[None, Some(5_000_000)]),
    };
    study.durability = draw.one_of(&[Durability::Full, Durability::Full, Durability::Relaxed]);
    study.sampler =
        draw.one_of(&[SamplerPlan::Random, SamplerPlan::Sobol, SamplerPlan::Tpe(TpePlan::default())]);
    study.common_random_numbers = draw.one_of(&[false, true]);
    study.start = (0..draw.one_of(&[0, 2])).map(|k| Point(vec![Value::Float(f64::from(k)); 2])).collect();
    study
}

fn draw_world(draw: &mut Draw, seed: u64, session: u32, now: Tick, study: &Study) -> World {
    let mut slots = vec![(now, draw.one_of(&[1, 2, 4, 16]))];
    while draw.0.unit() < 0.3 {
        slots.push((now.plus_us(u64::from(draw.0.below(40_000_000))), draw.one_of(&[0, 1, 3, 8])));
    }
    // In the end there is capacity again.
    slots.push((now.plus_us(41_000_000), 2));
    let mut commands = Vec::new();
    if draw.0.unit() < 0.2 {
        commands.push((now, Command::Enqueue(Point(vec![Value::Float(0.25); 2]))));
    }
    if draw.0.unit() < 0.2 {
        commands.push((now.plus_us(2_000_000), Command::Pause));
        commands.push((now.plus_us(9_000_000), Command::Resume));
    }
    if draw.0.unit() < 0.3 {
        let stop = draw.one_of(&[Command::Stop, Command::Abandon]);
        commands.push((now.plus_us(u64::from(draw.0.below(20_000_000))), stop));
    }
    let draw_span = draw.one_of(&[30_000_000, 20_000]);
    let endless = if study.attempts.timeout_us.is_some() { draw.sometimes(0.1) } else { 0.0 };
    World {
        seed: seed.wrapping_mul(31).wrapping_add(u64::from(session)),
        slots,
        ask_us: draw.one_of(&[0, 1_000, 500_000]),
        commit_us_max: draw.one_of(&[0, 2_000, 1_000_000]),
        stop_us: draw.one_of(&[0, 100_000]),
        commands,
        crash_at: (draw.0.unit() < 0.6).then(|| now.plus_us(u64::from(draw.0.below(draw_span)))),
        faults: Faults {
            lost: draw.sometimes(0.3),
            failed: draw.sometimes(0.3),
            repeated: draw.sometimes(0.3),
            stubborn: draw.sometimes(0.3),
            endless,
            commit_fails: draw.sometimes(0.3),
        },
    }
}

fn run_world(seed: u64) -> u32 {
    let mut draw = Draw(Stream::new(seed, Purpose::World, 0, 0));
    let study = draw_study(&mut draw);
    let workload = Runs {
        mean_us: draw.one_of(&[50.0, 1_000_000.0, 1_000_000.0]),
        spread: draw.one_of(&[0.0, 0.5, 1.0]),
        fails: draw.sometimes(0.3),
    };
    let (mut records, mut now) = (Vec::new(), Tick(0));
    let mut session = 1;
    loop {
        let mut world = draw_world(&mut draw, seed, session, now, &study);
        if session > 5 {
            // The liveness phase: all faults heal, and everything must finish.
            world = World { slots: vec![(now, 3)], commit_us_max: 1_000, ..slots(3) };
        }
        let before = lines(&records);
        let (ended, after, _) = session_of(&study, &world, workload, records, session, None);
        assert!(lines(&after).starts_with(&before), "a session keeps what it found");
        records = after;
        now = records.last().map_or(Tick(0), |record| record.at);
        let audit = if records.is_empty() { None } else { Some(audit(&records)) };
        assert!(matches!(audit, None | Some(Audit::Clean { .. })), "{audit:?}");
        session += 1;
        match ended {
            Ended::Done(StopReason::TrialsDone) => break,
            Ended::Done(StopReason::Stopped | StopReason::NoSlots) | Ended::Crashed => {}
            Ended::Done(other) => panic!("ended with {other:?}"),
        }
        assert!(session < 8, "the healed world does not finish");
    }
    check_end(&study, &records);
    session - 1
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(freerun::journal::encode).collect()
}

fn check_end(study: &Study, records: &[Record]) {
    let mut told: BTreeMap<u32, u32> = BTreeMap::new();
    for record in records {
        if let What::Told { trial, .. } = record.what {
            *told.entry(trial.0).or_default() += 1;
        }
    }
    assert!(told.values().all(|&count| count == 1) && told.len() as u32 == study.budget.trials);
}

/// Worlds that once broke an invariant.
const BROKEN_ONCE: [u64; 1] = [
    // A held launch lost its first attempt, and the time-out of the next began before it was launched.
    294_251,
];

#[test]
fn no_world_breaks_an_invariant() {
    if let Ok(seed) = std::env::var("WORLD") {
        run_world(seed.parse().expect("WORLD is a seed"));
        return;
    }
    let worlds: u64 = std::env::var("WORLDS").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let mut sessions = 0;
    for seed in BROKEN_ONCE.into_iter().chain(0..worlds) {
        let result = std::panic::catch_unwind(|| run_world(seed));
        sessions +=
            result.unwrap_or_else(|_| panic!("world {seed} broke an invariant: replay with WORLD={seed}"));
    }
    assert!(u64::from(sessions) > worlds * 4 / 3, "too few worlds were interrupted: {sessions} sessions");
}
