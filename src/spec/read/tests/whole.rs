//! Whole study files: many mistakes at once, equal forms, damaged bytes.

use super::*;
use crate::rng::{Purpose, Stream};
use expect_test::expect;

const MANY: &str = r#"
seed = "seven"
replicates = 0
mode = { name = "windowed", lag = 0 }
budget = { trials = 10, wall = "1h" }
attempts = { timeout = "3" }

[model]
name = "toy"
settings = { agents = 1 }

[parameters]
beta = { low = 5, high = 3 }
gamma = { low = 0, high = 2 }
delta = { low = 0, high = 2 }
kind = { choices = ["a", "a"] }

[[targets]]
name = "cases"
weight = -1
output = "cases"
simulated = "cont"
data = "cases.csv"
observed = "m"
align = { year = "year", ag = "age_from" }
likelihood = { name = "negative_binomial", size = 0 }

[[targets]]
name = "cases"
output = "totals"
simulated = "loss"
data = "none.csv"
observed = "n"
distance = "squared"
"#;

#[test]
fn every_mistake_of_many_is_reported_at_once() {
    expect![[r#"
        s.toml:1: `name`: found nothing, allowed: a text of 1 to 100 characters, none of them a control character or a slash
        s.toml:2: `seed`: found "seven", allowed: a whole number from 0 to 2^64 - 1
        s.toml:3: `replicates`: found 0, allowed: a whole number from 1 to 100000
        s.toml:4: `mode.lag`: found 0, allowed: a whole number from 1 to 1000000000
        s.toml:5: `budget.wall`: found an unknown key, allowed: trials, wall_time or target_loss
        s.toml:6: `attempts.timeout`: found "3", allowed: a time with its unit, such as "90s", "30min", "2h" or "1d"
        s.toml:10: `model.settings.agents`: found 1, allowed: a whole number from 10 to 1000000
        s.toml:13: `parameters.beta.low`: found 5, allowed: less than high (3)
        s.toml:14: `parameters.gamma.high`: found 2, allowed: a number from 0 to 1, the model's own range
        s.toml:15: `parameters.delta`: found a parameter that the model lacks, allowed: beta, gamma, count or kind
        s.toml:16: `parameters.kind.choices[1]`: found "a", allowed: each choice once
        s.toml:20: `targets[0].weight`: found -1, allowed: a number greater than 0
        s.toml:22: `targets[0].simulated`: found "cont", allowed: count or population; did you mean `count`?
        s.toml:24: `targets[0].observed`: found column "m", which cases.csv lacks, allowed: year, age_from, n, population, se or label
        s.toml:25: `targets[0].align.ag`: found "ag", which does not tell rows of the output apart, allowed: year or age; did you mean `age`?
        s.toml:26: `targets[0].likelihood.size`: found 0, allowed: a number greater than 0
        s.toml:29: `targets[1].name`: found "cases", allowed: a name of its own for each target
        s.toml:30: `targets[1].output`: found "totals", allowed: cases or total; did you mean `total`?
        s.toml:32: `targets[1].data`: found "none.csv", which cannot be read: no such file, allowed: a readable CSV file with one header and rows of equal length
        s.toml:34: `targets[1].distance`: found "squared", allowed: value, squared_error, absolute_error or relative_error
    "#]].assert_eq(&shown(read_toml(MANY, CASES)));
}

/// The sound study as JSON, with every optional field.
const AS_JSON: &str = r#"{
  "name": "toy study", "seed": 18446744073709551615, "replicates": 3, "common_random_numbers": true,
  "durability": "relaxed",
  "mode": {"name": "batched", "batch_size": 4},
  "sampler": {"name": "tpe", "startup": 7, "candidates": 12, "good_share": 0.2, "good_max": 9, "prior_weight": 2},
  "budget": {"trials": 20, "wall_time": "1h 30min", "target_loss": 0.1},
  "attempts": {"retries": 1, "retry_failures": true, "timeout": "90s"},
  "model": {"name": "toy", "settings": {"agents": 500, "first": 2017}},
  "parameters": {
    "kind": {"choices": ["a", "b"]},
    "beta": {"low": 0.1, "high": 10, "log": true, "prior": {"name": "normal", "mean": 0.30000000000000004, "sd": 1}},
    "count": {"type": "int", "low": 1, "high": 9}
  },
  "start": [{"beta": 1, "count": 2, "kind": "b"}],
  "targets": [
    {"name": "cases", "weight": 0.7, "output": "cases", "simulated": "count", "simulated_size": "population",
     "data": "cases.csv", "where": {"year": [2017, 2018]}, "observed": "n", "observed_size": "population",
     "align": {"year": "year", "age": "age_from"}, "likelihood": {"name": "beta_binomial", "alpha": 1, "beta": 1},
     "combine": "mean",
     "scale": {"constant": 0.1, "column": "population",
               "profile": {"name": "reporting", "by": ["year"], "low": 0.01, "high": 1}}},
    {"name": "loss", "output": "total", "simulated": "loss", "distance": "value"}
  ]
}"#;

const AS_TOML: &str = r#"
name = "toy study"
replicates = 3
common_random_numbers = true
durability = "relaxed"
mode = { name = "batched", batch_size = 4 }

[sampler]
name = "tpe"
startup = 7
candidates = 12
good_share = 0.2
good_max = 9
prior_weight = 2

[budget]
trials = 20
wall_time = "90min"
target_loss = 0.1

[attempts]
retries = 1
retry_failures = true
timeout = "90s"

[model]
name = "toy"
[model.settings]
agents = 500
first = 2017

[parameters.kind]
choices = ["a", "b"]
[parameters.beta]
low = 0.1
high = 10
log = true
prior = { name = "normal", mean = 0.30000000000000004, sd = 1 }
[parameters.count]
low = 1
high = 9

[[start]]
count = 2
beta = 1.0
kind = "b"

[[targets]]
name = "cases"
weight = 0.7
output = "cases"
simulated = "count"
simulated_size = "population"
data = "cases.csv"
where = { year = [2017, 2018] }
observed = "n"
observed_size = "population"
align = { year = "year", age = "age_from" }
likelihood = { name = "beta_binomial", alpha = 1, beta = 1 }
combine = "mean"
[targets.scale]
constant = 0.1
column = "population"
[targets.scale.profile]
name = "reporting"
by = ["year"]
low = 0.01
high = 1

[[targets]]
name = "loss"
output = "total"
simulated = "loss"
distance = "value"
"#;

fn read_json(text: &str) -> Result<Draft, Vec<Problem>> {
    read(&Source { file: "s.json", text, format: Format::Json }, &Disk(&[("cases.csv", CASES)]), &Toy)
}

#[test]
fn json_and_toml_give_the_same_study() {
    let (json, toml) = (read_json(AS_JSON).unwrap(), read_toml(AS_TOML, CASES).unwrap());
    assert!(json.has_seed() && !toml.has_seed());
    let study = json.freeze(3);
    assert_eq!(study.seed, u64::MAX);
    assert_eq!(study, toml.freeze(u64::MAX));
    let names: Vec<&str> = study.space().0.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["kind", "beta", "count"], "the order of the file");
    assert_eq!(study.model.outputs, ["cases", "total"]);
    assert_eq!(study.start, [Point(vec![Value::Choice(1), Value::Float(1.0), Value::Int(2)])]);
    assert_eq!(study.budget.wall_us, Some(5_400_000_000));
}

