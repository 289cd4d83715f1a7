//! One replicate of every built-in model at its default parameters, with all its outputs, and of
//! every synthetic function.

use super::{Digest, Digests};
use freerun::ids::TrialId;
use freerun::model::{BuiltIn, NoHost, Outputs, ReplicateRequest, build};
use freerun::spec::{Catalogue, Cells, Domain, ModelPlan, Parameter, Point, Prior, Setting, Space, Value};

pub fn add(digests: &mut Digests) {
    for model in BuiltIn.names().into_iter().filter(|model| model != "synthetic") {
        digests.add(&format!("model/{model}"), |digest| replicate(digest, &model, &[], 0));
    }
    for function in ["sphere", "rosenbrock", "ackley", "rastrigin", "styblinski_tang", "branin", "hartmann6"]
    {
        let settings = [("function", Setting::Text(function.into())), ("noise_sd", Setting::Float(0.5))];
        let dimensions = if function == "branin" { 2 } else { 6 };
        digests.add(&format!("model/synthetic/{function}"), |digest| {
            replicate(digest, "synthetic", &settings, dimensions);
        });
    }
}

/// With so many coordinates `x0`, `x1` ..., for models that have these.
fn replicate(digest: &mut Digest, name: &str, settings: &[(&str, Setting)], dimensions: u32) {
    let outputs = BuiltIn.card(name).map_or_else(Vec::new, |card| card.outputs);
    let domain = Domain::Float { low: 0.0, high: 1.0, log: false };
    let parameter =
        |number| Parameter { name: format!("x{number}"), domain: domain.clone(), prior: Prior::Uniform };
    let plan = ModelPlan {
        model: name.into(),
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        space: Space((0..dimensions).map(parameter).collect()),
        outputs: outputs.into_iter().map(|output| output.name).collect(),
    };
    let point = Point((0..dimensions).map(|number| Value::Float(0.13 * f64::from(number + 1))).collect());
    let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed: 77, point };
    let outputs = build(&plan).expect("the plan is sound").run(&request, &NoHost);
    tables(digest, &outputs.expect("the point can be simulated"));
}

fn tables(digest: &mut Digest, outputs: &Outputs) {
    for column in outputs.0.iter().flat_map(|table| &table.columns) {
        digest.bytes(column.name.as_bytes());
        match &column.cells {
            Cells::Float(cells) => cells.iter().for_each(|&cell| digest.f64(cell)),
            Cells::Int(cells) => cells.iter().for_each(|&cell| digest.u64(cell as u64)),
            Cells::Text(cells) => cells.iter().for_each(|cell| digest.bytes(cell.as_bytes())),
        }
    }
}
