//! Test functions with known optima, noise, failures and chosen run times: for trying samplers and
//! schedulers, and for measuring what Freerun itself costs. It waits only through its host.
//!
//! Functions and optima: Surjanovic and Bingham, "Virtual Library of Simulation Experiments: Test
//! Functions and Datasets", sfu.ca/~ssurjano.

use super::inputs::{Input, Reader, floats, output_card, parameter_card, setting_card, table};
use super::{Host, Model, ModelFailure, Outputs, ReplicateRequest};
use crate::math::dist::{bernoulli, standard_normal};
use crate::math::duration::{Duration, DurationLaw};
use crate::math::{cos, exp};
use crate::rng::{Purpose, Stream};
use crate::spec::{Domain, InputCard, ModelCard, ModelPlan, Setting, SettingProblem, Table};
use std::f64::consts::{E, PI};

pub(super) const NAME: &str = "synthetic";
const MAX_DIMS: usize = 32;

type Function = fn(&[f64]) -> f64;

/// A function, and how many dimensions it allows.
struct TestFunction {
    name: &'static str,
    function: Function,
    least_dims: usize,
    most_dims: usize,
}

const FUNCTIONS: [TestFunction; 7] = [
    TestFunction { name: "sphere", function: sphere, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "rosenbrock", function: rosenbrock, least_dims: 2, most_dims: MAX_DIMS },
    TestFunction { name: "ackley", function: ackley, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "rastrigin", function: rastrigin, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "styblinski_tang", function: styblinski_tang, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "branin", function: branin, least_dims: 2, most_dims: 2 },
    TestFunction { name: "hartmann6", function: hartmann6, least_dims: 6, most_dims: 6 },
];

const FUNCTION_ABOUT: &str = "sphere: 0 at 0; rosenbrock: 0 at (1, ..., 1); ackley: 0 at 0; rastrigin: 0 at 0; \
    styblinski_tang: -39.16617 per dimension at -2.903534; branin (2 dimensions, x0 in [-5, 10], x1 in [0, 15]): \
    0.397887 at (pi, 2.275); hartmann6 (6 dimensions, [0, 1]): -3.32237";

/// Sum of squares.
fn sphere(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// A curved valley.
fn rosenbrock(x: &[f64]) -> f64 {
    let term = |pair: &[f64]| {
        let (valley, slope) = (pair[1] - pair[0] * pair[0], pair[0] - 1.0);
        100.0 * valley * valley + slope * slope
    };
    x.windows(2).map(term).sum()
}

/// Many small local minima in a funnel.
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let radius = (sphere(x) / n).sqrt();
    let waves = x.iter().map(|x| cos(2.0 * PI * x)).sum::<f64>() / n;
    20.0 + E - 20.0 * exp(-0.2 * radius) - exp(waves)
}

/// Many regular local minima in a bowl.
fn rastrigin(x: &[f64]) -> f64 {
    x.iter().map(|x| 10.0 + x * x - 10.0 * cos(2.0 * PI * x)).sum()
}

/// Two minima in each dimension.
fn styblinski_tang(x: &[f64]) -> f64 {
    x.iter().map(|x| 0.5 * (x * x * x * x - 16.0 * x * x + 5.0 * x)).sum()
}

/// Three global minima.
fn branin(x: &[f64]) -> f64 {
    let valley = x[1] - 5.1 / (4.0 * PI * PI) * x[0] * x[0] + 5.0 / PI * x[0] - 6.0;
    valley * valley + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * cos(x[0]) + 10.0
}

/// Six local minima.
fn hartmann6(x: &[f64]) -> f64 {
    const WEIGHTS: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const SCALES: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const CENTRES: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let bump = |row: usize| {
        let distance =
            |dim: usize| SCALES[row][dim] * (x[dim] - CENTRES[row][dim]) * (x[dim] - CENTRES[row][dim]);
        WEIGHTS[row] * exp(-(0..6).map(distance).sum::<f64>())
    };
    -(0..4).map(bump).sum::<f64>()
}

