//! What every sampler must do, whatever the space: one set of checks for all of them.

use super::{Observation, Sampler, build};
use crate::ids::TrialId;
use crate::math::ln;
use crate::rng::{Purpose, Stream};
use crate::spec::{Domain, Parameter, Point, Prior, SamplerPlan, Setting, Space, TpePlan, Value};
use std::collections::BTreeSet;

const SEED: u64 = 2026;

fn plans() -> [SamplerPlan; 3] {
    [SamplerPlan::Random, SamplerPlan::Sobol, SamplerPlan::Tpe(TpePlan::default())]
}

fn space(parameters: &[(&str, Domain)]) -> Space {
    let parameter = |(name, domain): &(&str, Domain)| Parameter {
        name: (*name).to_owned(),
        domain: domain.clone(),
        prior: Prior::Uniform,
    };
    Space(parameters.iter().map(parameter).collect())
}

fn float(low: f64, high: f64, log: bool) -> Domain {
    Domain::Float { low, high, log }
}

fn int(low: i64, high: i64, log: bool) -> Domain {
    Domain::Int { low, high, log }
}

fn choice(size: i64) -> Domain {
    Domain::Categorical { choices: (0..size).map(Setting::Int).collect() }
}

fn floats() -> Space {
    space(&[("d", float(-3.0, 1.0, false)), ("b", float(0.0, 9.0, false)), ("c", float(1e6, 2e6, false))])
}

fn mixed() -> Space {
    let mut space = space(&[
        ("rate", float(1e-5, 1.0, true)),
        ("age", int(0, 90, false)),
        ("size", int(1, 100_000, true)),
        ("kind", choice(3)),
        ("alpha", float(-1.0, 1.0, false)),
        ("fixed", float(0.25, 0.25, false)),
    ]);
    space.0[4].prior = Prior::Normal { mean: 0.5, sd: 0.2 };
    space.0[1].prior = Prior::Normal { mean: 200.0, sd: 30.0 };
    space
}

fn equal_ranges() -> Space {
    space(&[("y", float(-5.0, 5.0, false)), ("x", float(-5.0, 5.0, false))])
}

fn tiny() -> Space {
    space(&[("n", int(2, 4, false)), ("kind", choice(2)), ("one", int(7, 7, false))])
}

fn spaces() -> Vec<(&'static str, Space)> {
    vec![
        ("floats", floats()),
        ("log floats", space(&[("p", float(1e-9, 1.0, true)), ("q", float(0.5, 1e12, true))])),
        ("ints", space(&[("m", int(-4, 4, false)), ("k", int(0, 1_000_000, false))])),
        ("log ints", space(&[("m", int(1, 8, true)), ("k", int(10, 1_000_000_000, true))])),
        ("choices", space(&[("u", choice(2)), ("w", choice(5)), ("v", choice(40))])),
        ("mixed", mixed()),
        ("equal ranges", equal_ranges()),
        ("tiny", tiny()),
        ("single", space(&[("x", float(1.5, 1.5, true)), ("c", choice(1))])),
        ("huge", space(&[("x", float(-1e308, 1e308, false)), ("n", int(i64::MIN, i64::MAX, false))])),
        ("narrow", space(&[("x", float(1.0, 1.0 + 100.0 * f64::EPSILON, false))])),
    ]
}

fn stream(trial: TrialId) -> Stream {
    Stream::new(SEED, Purpose::Ask, trial.0, 0)
}

/// A sampler with everything it has seen.
struct Session {
    space: Space,
    sampler: Box<dyn Sampler>,
    points: Vec<Point>,
    log: Vec<Observation>,
}

impl Session {
    fn new(plan: &SamplerPlan, space: &Space) -> Session {
        let sampler = build(plan, space, SEED);
        Session { space: space.clone(), sampler, points: Vec::new(), log: Vec::new() }
    }

    fn after(plan: &SamplerPlan, space: &Space, log: &[Observation]) -> Session {
        let mut session = Session::new(plan, space);
        for observation in log {
            session.observe(observation.clone());
        }
        session
    }

    fn observe(&mut self, observation: Observation) {
        self.sampler.observe(&observation);
        if let Observation::Asked { point, .. } = &observation {
            self.points.push(point.clone());
        }
        self.log.push(observation);
    }

    fn propose(&mut self) -> Point {
        let trial = TrialId(self.points.len() as u32);
        let point = self.sampler.propose(trial, stream(trial));
        assert!(self.space.contains(&point), "{point:?} is not of {:?}", self.space);
        point
    }

