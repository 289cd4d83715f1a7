//! Whether a study is still the one that its journal began with.

use super::Study;
use serde_json::Value;
use std::fmt;

/// A field in which two studies differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Path of the field in the frozen study, such as `targets[0].weight`.
    pub field: String,
    /// What the journal has.
    pub was: String,
    /// What the study file has now.
    pub is: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` was {} when the study began and is {} now", self.field, self.was, self.is)
    }
}

/// What may change while a study runs: see [`crate::scheduler::Amendment`].
const MAY_CHANGE: [&str; 3] = ["budget", "attempts", "durability"];
/// Longest text of a value in a [`Difference`].
const LONGEST: usize = 60;

impl Study {
    /// The fields that make `now` another study than this one, in order; what may change while a
    /// study runs is passed over.
    pub fn differences(&self, now: &Study) -> Vec<Difference> {
        let mut found = Vec::new();
        // A study holds no map with non-text keys: writing it as JSON cannot fail.
        let json = |study: &Study| serde_json::to_value(study).unwrap_or_default();
        compare(String::new(), &json(self), &json(now), &mut found);
        found
    }
}

fn compare(path: String, was: &Value, is: &Value, found: &mut Vec<Difference>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                if path.is_empty() && MAY_CHANGE.contains(&key.as_str()) {
                    continue;
                }
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let side = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                compare(path, &side(was), &side(is), found);
            }
        }
        (Value::Array(was), Value::Array(is)) if was.len() == is.len() => {
            for (position, (was, is)) in was.iter().zip(is).enumerate() {
                compare(format!("{path}[{position}]"), was, is, found);
            }
        }
        _ if was == is => {}
        _ => found.push(Difference { field: path, was: shown(was), is: shown(is) }),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "not there".to_owned(),
        Value::Array(values) => format!("a list of {}", values.len()),
        value => {
            let text = value.to_string();
            match text.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::driver::conformance::sample_study;
    use crate::spec::{Domain, Mode};

    #[test]
    fn every_difference_names_its_field() {
        let was = sample_study("s");
        let mut now = was.clone();
        now.seed = 1;
        now.targets[0].weight = 2.0;
        now.mode = Mode::Batched { batch_size: 3 };
        now.model.space.0[1].domain = Domain::Int { low: 1, high: 8, log: false };
        let found: Vec<String> = was.differences(&now).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 5, "{found:?}");
        assert_eq!(found[4], "`targets[0].weight` was 1.0 when the study began and is 2.0 now");
        let fields: Vec<String> = was.differences(&now).into_iter().map(|found| found.field).collect();
        assert_eq!(fields[..2], ["mode.Batched", "mode.Parallel"]);
        assert_eq!(fields[2..4], ["model.space[1].domain.Int.high", "seed"]);
    }

    #[test]
    fn what_may_change_is_no_difference() {
        let was = sample_study("s");
        let mut now = was.clone();
        now.budget.trials += 1;
        now.attempts.timeout_us = Some(1);
        assert_eq!(was.differences(&now), []);
    }
}