#[test]
fn a_frozen_study_reads_back_bit_for_bit() {
    let study = read_json(AS_JSON).unwrap().freeze(3);
    let text = serde_json::to_string(&study).unwrap();
    let back: Study = serde_json::from_str(&text).unwrap();
    assert_eq!(back, study);
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
    let Prior::Normal { mean, .. } = back.space().0[1].prior else { panic!() };
    assert_eq!(mean.to_bits(), (0.1f64 + 0.2).to_bits());
}

#[test]
fn the_command_line_may_override() {
    let draft = read_toml(SOUND, CASES).unwrap();
    let study = draft
        .with_trials(std::num::NonZeroU32::new(5).unwrap())
        .with_seed(99)
        .with_mode(Mode::Windowed { lag: 3 })
        .with_name("again".to_string())
        .freeze(1);
    assert_eq!((study.budget.trials, study.seed, study.mode), (5, 99, Mode::Windowed { lag: 3 }));
    assert_eq!(study.name, "again");
}

/// Cuts, flips and repeats bytes of `text`.
fn damage(text: &str, stream: &mut Stream) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + stream.below(2) {
        let at = stream.below(bytes.len().max(1) as u32) as usize;
        match stream.below(4) {
            0 if at < bytes.len() => bytes[at] ^= 1 << stream.below(8),
            1 if stream.below(4) == 0 => bytes.truncate(at),
            2 if at < bytes.len() => {
                let end = (at + 1 + stream.below(8) as usize).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + stream.below(30) as usize).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_damage_to_a_file_goes_unanswered() {
    let mut stream = Stream::new(1, Purpose::Test, 0, 0);
    let (mut sound, mut checked) = (0, 0);
    for round in 0..3000 {
        let (json, toml) = (damage(AS_JSON, &mut stream), damage(AS_TOML, &mut stream));
        let cases = if round % 2 == 0 { CASES.to_string() } else { damage(CASES, &mut stream) };
        let disk = [("cases.csv", cases.as_str())];
        for (text, format) in [(&json, Format::Json), (&toml, Format::Toml)] {
            match read(&Source { file: "s", text, format }, &Disk(&disk), &Toy) {
                Ok(draft) => {
                    sound += 1;
                    let study = draft.freeze(1);
                    assert!(study.start.iter().all(|point| study.space().contains(point)));
                }
                Err(problems) => {
                    assert!(!problems.is_empty(), "refused without a reason:\n{text}");
                    checked += u32::from(!problems[0].found.starts_with("a syntax error"));
                }
            }
        }
    }
    assert!(sound > 20 && checked > 500, "the damage is too heavy: {sound} sound, {checked} checked");
}