pub(super) fn card() -> ModelCard {
    let coordinates = (0..MAX_DIMS).map(|dim| {
        parameter_card(&format!("x{dim}"), "coordinate; as many as are given, from x0 on", "", 0.0, -1e6, 1e6)
    });
    ModelCard {
        name: NAME.to_owned(),
        about: "Test functions with known optima, noise, failures and chosen run times".to_owned(),
        version: 1,
        inputs: setting_cards().into_iter().chain(coordinates).collect(),
        outputs: vec![output_card(
            "loss",
            "one row",
            &[],
            &[("loss", "the function's value plus noise", "")],
        )],
    }
}

fn setting_cards() -> Vec<InputCard> {
    let number = |name, about, unit, default, low, high| {
        setting_card(name, about, unit, Setting::Float(default), low, high)
    };
    let text = |name, about, choices: Vec<&str>| InputCard {
        choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
        ..setting_card(name, about, "", Setting::Text(choices[0].to_owned()), f64::MIN, f64::MAX)
    };
    let laws = vec!["none", "constant", "uniform", "exponential", "lognormal", "gamma", "pareto"];
    vec![
        text("function", FUNCTION_ABOUT, FUNCTIONS.iter().map(|function| function.name).collect()),
        number("shift", "moves the optimum by so much in every dimension", "", 0.0, -1e6, 1e6),
        number("noise_sd", "standard deviation of normal noise on the loss", "", 0.0, 0.0, f64::MAX),
        text("duration", "law of the run time", laws),
        number("mean_ms", "mean run time", "ms", 10.0, 0.0, 1e9),
        number("cv", "standard deviation / mean, for lognormal and gamma", "", 0.5, 1e-3, 100.0),
        number("tail", "tail index, for pareto: infinite variance up to 2", "", 1.5, 1.001, 100.0),
        number(
            "slow",
            "run time grows with x0 over its range, from 1 - slow to 1 + slow",
            "",
            0.0,
            -1.0,
            1.0,
        ),
        number(
            "fail_share",
            "share of replicates that the model refuses, after their run time",
            "",
            0.0,
            0.0,
            1.0,
        ),
        number(
            "crash_share",
            "share of replicates that end as crashed, after their run time",
            "",
            0.0,
            0.0,
            1.0,
        ),
    ]
}

/// The model.
pub(super) struct Synthetic {
    card: ModelCard,
    function: Function,
    coordinates: Vec<Input>,
    shift: f64,
    noise_sd: f64,
    duration: Duration,
    /// Bounds of x0.
    first: (f64, f64),
    fail_share: f64,
    crash_share: f64,
}

impl Synthetic {
    /// The model under `plan`.
    ///
    /// # Errors
    /// Every setting or parameter that it refuses.
    pub(super) fn new(plan: &ModelPlan) -> Result<Synthetic, Vec<SettingProblem>> {
        let card = card();
        let mut reader = Reader::new(plan, &card);
        let coordinates = read_coordinates(&mut reader, plan);
        let name = reader.choice("function");
        let test = FUNCTIONS.iter().find(|test| test.name == name).unwrap_or(&FUNCTIONS[0]);
        if coordinates.len() < test.least_dims || coordinates.len() > test.most_dims {
            let allowed = format!("{} to {} for {name}", test.least_dims, test.most_dims);
            reader.problem("x0, x1, ...", format!("{} coordinates", coordinates.len()), allowed);
        }
        let model = Synthetic {
            function: test.function,
            coordinates,
            shift: reader.number("shift"),
            noise_sd: reader.number("noise_sd"),
            duration: read_duration(&mut reader),
            first: first_bounds(plan),
            fail_share: reader.number("fail_share"),
            crash_share: reader.number("crash_share"),
            card: card.clone(),
        };
        reader.finish(model)
    }

    fn is_plain(&self) -> bool {
        self.noise_sd == 0.0
            && self.duration.law == DurationLaw::None
            && self.fail_share == 0.0
            && self.crash_share == 0.0
    }

    /// Position of x0 within its bounds.
    fn first_position(&self, request: &ReplicateRequest) -> Result<f64, ModelFailure> {
        let (low, high) = self.first;
        Ok(if high > low { (self.coordinates[0].at(&request.point)? - low) / (high - low) } else { 0.5 })
    }

