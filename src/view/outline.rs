//! What a study is, in a few lines: known before anything runs.

use super::Plain;
use crate::spec::{Domain, Parameter, Study};
use serde::{Deserialize, Serialize};

/// A study in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// Name of its model.
    pub model: String,
    /// Its mode as the user writes it, such as `batched:16`.
    pub mode: String,
    /// Name of its sampler.
    pub sampler: String,
    /// Trials of the budget.
    pub trials: u32,
    /// Simulations of each trial.
    pub replicates: u32,
    /// What is searched, in the order of the study file.
    pub parameters: Vec<Range>,
    /// Names of the targets, in the order of the study file.
    pub targets: Vec<String>,
    /// The seed; a text, because it has 64 bits. None while it is open.
    pub seed: Option<String>,
}

/// Where a parameter is searched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Name of the parameter.
    pub parameter: String,
    /// Smallest value; none for a choice.
    pub low: Option<f64>,
    /// Largest value; none for a choice.
    pub high: Option<f64>,
    /// Whether its logarithm is searched.
    pub log: bool,
    /// What is chosen from; empty for a number.
    pub choices: Vec<Plain>,
}

impl Outline {
    /// Of `study`, with its seed if that is settled.
    pub fn of(study: &Study, seed: Option<u64>) -> Outline {
        Outline {
            name: study.name.clone(),
            model: study.model.model.clone(),
            mode: study.mode.to_string(),
            sampler: study.sampler.name().to_owned(),
            trials: study.budget.trials,
            replicates: study.replicates,
            parameters: study.space().0.iter().map(range).collect(),
            targets: study.targets.iter().map(|target| target.name.clone()).collect(),
            seed: seed.map(|seed| seed.to_string()),
        }
    }
}

fn range(parameter: &Parameter) -> Range {
    let (low, high, log, choices) = match &parameter.domain {
        &Domain::Float { low, high, log } => (Some(low), Some(high), log, Vec::new()),
        &Domain::Int { low, high, log } => (Some(low as f64), Some(high as f64), log, Vec::new()),
        Domain::Categorical { choices } => (None, None, false, choices.iter().map(Plain::from).collect()),
    };
    Range { parameter: parameter.name.clone(), low, high, log, choices }
}

#[cfg(test)]
mod tests {
    use super::super::testing::study;
    use super::*;
    use crate::spec::{Prior, Setting, Space};

    #[test]
    fn every_kind_of_parameter_has_its_range() {
        let parameter = |name: &str, domain| Parameter { name: name.into(), domain, prior: Prior::Uniform };
        let mut study = study();
        study.model.space = Space(vec![
            parameter("rate", Domain::Float { low: 0.01, high: 1.0, log: true }),
            parameter("stages", Domain::Int { low: 1, high: 4, log: false }),
            parameter(
                "kind",
                Domain::Categorical { choices: vec![Setting::Text("a".into()), Setting::Bool(true)] },
            ),
        ]);
        let json = serde_json::to_value(Outline::of(&study, Some(u64::MAX))).unwrap();
        let range = |parameter: &str,
                     low: Option<f64>,
                     high: Option<f64>,
                     log,
                     choices: serde_json::Value| {
            serde_json::json!({ "parameter": parameter, "low": low, "high": high, "log": log, "choices": choices })
        };
        assert_eq!(json["parameters"][0], range("rate", Some(0.01), Some(1.0), true, serde_json::json!([])));
        assert_eq!(
            json["parameters"][1],
            range("stages", Some(1.0), Some(4.0), false, serde_json::json!([]))
        );
        assert_eq!(json["parameters"][2], range("kind", None, None, false, serde_json::json!(["a", true])));
        assert_eq!((&json["mode"], &json["seed"]), (&"parallel".into(), &"18446744073709551615".into()));
        assert_eq!(Outline::of(&study, None).seed, None);
    }
}