    fn ask(&mut self) -> Point {
        let trial = TrialId(self.points.len() as u32);
        let point = self.propose();
        self.observe(Observation::Asked { trial, point: point.clone() });
        point
    }

    fn tell(&mut self, trial: usize, loss: Option<f64>) {
        self.observe(Observation::Told { trial: TrialId(trial as u32), loss });
    }

    /// `count` trials, each told when `lag` later ones have been asked.
    fn run(&mut self, count: usize, lag: usize, loss: impl Fn(usize, &Point) -> Option<f64>) {
        for trial in 0..count {
            self.ask();
            if let Some(done) = trial.checked_sub(lag) {
                self.tell(done, loss(done, &self.points[done]));
            }
        }
    }
}

/// The point's numbers by name, so that the order of the parameters cannot matter.
fn by_name(space: &Space, point: &Point) -> Vec<(String, f64)> {
    let pairs =
        space.0.iter().zip(&point.0).map(|(parameter, value)| (parameter.name.clone(), value.as_f64()));
    let mut pairs: Vec<(String, f64)> = pairs.collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

/// Where a value lies in its domain, in `[0, 1]`.
fn share(domain: &Domain, value: Value) -> f64 {
    let scaled = |low: f64, high: f64, log: bool| match (low == high, log) {
        (true, _) => 0.5,
        (_, true) => ln(value.as_f64() / low) / ln(high / low),
        (_, false) => (0.5 * value.as_f64() - 0.5 * low) / (0.5 * high - 0.5 * low),
    };
    match *domain {
        Domain::Float { low, high, log } => scaled(low, high, log),
        Domain::Int { low, high, log } => scaled(low as f64, high as f64, log),
        Domain::Categorical { ref choices } => scaled(0.0, choices.len() as f64 - 1.0, false),
    }
}

fn shares(space: &Space, point: &Point) -> Vec<f64> {
    space.0.iter().zip(&point.0).map(|(parameter, &value)| share(&parameter.domain, value)).collect()
}

/// A loss with its minimum inside; some trials fail.
fn loss(space: &Space, trial: usize, point: &Point) -> Option<f64> {
    let mut terms: Vec<(&str, f64)> =
        space.0.iter().map(|p| p.name.as_str()).zip(shares(space, point)).collect();
    terms.sort_by(|a, b| a.0.cmp(b.0));
    let sum = terms.iter().map(|(_, u)| (u - 0.3) * (u - 0.3)).sum();
    (trial % 7 != 3).then_some(sum)
}

fn for_all(mut check: impl FnMut(&SamplerPlan, &str, &Space)) {
    for plan in plans() {
        for (name, space) in spaces() {
            check(&plan, name, &space);
        }
    }
}

#[test]
fn the_same_history_gives_the_same_bits() {
    for_all(|plan, name, space| {
        let run = || {
            let mut session = Session::new(plan, space);
            session.run(60, 4, |trial, point| loss(space, trial, point));
            session.log
        };
        let (first, second) = (run(), run());
        for (a, b) in first.iter().zip(&second) {
            let same = match (a, b) {
                (Observation::Asked { point: a, .. }, Observation::Asked { point: b, .. }) => {
                    a.0.iter().zip(&b.0).all(|(a, b)| a.same(*b))
                }
                (a, b) => a == b,
            };
            assert!(same, "{plan:?}, {name}: {a:?} {b:?}");
        }
    });
}

/// A change here is a change of [`Sampler::version`]: audits of older studies depend on it.
#[test]
fn the_bits_of_this_version_are_these() {
    let expected = [
        ("random/1", 0xa4dc_b512_0d73_4113u64),
        ("sobol/1", 0xb80d_1430_af8f_5f5f),
        ("tpe/1", 0x8348_58d0_30d8_29eb),
    ];
    for (plan, expected) in plans().iter().zip(expected) {
        let space = mixed();
        let mut session = Session::new(plan, &space);
        session.run(200, 4, |trial, point| loss(&space, trial, point));
        let values = session.points.iter().flat_map(|point| &point.0);
        // FNV-1a over whole numbers of 64 bits.
        let digest = values.fold(0xcbf2_9ce4_8422_2325u64, |digest, value| {
            (digest ^ value.as_f64().to_bits()).wrapping_mul(0x0000_0100_0000_01b3)
        });
        assert_eq!((session.sampler.version(), digest), expected, "{digest:#x}");
    }
}

#[test]
fn the_order_of_parameters_does_not_matter() {
    for_all(|plan, name, space| {
        let mut session = Session::new(plan, space);
        session.run(60, 4, |trial, point| loss(space, trial, point));
        let expected: Vec<_> = session.points.iter().map(|point| by_name(space, point)).collect();
        for turn in 0..space.len() {
            let mut turned = space.clone();
            turned.0.rotate_left(turn);
            turned.0.reverse();
            let mut session = Session::new(plan, &turned);
            session.run(60, 4, |trial, point| loss(&turned, trial, point));
            let found: Vec<_> = session.points.iter().map(|point| by_name(&turned, point)).collect();
            assert_eq!(found, expected, "{plan:?}, {name}, turned by {turn}");
        }
    });
}

#[test]
fn the_order_of_tells_does_not_matter() {
    for_all(|plan, name, space| {
        let mut session = Session::new(plan, space);
        // Long enough for a TPE whose widths are set one by one.
        session.run(150, 5, |trial, point| loss(space, trial, point));
        let expected = session.propose();
        let (asks, mut tells): (Vec<_>, Vec<_>) =
            session.log.iter().cloned().partition(|entry| matches!(entry, Observation::Asked { .. }));
        for turn in [0, 13, 40] {
            tells.rotate_left(turn);
            tells.reverse();
            let log: Vec<_> = asks.iter().chain(&tells).cloned().collect();
            let found = Session::after(plan, space, &log).propose();
            assert_eq!(found, expected, "{plan:?}, {name}, turned by {turn}");
        }
    });
}

#[test]
fn any_prefix_of_a_history_can_be_continued() {
    for_all(|plan, name, space| {
        let mut session = Session::new(plan, space);
        session.run(45, 3, |trial, point| loss(space, trial, point));
        for (cut, entry) in session.log.iter().enumerate() {
            if let Observation::Asked { point, .. } = entry {
                let found = Session::after(plan, space, &session.log[..cut]).propose();
                assert_eq!(&found, point, "{plan:?}, {name}, after {cut} observations");
            }
        }
    });
}

#[test]
fn no_point_is_asked_twice_while_the_space_has_others() {
    for_all(|plan, name, space| {
        let sizes = space.0.iter().map(|parameter| parameter.domain.size());
        let mut size = sizes.fold(1u64, |product, size| product.saturating_mul(size.unwrap_or(u64::MAX)));
        if name == "narrow" {
            size = 101;
        }
        let count = size.min(150) as usize;
        let mut session = Session::new(plan, space);
        // Equal losses draw TPE to nothing, a minimum draws it to one place.
        session.run(count, 2, |trial, point| if trial < 30 { Some(1.0) } else { loss(space, trial, point) });
        let different: BTreeSet<String> = session.points.iter().map(|point| format!("{point:?}")).collect();
        assert_eq!(different.len(), count, "{plan:?}, {name}");
        session.ask();
    });
}

#[test]
fn equal_ranges_are_not_equal_parameters() {
    let space = equal_ranges();
    for plan in plans() {
        let mut session = Session::new(&plan, &space);
        session.run(64, 0, |_, point| {
            let (y, x) = (point.0[0].as_f64(), point.0[1].as_f64());
            Some((x - 2.0) * (x - 2.0) + (y + 3.0) * (y + 3.0))
        });
        let pairs: Vec<(f64, f64)> =
            session.points.iter().map(|point| (point.0[0].as_f64(), point.0[1].as_f64())).collect();
        assert!(pairs.iter().all(|(y, x)| y != x), "{plan:?}");
        let first = &pairs[..10];
        assert!(first.iter().any(|(y, x)| (y - x).abs() > 2.0), "{plan:?}: {first:?}");
        if matches!(plan, SamplerPlan::Tpe(_)) {
            let best = pairs.iter().map(|(y, x)| (x - 2.0).abs().max((y + 3.0).abs()));
            assert!(best.fold(f64::INFINITY, f64::min) < 0.7, "the optimum is off the diagonal");
        }
    }
}

#[test]
fn failures_anywhere_are_survived() {
    let patterns: [fn(usize) -> bool; 4] =
        [|_| true, |trial| trial == 0, |trial| trial % 2 == 0, |trial| trial > 20];
    for_all(|plan, _, space| {
        for failed in patterns {
            let mut session = Session::new(plan, space);
            session.run(60, 3, |trial, point| if failed(trial) { None } else { loss(space, 0, point) });
        }
    });
}

#[test]
fn unusual_options_are_survived() {
    let usual = TpePlan::default();
    let unusual = [
        TpePlan { startup: 0, ..usual },
        TpePlan { candidates: 1, good_share: 0.9, good_max: 1000, ..usual },
        TpePlan { prior_weight: 0.0, startup: 2, ..usual },
        TpePlan { prior_weight: 1e-300, good_max: 0, ..usual },
        TpePlan { prior_weight: 1e300, good_share: 1e-9, ..usual },
    ];
    for (_, space) in spaces() {
        for plan in unusual {
            let mut session = Session::new(&SamplerPlan::Tpe(plan), &space);
            session.run(60, 3, |trial, point| loss(&space, trial, point));
        }
    }
}

#[test]
fn a_second_ask_or_tell_of_a_trial_and_tells_of_unknown_trials_change_nothing() {
    for_all(|plan, name, space| {
        let mut session = Session::new(plan, space);
        session.run(40, 3, |trial, point| loss(space, trial, point));
        let expected = session.propose();
        let first = session.points[0].clone();
        for noise in [
            Observation::Told { trial: TrialId(5), loss: Some(-1e9) },
            Observation::Told { trial: TrialId(900), loss: Some(-1e9) },
            Observation::Asked { trial: TrialId(7), point: first },
        ] {
            session.sampler.observe(&noise);
        }
        assert_eq!(session.propose(), expected, "{plan:?}, {name}");
    });
}

#[test]
fn huge_and_equal_losses_are_survived() {
    let losses: [fn(usize) -> f64; 4] = [
        |_| 1e308,
        |_| 0.0,
        |trial| if trial % 2 == 0 { 1e308 } else { -1e308 },
        |trial| if trial % 2 == 0 { 0.0 } else { -0.0 },
    ];
    for_all(|plan, _, space| {
        for loss in losses {
            let mut session = Session::new(plan, space);
            session.run(60, 3, |trial, _| Some(loss(trial)));
        }
    });
}

/// The mean distance (largest difference along an axis) to the nearest other point.
fn spread(points: &[Vec<f64>]) -> f64 {
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let nearest = points.iter().enumerate().map(|(at, point)| {
        let others = points.iter().enumerate().filter(|(other, _)| *other != at);
        others.map(|(_, other)| distance(point, other)).fold(f64::INFINITY, f64::min)
    });
    nearest.sum::<f64>() / points.len() as f64
}

#[test]
fn concurrent_asks_keep_apart() {
    for_all(|plan, name, space| {
        // Two have fewer points than trials; in the third all shares are equal to rounding.
        if ["tiny", "single", "narrow"].contains(&name) {
            return;
        }
        let mut session = Session::new(plan, space);
        session.run(30, 0, |trial, point| loss(space, trial, point));
        let blind: Vec<Vec<f64>> = (30..46)
            .map(|trial| shares(space, &session.sampler.propose(TrialId(trial), stream(TrialId(trial)))))
            .collect();
        let pending: Vec<Point> = (0..16).map(|_| session.ask()).collect();
        let different: BTreeSet<String> = pending.iter().map(|point| format!("{point:?}")).collect();
        assert_eq!(different.len(), 16, "{plan:?}, {name}");
        let aware = spread(&pending.iter().map(|point| shares(space, point)).collect::<Vec<_>>());
        assert!(aware > 0.02, "{plan:?}, {name}: {aware}");
        if matches!(plan, SamplerPlan::Tpe(_)) {
            let blind = spread(&blind);
            assert!(aware > blind, "{name}: {aware} with pending trials known, {blind} without");
        }
    });
}

/// Distance of the best of 200 trials from the optimum of a sphere in 5 dimensions, squared.
fn best_of_sphere(plan: &SamplerPlan, seed: u64) -> f64 {
    let names = ["a", "b", "c", "d", "e"];
    let space = space(&names.map(|name| (name, float(-5.0, 5.0, false))));
    let mut sampler = build(plan, &space, seed);
    let mut best = f64::INFINITY;
    for trial in (0..200).map(TrialId) {
        let point = sampler.propose(trial, Stream::new(seed, Purpose::Ask, trial.0, 0));
        let loss = point.0.iter().map(|value| (value.as_f64() - 1.0) * (value.as_f64() - 1.0)).sum();
        best = f64::min(best, loss);
        sampler.observe(&Observation::Asked { trial, point });
        sampler.observe(&Observation::Told { trial, loss: Some(loss) });
    }
    best
}

#[test]
fn tpe_is_clearly_better_than_random() {
    let [random, _, tpe] = plans();
    let wins = (0..20).filter(|&seed| best_of_sphere(&tpe, seed) < 0.5 * best_of_sphere(&random, seed));
    let wins = wins.count();
    assert!(wins >= 18, "TPE was twice as good as random for {wins} of 20 seeds");
}
