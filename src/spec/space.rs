//! The parameters of a study, their domains and the points of their space.

use crate::math::wire;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One coordinate of a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Of a float parameter, in its own unit (never its logarithm).
    #[serde(rename = "f")]
    Float(#[serde(with = "wire::number")] f64),
    /// Of an int parameter.
    #[serde(rename = "i")]
    Int(i64),
    /// Of a categorical parameter: position in its list of choices.
    #[serde(rename = "c")]
    Choice(u32),
}

impl Value {
    /// The value as a number; a choice counts as its position.
    pub fn as_f64(self) -> f64 {
        match self {
            Value::Float(value) => value,
            Value::Int(value) => value as f64,
            Value::Choice(position) => f64::from(position),
        }
    }

    /// Same kind and same bits.
    pub fn same(self, other: Value) -> bool {
        match (self, other) {
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }
}

/// One parameter set: a value for each parameter, in the order of the study's [`Space`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Point(pub Vec<Value>);

/// What a fixed setting or a choice can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Setting {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(#[serde(with = "wire::number")] f64),
    /// A text.
    Text(String),
    /// A list, such as age bins.
    List(Vec<Setting>),
}

impl Setting {
    /// The setting that JSON stands for; none for null and objects.
    pub fn of_json(json: &Json) -> Option<Setting> {
        match json {
            Json::Bool(value) => Some(Setting::Bool(*value)),
            Json::Number(number) => {
                number.as_i64().map(Setting::Int).or_else(|| number.as_f64().map(Setting::Float))
            }
            Json::String(text) => Some(Setting::Text(text.clone())),
            Json::Array(values) => {
                values.iter().map(Setting::of_json).collect::<Option<Vec<_>>>().map(Setting::List)
            }
            Json::Null | Json::Object(_) => None,
        }
    }
}

/// The values a parameter can take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Domain {
    /// A real number in `[low, high]`, searched in log space if `log` (then `low > 0`).
    Float {
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
        /// Search its logarithm.
        log: bool,
    },
    /// A whole number in `low..=high`, searched in log space if `log` (then `low >= 1`).
    Int {
        /// Smallest value.
        low: i64,
        /// Largest value.
        high: i64,
        /// Search its logarithm.
        log: bool,
    },
    /// One of a list, without order.
    Categorical {
        /// The list, without repeats.
        choices: Vec<Setting>,
    },
}

/// Belief about a parameter before the data: it shapes where random, quasi-random and start-up
/// points fall. Always cut to the parameter's bounds. It is not added to the loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Prior {
    /// Every value alike (in log space for a `log` parameter).
    Uniform,
    /// Normal with this mean and standard deviation, in the parameter's own unit; for a `log`
    /// parameter, of the natural logarithm.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, > 0.
        sd: f64,
    },
}

/// One parameter to calibrate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, the model's.
    pub name: String,
    /// The values it can take.
    pub domain: Domain,
    /// Belief before the data.
    pub prior: Prior,
}

/// All parameters, in the order of the study file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Space(pub Vec<Parameter>);

impl Space {
    /// Position of the parameter called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|parameter| parameter.name == name)
    }

    /// How many parameters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No parameter at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every value of `point` lies in its parameter's domain.
    pub fn contains(&self, point: &Point) -> bool {
        self.len() == point.0.len()
            && self.0.iter().zip(&point.0).all(|(parameter, &value)| parameter.domain.contains(value))
    }
}

impl Domain {
    /// Whether `value` is of this domain.
    pub fn contains(&self, value: Value) -> bool {
        match (self, value) {
            (Domain::Float { low, high, .. }, Value::Float(value)) => *low <= value && value <= *high,
            (Domain::Int { low, high, .. }, Value::Int(value)) => *low <= value && value <= *high,
            (Domain::Categorical { choices }, Value::Choice(position)) => (position as usize) < choices.len(),
            _ => false,
        }
    }

    /// How many different values, if finite.
    pub fn size(&self) -> Option<u64> {
        match self {
            Domain::Float { low, high, .. } => (low == high).then_some(1),
            Domain::Int { low, high, .. } => Some(high.abs_diff(*low).saturating_add(1)),
            Domain::Categorical { choices } => Some(choices.len() as u64),
        }
    }
}
