//! Writes runs of the typhoid model at five points in the format of the original's reference outputs:
//! `typhoid_reference OUT_FOLDER SEEDS`.
use freerun::ids::TrialId;
use freerun::model::{NoHost, ReplicateRequest, build};
use freerun::spec::{Cells, Domain, ModelPlan, Parameter, Point, Prior, Space, Table, Value};
use std::fmt::Write as _;

const NAMES: [&str; 5] = ["tai", "teer", "susc_slope", "tppi", "p_acute"];
const POINTS: [(&str, [f64; 5]); 5] = [
    ("P1", [42_000.0, 7.0, 7.0, 0.98, 0.24]),
    ("P2", [40_000.0, 2.0, 1.0, 0.98, 0.16]),
    ("P3", [10_000.0, 1.5, 3.0, 0.95, 0.10]),
    ("P4", [200_000.0, 4.0, 10.0, 0.75, 0.35]),
    ("P5", [15_000.0, 0.6, 0.0, 0.90, 0.50]),
];
const OUTPUTS: [&str; 6] =
    ["timeseries_30d", "by_age_year", "daily", "summary", "incidence_distribution", "incidence_by_age"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, seeds] = arguments.as_slice() else { return Err("OUT_FOLDER SEEDS".into()) };
    let parameters = NAMES.map(|name| Parameter {
        name: name.to_owned(),
        domain: Domain::Float { low: 0.0, high: if name.starts_with('t') { 1e6 } else { 1.0 }, log: false },
        prior: Prior::Uniform,
    });
    let mut space = Space(parameters.to_vec());
    space.0[2].domain = Domain::Float { low: 0.0, high: 15.0, log: false };
    space.0[1].domain = Domain::Float { low: 0.0, high: 10.0, log: false };
    space.0[3].domain = Domain::Float { low: 0.0, high: 1.0, log: false };
    let plan = ModelPlan {
        model: "typhoid".to_owned(),
        settings: Default::default(),
        space,
        outputs: OUTPUTS.map(str::to_owned).to_vec(),
    };
    let mut model = build(&plan).map_err(|problems| format!("{problems:?}"))?;
    let mut files = vec![String::new(); OUTPUTS.len()];
    for (name, values) in POINTS {
        for seed in 1..=seeds.parse()? {
            let point = Point(values.map(Value::Float).to_vec());
            let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point };
            let outputs = model.run(&request, &NoHost)?;
            for (file, output) in files.iter_mut().zip(OUTPUTS) {
                write_rows(file, outputs.table(output).ok_or("no table")?, name, seed)?;
            }
        }
    }
    for (file, output) in files.iter().zip(OUTPUTS) {
        std::fs::write(format!("{folder}/{output}.csv"), file)?;
    }
    Ok(())
}

fn write_rows(file: &mut String, table: &Table, point: &str, seed: u64) -> std::fmt::Result {
    if file.is_empty() {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_ref()).collect();
        writeln!(file, "suite,point,seed,{}", names.join(","))?;
    }
    for row in 0..table.rows() {
        write!(file, "med,{point},{seed}")?;
        for column in &table.columns {
            match &column.cells {
                Cells::Float(cells) => write!(file, ",{}", cells[row])?,
                Cells::Int(cells) => write!(file, ",{}", cells[row])?,
                Cells::Text(cells) => write!(file, ",{}", cells[row])?,
            }
        }
        writeln!(file)?;
    }
    Ok(())
}
