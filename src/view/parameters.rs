//! Points as people read them: each parameter's name with its plain value.

use crate::math::wire::Wire;
use crate::spec::{Domain, Point, Setting, Space, Value};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// A value without its kind: a JSON number, text, boolean or list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Plain {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(Wire),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Plain>),
}

impl From<&Setting> for Plain {
    fn from(setting: &Setting) -> Plain {
        match setting {
            Setting::Bool(value) => Plain::Bool(*value),
            Setting::Int(value) => Plain::Int(*value),
            Setting::Float(value) => Plain::Float(Wire(*value)),
            Setting::Text(value) => Plain::Text(value.clone()),
            Setting::List(values) => Plain::List(values.iter().map(Plain::from).collect()),
        }
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plain::Bool(value) => value.fmt(f),
            Plain::Int(value) => value.fmt(f),
            Plain::Float(value) => value.0.fmt(f),
            Plain::Text(value) => value.fmt(f),
            Plain::List(values) => {
                f.write_str("[")?;
                for (position, value) in values.iter().enumerate() {
                    let comma = if position == 0 { "" } else { ", " };
                    write!(f, "{comma}{value}")?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A point with its parameters' names, in the order of the study file; a JSON object.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters(pub Vec<(String, Plain)>);

impl Parameters {
    /// `point`, a point of `space`.
    pub fn of(space: &Space, point: &Point) -> Parameters {
        let named = space.0.iter().zip(&point.0);
        Parameters(
            named
                .map(|(parameter, &value)| (parameter.name.clone(), plain(&parameter.domain, value)))
                .collect(),
        )
    }

    /// The value of the parameter called `name`.
    pub fn get(&self, name: &str) -> Option<&Plain> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn plain(domain: &Domain, value: Value) -> Plain {
    match (domain, value) {
        (Domain::Categorical { choices }, Value::Choice(position)) => {
            choices.get(position as usize).map_or(Plain::Int(position.into()), Plain::from)
        }
        (_, Value::Choice(position)) => Plain::Int(position.into()),
        (_, Value::Int(value)) => Plain::Int(value),
        (_, Value::Float(value)) => Plain::Float(Wire(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Parameter, Prior};

    #[test]
    fn a_point_is_an_object_of_plain_values_in_the_order_of_the_study() {
        let parameter = |name: &str, domain| Parameter { name: name.into(), domain, prior: Prior::Uniform };
        let space = Space(vec![
            parameter("zeta", Domain::Float { low: 0.0, high: 1.0, log: false }),
            parameter("count", Domain::Int { low: 0, high: 9, log: false }),
            parameter(
                "kind",
                Domain::Categorical { choices: vec![Setting::Text("a".into()), Setting::Bool(true)] },
            ),
        ]);
        let point = Point(vec![Value::Float(0.25), Value::Int(3), Value::Choice(1)]);
        let parameters = Parameters::of(&space, &point);
        assert_eq!(serde_json::to_string(&parameters).unwrap(), r#"{"zeta":0.25,"count":3,"kind":true}"#);
        assert_eq!(parameters.get("kind").map(Plain::to_string), Some("true".into()));
        assert_eq!(parameters.get("other"), None);
    }
}
