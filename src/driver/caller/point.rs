//! Points of a study as users write them: pairs of a command line, or JSON. They know no scheduler.

use crate::spec::{Domain, Parameter, Point, Setting, Space, Value};
use crate::view::Plain;
use serde_json::Value as Json;

/// The point that `NAME=VALUE` pairs give.
///
/// # Errors
/// The first mistake.
pub fn point_of_pairs(space: &Space, pairs: &[String]) -> Result<Point, String> {
    let pairs = pairs.iter().map(|pair| pair.split_once('=').ok_or(pair));
    let pairs = pairs.collect::<Result<Vec<_>, _>>().map_err(|pair| format!("`{pair}` is not NAME=VALUE"))?;
    from_texts(space, pairs)
}

/// The points that a JSON object of values by parameter gives, or a list of such objects.
///
/// # Errors
/// The first mistake.
pub fn points_of_json(space: &Space, json: &Json) -> Result<Vec<Point>, String> {
    let one = |json: &Json| {
        let object = json.as_object().ok_or_else(|| {
            format!(
                "a point is {json}, allowed: an object with a value for each parameter, or a list of them"
            )
        })?;
        let text = |(name, value): (&String, &Json)| {
            let setting = Setting::of_json(value).ok_or_else(|| {
                format!("`{name}` is {value}, allowed: a number, a text, true, false or a list of these")
            })?;
            Ok::<_, String>((name.clone(), Plain::from(&setting).to_string()))
        };
        let texts = object.iter().map(text).collect::<Result<Vec<_>, _>>()?;
        from_texts(space, texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    };
    match json {
        Json::Array(points) if points.is_empty() => Err("the list of points is empty".to_owned()),
        Json::Array(points) => points
            .iter()
            .enumerate()
            .map(|(at, json)| one(json).map_err(|reason| format!("[{at}]: {reason}")))
            .collect(),
        json => one(json).map(|point| vec![point]),
    }
}

fn from_texts<'a>(
    space: &Space,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Point, String> {
    let mut values = vec![None; space.len()];
    for (name, text) in pairs {
        let names = || space.0.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>().join(", ");
        let position = space
            .position(name)
            .ok_or_else(|| format!("the study has no parameter `{name}`: it has {}", names()))?;
        if values[position].replace(value(&space.0[position], text)?).is_some() {
            return Err(format!("`{name}` is given twice"));
        }
    }
    let named = space.0.iter().zip(values);
    let given =
        named.map(|(parameter, value)| value.ok_or_else(|| format!("`{}` is missing", parameter.name)));
    given.collect::<Result<_, _>>().map(Point)
}

fn value(parameter: &Parameter, text: &str) -> Result<Value, String> {
    let (value, allowed) = match &parameter.domain {
        Domain::Float { low, high, .. } => {
            (text.parse().ok().map(Value::Float), format!("a number from {low} to {high}"))
        }
        Domain::Int { low, high, .. } => {
            (text.parse().ok().map(Value::Int), format!("a whole number from {low} to {high}"))
        }
        Domain::Categorical { choices } => {
            let shown = |choice: &Setting| Plain::from(choice).to_string();
            let position = choices.iter().position(|choice| shown(choice) == text);
            let allowed = choices.iter().map(shown).collect::<Vec<_>>().join(", ");
            (position.map(|position| Value::Choice(position as u32)), allowed)
        }
    };
    let value = value.filter(|&value| parameter.domain.contains(value));
    value.ok_or_else(|| format!("`{}` is {text}, allowed: {allowed}", parameter.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::caller::testing::study;

    fn read(pairs: &[&str]) -> Result<Point, String> {
        point_of_pairs(study().space(), &pairs.iter().map(|&pair| pair.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_point_is_read_in_any_order() {
        let found = read(&["kind=b", "n=7", "x=-0.5"]);
        assert_eq!(found, Ok(Point(vec![Value::Float(-0.5), Value::Int(7), Value::Choice(1)])));
    }

    #[test]
    fn every_mistake_of_a_point_is_named() {
        for (pairs, says) in [
            (&["x"][..], "`x` is not NAME=VALUE"),
            (&["y=1"], "no parameter `y`: it has x, n, kind"),
            (&["x=6"], "`x` is 6, allowed: a number from -5 to 5"),
            (&["n=1.5"], "`n` is 1.5, allowed: a whole number from 1 to 100"),
            (&["kind=c"], "`kind` is c, allowed: a, b"),
            (&["x=1", "x=2"], "`x` is given twice"),
            (&["x=1", "n=1"], "`kind` is missing"),
        ] {
            let error = read(pairs).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn json_has_a_point_or_a_list_of_points() {
        let read = |text: &str| points_of_json(study().space(), &serde_json::from_str(text).unwrap());
        let point = Point(vec![Value::Float(-0.5), Value::Int(7), Value::Choice(1)]);
        assert_eq!(read(r#"{"kind": "b", "n": 7, "x": -0.5}"#), Ok(vec![point.clone()]));
        assert_eq!(read(r#"[{"kind": "b", "n": 7, "x": -0.5}]"#), Ok(vec![point]));
        for (text, says) in [
            ("[]", "the list of points is empty"),
            ("[3]", "[0]: a point is 3, allowed: an object"),
            (r#"{"x": null}"#, "`x` is null, allowed: a number"),
            (r#"{"x": 1, "n": 1.5}"#, "`n` is 1.5, allowed: a whole number from 1 to 100"),
            (r#"{"x": 1, "n": 1}"#, "`kind` is missing"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