    /// Waits, fails if it is to, and gives the noise.
    fn world(&self, request: &ReplicateRequest, host: &dyn Host) -> Result<f64, ModelFailure> {
        let mut stream = Stream::new(request.seed, Purpose::Model, 0, 0);
        let noise = self.noise_sd * standard_normal(&mut stream);
        let fails = bernoulli(&mut stream, self.fail_share);
        let crashes = bernoulli(&mut stream, self.crash_share);
        let us = self.duration.sample_us(&mut stream, self.first_position(request)?);
        if us > 0 {
            host.wait_us(us);
        }
        if host.stopped() {
            Err(ModelFailure::Stopped)
        } else if fails {
            Err(ModelFailure::Refused("as fail_share asks for".to_owned()))
        } else if crashes {
            Err(ModelFailure::Crashed("as crash_share asks for".to_owned()))
        } else {
            Ok(noise)
        }
    }
}

/// The coordinates that the plan gives, which must be x0, x1, ... without a gap.
fn read_coordinates(reader: &mut Reader, plan: &ModelPlan) -> Vec<Input> {
    let names = (0..MAX_DIMS).map(|dim| format!("x{dim}"));
    let given: Vec<bool> =
        names.map(|name| plan.space.position(&name).is_some() || plan.settings.contains_key(&name)).collect();
    let dims = given.iter().take_while(|&&given| given).count();
    if let Some(stray) = given.iter().skip(dims).position(|&given| given) {
        reader.problem(&format!("x{}", dims + stray), "a coordinate after a gap", format!("x{dims} first"));
    }
    (0..dims).map(|dim| reader.parameter(&format!("x{dim}"))).collect()
}

fn read_duration(reader: &mut Reader) -> Duration {
    let (mean_us, cv, tail) = (1000.0 * reader.number("mean_ms"), reader.number("cv"), reader.number("tail"));
    let law = match reader.choice("duration").as_str() {
        "constant" => DurationLaw::Constant { mean_us },
        "uniform" => DurationLaw::Uniform { mean_us },
        "exponential" => DurationLaw::Exponential { mean_us },
        "lognormal" => DurationLaw::LogNormal { mean_us, cv },
        "gamma" => DurationLaw::Gamma { mean_us, cv },
        "pareto" => DurationLaw::Pareto { mean_us, tail },
        _ => DurationLaw::None,
    };
    Duration { law, slow: reader.number("slow") }
}

/// Bounds of x0; equal if it has none.
fn first_bounds(plan: &ModelPlan) -> (f64, f64) {
    let domain = plan.space.position("x0").map(|position| &plan.space.0[position].domain);
    match domain {
        Some(Domain::Float { low, high, .. }) => (*low, *high),
        Some(Domain::Int { low, high, .. }) => (*low as f64, *high as f64),
        _ => (0.0, 0.0),
    }
}

