//! One replicate of every built-in model at its default parameters, with all its outputs.

use super::{Digest, Digests};
use freerun::ids::TrialId;
use freerun::model::{BuiltIn, NoHost, Outputs, ReplicateRequest, build};
use freerun::spec::{Catalogue, Cells, ModelPlan, Point, Space};
use std::collections::BTreeMap;

pub fn add(digests: &mut Digests) {
    for model in BuiltIn.names() {
        digests.add(&format!("model/{model}"), |digest| replicate(digest, &model));
    }
}

fn replicate(digest: &mut Digest, name: &str) {
    let outputs = BuiltIn.card(name).map_or_else(Vec::new, |card| card.outputs);
    let plan = ModelPlan {
        model: name.into(),
        settings: BTreeMap::new(),
        space: Space::default(),
        outputs: outputs.into_iter().map(|output| output.name).collect(),
    };
    let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed: 77, point: Point::default() };
    let outputs = build(&plan).expect("defaults are sound").run(&request, &NoHost);
    tables(digest, &outputs.expect("defaults can be simulated"));
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
