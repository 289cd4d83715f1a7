//! Study files against a made-up model with a made-up disk.

mod data;
mod differences;
mod model;
mod run;
mod schema;
mod syntax;
mod targets;
mod whole;

use super::{Draft, Format, Problem, Source, read};
use crate::spec::*;
use expect_test::Expect;

/// A sound study file; tests change it.
pub(super) const SOUND: &str = r#"name = "toy study"
seed = 7
replicates = 3

[budget]
trials = 20

[model]
name = "toy"

[model.settings]
agents = 500

[parameters]
beta = { low = 0.1, high = 10.0, log = true }
count = { low = 1, high = 9 }
kind = { choices = ["a", "b"] }

[[targets]]
name = "cases"
output = "cases"
simulated = "count"
data = "cases.csv"
observed = "n"
align = { year = "year", age = "age_from" }
likelihood = "poisson"
"#;

pub(super) const CASES: &str = "\
year,age_from,n,population,se,label
2017,0,10,1000,1.5,young
2017,5,20,2000,2.5,old
2018,0,11,1100,1.5,young
2018,5,21,2100,2.5,old
";

pub(super) struct Disk<'a>(pub &'a [(&'a str, &'a str)]);

impl Files for Disk<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, text)| text.to_string())
            .ok_or_else(|| "no such file".to_string())
    }
}

pub(super) struct Toy;

fn input(name: &str, default: Setting, low: f64, high: f64, calibrated: bool) -> InputCard {
    InputCard {
        name: name.to_string(),
        about: String::new(),
        unit: String::new(),
        default,
        low: Some(low),
        high: Some(high),
        choices: Vec::new(),
        calibrated,
    }
}

fn column(name: &str) -> ColumnCard {
    ColumnCard { name: name.to_string(), about: String::new(), unit: String::new() }
}

fn output(name: &str, index: &[&str], values: &[&str]) -> OutputCard {
    let columns = |names: &[&str]| names.iter().map(|name| column(name)).collect();
    OutputCard {
        name: name.to_string(),
        about: String::new(),
        index: columns(index),
        values: columns(values),
    }
}

impl Catalogue for Toy {
    fn names(&self) -> Vec<String> {
        vec!["toy".to_string(), "other".to_string()]
    }

    fn card(&self, model: &str) -> Option<ModelCard> {
        let kind = InputCard {
            choices: vec!["a".to_string(), "b".to_string(), "c".to_string()],
            ..input("kind", Setting::Text("a".to_string()), 0.0, 0.0, true)
        };
        (model == "toy").then(|| ModelCard {
            name: "toy".to_string(),
            about: String::new(),
            version: 1,
            inputs: vec![
                input("beta", Setting::Float(1.0), 0.0, 100.0, true),
                input("gamma", Setting::Float(1.0), 0.0, 1.0, true),
                input("count", Setting::Int(1), 1.0, 1000.0, true),
                kind,
                input("agents", Setting::Int(100), 10.0, 1e6, false),
                input("first", Setting::Float(2017.0), 1900.0, 2100.0, false),
                input("last", Setting::Float(2019.0), 1900.0, 2100.0, false),
            ],
            outputs: vec![
                output("cases", &["year", "age"], &["count", "population"]),
                output("total", &[], &["loss", "sum"]),
            ],
        })
    }

    fn problems(&self, plan: &ModelPlan) -> Vec<SettingProblem> {
        let (first, last) = years(plan);
        if first <= last {
            return Vec::new();
        }
        vec![SettingProblem {
            name: "first".to_string(),
            found: first.to_string(),
            allowed: format!("at most last ({last})"),
        }]
    }

    fn index(&self, plan: &ModelPlan, output: &str) -> Option<Table> {
        let (first, last) = years(plan);
        if output != "cases" {
            return Some(Table { name: output.to_string().into(), columns: Vec::new() });
        }
        let rows: Vec<(i64, i64)> =
            (first as i64..=last as i64).flat_map(|year| [(year, 0), (year, 5)]).collect();
        let columns = vec![
            Column { name: "year".into(), cells: Cells::Int(rows.iter().map(|row| row.0).collect()) },
            Column { name: "age".into(), cells: Cells::Float(rows.iter().map(|row| row.1 as f64).collect()) },
        ];
        Some(Table { name: "cases".into(), columns })
    }
}

fn years(plan: &ModelPlan) -> (f64, f64) {
    let year = |name: &str, default: f64| match plan.settings.get(name) {
        Some(Setting::Float(year)) => *year,
        _ => default,
    };
    (year("first", 2017.0), year("last", 2019.0))
}

pub(super) fn read_toml(text: &str, cases: &str) -> Result<Draft, Vec<Problem>> {
    let source = Source { file: "s.toml", text, format: Format::Toml };
    read(&source, &Disk(&[("cases.csv", cases)]), &Toy)
}

/// The sound file with `from` (which must occur in it) replaced by `to`.
pub(super) fn sound_but(changes: &[(&str, &str)]) -> String {
    let mut text = SOUND.to_string();
    for (from, to) in changes {
        assert!(text.contains(from), "`{from}` is not in the file");
        text = text.replacen(from, to, 1);
    }
    text
}

fn shown(result: Result<Draft, Vec<Problem>>) -> String {
    match result {
        Ok(_) => "sound\n".to_string(),
        Err(problems) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
    }
}

/// All problems of the sound file after these changes.
#[track_caller]
pub(super) fn check(changes: &[(&str, &str)], expect: Expect) {
    expect.assert_eq(&shown(read_toml(&sound_but(changes), CASES)));
}

/// The same with another data file.
#[track_caller]
pub(super) fn check_data(cases: &str, changes: &[(&str, &str)], expect: Expect) {
    expect.assert_eq(&shown(read_toml(&sound_but(changes), cases)));
}
