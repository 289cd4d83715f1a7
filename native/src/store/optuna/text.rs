//! How Optuna writes things down: distributions, attributes and times.

use freerun::spec::{Domain, Setting};
use serde_json::{Value as Json, json as object};

/// A `distribution_json`.
pub fn distribution(domain: &Domain) -> String {
    let (name, attributes) = match domain {
        Domain::Float { low, high, log } => {
            ("FloatDistribution", object!({"step": null, "low": low, "high": high, "log": log}))
        }
        Domain::Int { low, high, log } => {
            ("IntDistribution", object!({"step": 1, "low": low, "high": high, "log": log}))
        }
        Domain::Categorical { choices } => {
            let choices: Vec<Json> = choices.iter().map(setting).collect();
            ("CategoricalDistribution", object!({ "choices": choices }))
        }
    };
    object!({"name": name, "attributes": attributes}).to_string()
}

/// A setting as plain JSON.
pub fn setting(value: &Setting) -> Json {
    match value {
        Setting::Bool(value) => Json::from(*value),
        Setting::Int(value) => Json::from(*value),
        Setting::Float(value) => Json::from(*value),
        Setting::Text(value) => Json::from(value.as_str()),
        Setting::List(values) => values.iter().map(setting).collect(),
    }
}

/// Text of an attribute's value.
pub fn json(value: impl Into<Json>) -> String {
    value.into().to_string()
}

/// Microseconds since 1970-01-01 UTC as Optuna's naive UTC, such as `2026-11-23 20:29:49.790482`.
pub fn utc(us: i64) -> String {
    match jiff::Timestamp::from_microsecond(us) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        // Outside the years -9999 to 9999: a clock that is set wrong must not stop a study.
        Err(_) => "1970-01-01 00:00:00.000000".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_six_digits() {
        assert_eq!(utc(1_795_465_789_790_482), "2026-11-23 20:29:49.790482");
        assert_eq!(utc(0), "1970-01-01 00:00:00.000000");
        assert_eq!(utc(i64::MAX), "1970-01-01 00:00:00.000000");
    }

    #[test]
    fn distributions_read_as_optunas() {
        let float = distribution(&Domain::Float { low: 0.5, high: 2.0, log: true });
        let attributes = r#"{"high":2.0,"log":true,"low":0.5,"step":null}"#;
        assert_eq!(float, format!(r#"{{"attributes":{attributes},"name":"FloatDistribution"}}"#));
        let choices = vec![Setting::Text("a".into()), Setting::Bool(true), Setting::Float(2.5)];
        let categorical = distribution(&Domain::Categorical { choices });
        assert!(categorical.contains(r#"["a",true,2.5]"#), "{categorical}");
    }
}
