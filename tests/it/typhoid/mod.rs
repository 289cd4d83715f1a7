//! The typhoid model against runs of the original (`tests/oracles/typhoid_reference.csv`): the same
//! metrics of 40 seeds at each of five points, compared by Welch's t-test, with Holm's correction
//! over all of them. Seeds are fixed, so that the outcome is too; under other seeds a right model
//! would fail about once in a hundred times.

mod metrics;
mod welch;

use freerun::ids::TrialId;
use freerun::model::{BuiltIn, Model, NoHost, Outputs, ReplicateRequest, build};
use freerun::spec::{Catalogue, Domain, ModelPlan, Parameter, Point, Prior, Setting, Space, Value};
use metrics::metrics;
use std::collections::BTreeMap;
use welch::{Sample, holm, welch};

const REFERENCE: &str = include_str!("../../oracles/typhoid_reference.csv");
const SEEDS: u64 = 40;
/// Smallest p-value, after correction, that is put down to chance.
const LEVEL: f64 = 0.01;

/// tai, teer, susc_slope, tppi, p_acute of the reference's points.
const POINTS: [(&str, [f64; 5]); 5] = [
    ("P1", [42_000.0, 7.0, 7.0, 0.98, 0.24]),
    ("P2", [40_000.0, 2.0, 1.0, 0.98, 0.16]),
    ("P3", [10_000.0, 1.5, 3.0, 0.95, 0.10]),
    ("P4", [200_000.0, 4.0, 10.0, 0.75, 0.35]),
    ("P5", [15_000.0, 0.6, 0.0, 0.90, 0.50]),
];
const PARAMETERS: [(&str, f64); 5] =
    [("tai", 1e6), ("teer", 10.0), ("susc_slope", 15.0), ("tppi", 1.0), ("p_acute", 1.0)];
const OUTPUTS: [&str; 6] =
    ["timeseries_30d", "by_age_year", "daily", "summary", "incidence_distribution", "incidence_by_age"];

fn plan(settings: &[(&str, Setting)]) -> ModelPlan {
    let parameter = |&(name, high): &(&str, f64)| Parameter {
        name: name.to_owned(),
        domain: Domain::Float { low: 0.0, high, log: false },
        prior: Prior::Uniform,
    };
    ModelPlan {
        model: "typhoid".to_owned(),
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        space: Space(PARAMETERS.iter().map(parameter).collect()),
        outputs: OUTPUTS.map(str::to_owned).to_vec(),
    }
}

fn run(model: &mut dyn Model, point: &[f64; 5], seed: u64) -> Outputs {
    let point = Point(point.map(Value::Float).to_vec());
    model.run(&ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point }, &NoHost).unwrap()
}

/// The reference's samples, by point and metric.
fn reference() -> BTreeMap<(String, String), Sample> {
    let rows = REFERENCE.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        let number = |position: usize| cells[position].parse::<f64>().unwrap();
        let sample = Sample { n: number(2), mean: number(3), sd: number(4) };
        ((cells[0].to_owned(), cells[1].to_owned()), sample)
    })
    .collect()
}

/// Our samples in the reference's form: by point and metric, and pooled over points by seed.
fn ours(reference: &BTreeMap<(String, String), Sample>) -> BTreeMap<(String, String), Sample> {
    let mut model = build(&plan(&[])).unwrap();
    let mut values: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for (point, parameters) in POINTS {
        for seed in 0..SEEDS {
            for (metric, value) in metrics(&run(model.as_mut(), &parameters, seed)) {
                values.entry((point.to_owned(), metric.clone())).or_default().push(value);
                let of = reference[&(point.to_owned(), metric.clone())];
                let scaled = (value - of.mean) / if of.sd > 0.0 { of.sd } else { 1.0 } / POINTS.len() as f64;
                let pooled = values.entry(("all".to_owned(), metric)).or_insert(vec![0.0; SEEDS as usize]);
                pooled[seed as usize] += scaled;
            }
        }
    }
    values.into_iter().map(|(key, values)| (key, Sample::of(&values))).collect()
}

#[test]
fn the_model_agrees_with_the_original() {
    let reference = reference();
    let ours = ours(&reference);
    assert_eq!(ours.keys().collect::<Vec<_>>(), reference.keys().collect::<Vec<_>>(), "the same metrics");
    let p: Vec<f64> = ours.iter().map(|(key, sample)| welch(sample, &reference[key])).collect();
    let differing: Vec<String> = ours
        .iter()
        .zip(p.iter().zip(holm(&p)))
        .filter(|(_, (_, corrected))| *corrected < LEVEL)
        .map(|((key, sample), (p, _))| {
            let (point, metric) = key;
            format!("{point}, {metric}: {:.5} against {:.5}, p = {p:.1e}", sample.mean, reference[key].mean)
        })
        .collect();
    assert!(differing.is_empty(), "{} of {} differ\n{}", differing.len(), p.len(), differing.join("\n"));
}

