//! Test functions with known optima, noise, failures and chosen run times: for trying samplers and
//! schedulers, and for measuring what Freerun itself costs. It waits only through its host.
//!
//! The setting `fault` asks for real faults, to try engines with: a panic, a loop that never ends and
//! looks at no stop flag, or memory that no machine has, which ends the program. They are what a
//! model must never do.

mod fault;
mod functions;

use self::fault::{FAULT_ABOUT, FAULTS, Fault};
use self::functions::{FUNCTION_ABOUT, FUNCTIONS, Function, MAX_DIMS};
use super::inputs::{Input, Reader, floats, output_card, parameter_card, setting_card, table};
use super::{Host, Model, ModelFailure, Outputs, ReplicateRequest};
use crate::math::dist::{bernoulli, standard_normal};
use crate::math::duration::{Duration, DurationLaw};
use crate::rng::{Purpose, Stream};
use crate::spec::{Domain, InputCard, ModelCard, ModelPlan, Setting, SettingProblem, Table};

pub(super) const NAME: &str = "synthetic";

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
        text("fault", FAULT_ABOUT, FAULTS.iter().map(|(name, _)| *name).collect()),
        number("fault_share", "share of replicates that end in the fault", "", 1.0, 0.0, 1.0),
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
    fault: Option<Fault>,
    fault_share: f64,
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
            fault: read_fault(&mut reader),
            fault_share: reader.number("fault_share"),
            card: card.clone(),
        };
        reader.finish(model)
    }

    fn is_plain(&self) -> bool {
        self.noise_sd == 0.0
            && self.duration.law == DurationLaw::None
            && self.fail_share == 0.0
            && self.crash_share == 0.0
            && self.fault.is_none()
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
        // The last draw: studies without a fault draw as they did before there was this one.
        let faulty = bernoulli(&mut stream, self.fault_share);
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
            self.fault.filter(|_| faulty).into_iter().for_each(|fault| fault());
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

fn read_fault(reader: &mut Reader) -> Option<Fault> {
    let name = reader.choice("fault");
    FAULTS.iter().find(|(known, _)| *known == name).and_then(|(_, fault)| *fault)
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
mod tests;