impl Model for Synthetic {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    fn run(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<Outputs, ModelFailure> {
        let mut x = [0.0; MAX_DIMS];
        for (x, coordinate) in x.iter_mut().zip(&self.coordinates) {
            *x = coordinate.at(&request.point)? - self.shift;
        }
        let noise = if self.is_plain() { 0.0 } else { self.world(request, host)? };
        let loss = (self.function)(&x[..self.coordinates.len()]) + noise;
        Ok(Outputs(vec![table("loss", vec![floats("loss", [loss])])]))
    }
}

/// The index columns of `output`: none.
pub(super) fn index(_plan: &ModelPlan, output: &str) -> Option<Table> {
    (output == "loss").then(|| table("loss", Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TrialId;
    use crate::model::NoHost;
    use crate::spec::{Parameter, Point, Prior, Space, Value};
    use std::cell::Cell;

    fn plan(function: &str, dims: usize, settings: &[(&str, Setting)]) -> ModelPlan {
        let parameter = |dim: usize| Parameter {
            name: format!("x{dim}"),
            domain: Domain::Float { low: -5.0, high: 5.0, log: false },
            prior: Prior::Uniform,
        };
        let mut settings: std::collections::BTreeMap<String, Setting> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        settings.insert("function".to_owned(), Setting::Text(function.to_owned()));
        ModelPlan {
            model: NAME.to_owned(),
            settings,
            space: Space((0..dims).map(parameter).collect()),
            outputs: vec!["loss".to_owned()],
        }
    }

    fn request(x: &[f64], seed: u64) -> ReplicateRequest {
        let point = Point(x.iter().copied().map(Value::Float).collect());
        ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point }
    }

    fn loss(model: &mut Synthetic, x: &[f64], seed: u64) -> Result<f64, ModelFailure> {
        let outputs = model.run(&request(x, seed), &NoHost)?;
        Ok(outputs.table("loss").unwrap().column("loss").unwrap().cells.number(0).unwrap())
    }

    #[test]
    fn optima_are_the_known_ones() {
        let hartmann = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573];
        for (function, optimum, value) in [
            ("sphere", vec![0.0; 4], 0.0),
            ("rosenbrock", vec![1.0; 3], 0.0),
            ("ackley", vec![0.0; 2], 0.0),
            ("rastrigin", vec![0.0; 5], 0.0),
            ("styblinski_tang", vec![-2.903534; 3], -39.16617 * 3.0),
            ("branin", vec![PI, 2.275], 0.397887),
            ("branin", vec![-PI, 12.275], 0.397887),
            ("hartmann6", hartmann.to_vec(), -3.32237),
        ] {
            let mut plan = plan(function, optimum.len(), &[]);
            plan.space.0.iter_mut().for_each(|parameter| {
                parameter.domain = Domain::Float { low: -5.0, high: 15.0, log: false };
            });
            let mut model = Synthetic::new(&plan).unwrap();
            let best = loss(&mut model, &optimum, 1).unwrap();
            assert!((best - value).abs() < 2e-4, "{function}: {best}");
            for dim in 0..optimum.len() {
                for step in [-0.05, 0.05] {
                    let mut near = optimum.clone();
                    near[dim] += step;
                    assert!(loss(&mut model, &near, 1).unwrap() > best, "{function} at {near:?}");
                }
            }
        }
    }

    #[test]
    fn noise_and_failures_come_as_often_as_asked() {
        let settings = [
            ("noise_sd", Setting::Float(2.0)),
            ("fail_share", Setting::Float(0.2)),
            ("shift", Setting::Int(1)),
        ];
        let mut model = Synthetic::new(&plan("sphere", 1, &settings)).unwrap();
        let losses: Vec<f64> = (0..4000).filter_map(|seed| loss(&mut model, &[1.0], seed).ok()).collect();
        assert!((losses.len() as f64 - 3200.0).abs() < 130.0, "{}", losses.len());
        let variance = losses.iter().map(|x| x * x).sum::<f64>() / losses.len() as f64;
        assert!((variance - 4.0).abs() < 0.5, "{variance}");
        assert_eq!(loss(&mut model, &[1.0], 7), loss(&mut model, &[1.0], 7));
    }

    #[test]
    fn it_waits_as_long_as_its_law_says() {
        struct Clock(Cell<u64>);
        impl Host for Clock {
            fn stopped(&self) -> bool {
                false
            }
            fn wait_us(&self, us: u64) {
                self.0.set(self.0.get() + us);
            }
        }
        let settings = [
            ("duration", Setting::Text("constant".to_owned())),
            ("mean_ms", Setting::Int(3)),
            ("slow", Setting::Float(0.5)),
        ];
        let mut model = Synthetic::new(&plan("sphere", 2, &settings)).unwrap();
        for (x0, us) in [(-5.0, 1500), (0.0, 3000), (5.0, 4500)] {
            let clock = Clock(Cell::new(0));
            model.run(&request(&[x0, 1.0], 1), &clock).unwrap();
            assert_eq!(clock.0.get(), us);
        }
    }

    #[test]
    fn problems_name_what_was_found_and_what_is_allowed() {
        let found = |plan: &ModelPlan| Synthetic::new(plan).err().unwrap();
        let wrong = found(&plan("branin", 3, &[]));
        assert_eq!(
            (wrong[0].found.as_str(), wrong[0].allowed.as_str()),
            ("3 coordinates", "2 to 2 for branin")
        );
        assert!(found(&plan("sphere", 0, &[]))[0].found.contains("0 coordinates"));
        assert!(found(&plan("spher", 1, &[]))[0].allowed.contains("sphere, rosenbrock"));
        assert!(found(&plan("sphere", 1, &[("x3", Setting::Int(1))]))[0].found.contains("gap"));
        assert_eq!(found(&plan("sphere", 1, &[("noise_sd", Setting::Int(-1))]))[0].allowed, "at least 0");
    }
}