/// The reference's births are 2.3 standard errors below its own rule by chance, so that births are
/// tested against the rule: on each day binomial in the agents of the evening before.
#[test]
fn births_follow_their_rule() {
    let mut model = build(&plan(&[])).unwrap();
    let daily_probability = 7.4987e-5;
    let (mut births, mut expected) = (0.0, 0.0);
    for seed in 0..SEEDS {
        let outputs = run(model.as_mut(), &POINTS[0].1, seed);
        births += metrics::number(&outputs, "summary", "births", 0);
        let alive = outputs.table("daily").unwrap().column("n_alive").unwrap();
        let evenings = (0..alive.cells.len() - 1).map(|day| alive.cells.number(day).unwrap());
        expected += daily_probability * (10_000.0 + evenings.sum::<f64>());
    }
    // 4 standard errors: a right model fails with probability 6e-5 under other seeds.
    assert!((births - expected).abs() < 4.0 * expected.sqrt(), "{births} births, {expected} expected");
}

#[test]
fn outputs_are_consistent_and_indexed_as_announced() {
    let plan = plan(&[]);
    let outputs = run(build(&plan).unwrap().as_mut(), &POINTS[3].1, 5);
    let card = BuiltIn.card("typhoid").unwrap();
    for (name, card) in OUTPUTS.iter().map(|name| (name, card.outputs.iter().find(|card| card.name == *name)))
    {
        let (table, card) = (outputs.table(name).unwrap(), card.unwrap());
        let index = BuiltIn.index(&plan, name).unwrap();
        assert_eq!(table.columns[..index.columns.len()], index.columns, "{name}");
        let announced: Vec<&str> =
            card.index.iter().chain(&card.values).map(|column| column.name.as_str()).collect();
        let found: Vec<&str> = table.columns.iter().map(|column| column.name.as_ref()).collect();
        assert_eq!(found, announced, "{name}");
        assert!(table.columns.iter().all(|column| column.cells.len() == table.rows()), "{name}");
    }
    let total = |table, column| metrics::total(&outputs, table, column);
    assert_eq!(total("daily", "new_acute"), total("summary", "total_acute"));
    assert_eq!(total("by_age_year", "new_acute"), total("summary", "total_acute"));
    assert_eq!(total("by_age_year", "new_infections"), total("timeseries_30d", "new_infections"));
    assert_eq!(total("incidence_by_age", "cases"), total("incidence_distribution", "cases"));
    assert!((total("incidence_distribution", "share") - 1.0).abs() < 1e-12);
    for day in 0..3650 {
        let count = |column| metrics::number(&outputs, "daily", column, day);
        let states = ["n_susceptible", "n_unexposed", "n_infected", "n_recovered"].map(count);
        assert_eq!(states.iter().sum::<f64>(), count("n_alive"), "day {day}");
    }
}

/// A model keeps memory from run to run; nothing of it may show.
#[test]
fn a_run_does_not_depend_on_the_runs_before_it() {
    let mut used = build(&plan(&[])).unwrap();
    run(used.as_mut(), &POINTS[3].1, 1);
    let again = run(used.as_mut(), &POINTS[0].1, 9);
    assert_eq!(again, run(build(&plan(&[])).unwrap().as_mut(), &POINTS[0].1, 9));
}

#[test]
fn problems_name_the_setting_what_was_found_and_what_is_allowed() {
    let problems = |settings: &[(&str, Setting)]| BuiltIn.problems(&plan(settings));
    let found = |settings: &[(&str, Setting)]| {
        let problems = problems(settings);
        problems.into_iter().map(|problem| (problem.name, problem.found)).collect::<Vec<_>>()
    };
    let pair = |name: &str, found: &str| (name.to_owned(), found.to_owned());
    assert_eq!(found(&[]), []);
    assert_eq!(found(&[("agents", Setting::Int(0))]), [pair("agents", "0")]);
    assert_eq!(found(&[("agents", Setting::Text("many".into()))]), [pair("agents", "`many`")]);
    assert_eq!(found(&[("p_cpg", Setting::Float(1.5))]), [pair("p_cpg", "1.5")]);
    assert_eq!(
        found(&[("years", Setting::Float(2.5)), ("start", Setting::Int(2017))])[0],
        pair("years", "2.5")
    );
    assert_eq!(found(&[("age", Setting::Int(1))]), [pair("age", "`age`, which typhoid does not have")]);
    let falling = Setting::List(vec![Setting::Int(5), Setting::Int(2)]);
    assert_eq!(found(&[("age_bins", falling)]), [pair("age_bins", "[5.0, 2.0]")]);
    assert_eq!(found(&[("tai", Setting::Int(5))]).len(), 1, "both fixed and calibrated");
    let early = problems(&[("start", Setting::Int(1990))]);
    assert_eq!(early.len(), 4);
    assert_eq!(early[0].allowed, "a simulated year, 1990 to 1999");
}

#[test]
fn a_point_out_of_range_is_refused() {
    let mut model = build(&plan(&[])).unwrap();
    for point in
        [vec![], vec![Value::Choice(0); 5], vec![Value::Float(f64::NAN); 5], vec![Value::Float(-1.0); 5]]
    {
        let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed: 1, point: Point(point) };
        let failure = model.run(&request, &NoHost).unwrap_err();
        assert!(failure.to_string().contains("tai"), "{failure}");
    }
}
