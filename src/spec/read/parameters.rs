//! The parameters of a study against the card of its model, and the starting points.

use super::document::Kind;
use super::field::{Field, Section};
use super::keys::{self, names, options};
use super::model::{ModelPart, allowed, fit, within};
use super::problem::{Report, listed, one_of};
use crate::math;
use crate::spec::{Domain, InputCard, Parameter, Point, Prior, Setting, Space, Value};

/// A parameter whose mistakes were reported is absent, so that the others can still be checked.
pub(super) fn read_parameters(study: &Section, model: Option<&ModelPart>, report: &mut Report) -> Space {
    let mut parameters = Vec::new();
    let allowed = "a table for each parameter to calibrate";
    let Some(field) = study.need("parameters", allowed, report) else { return Space::default() };
    let Some(section) = field.open(report) else { return Space::default() };
    if section.entries.is_empty() {
        field.refuse("at least one parameter", report);
    }
    for (name, field) in section.fields() {
        let before = report.count();
        let input = model.and_then(|model| find_input(name, &field, model, report));
        let parameter = read_parameter(name, &field, input, report);
        if report.count() == before {
            parameters.extend(parameter);
        }
    }
    Space(parameters)
}

fn find_input<'m>(
    name: &str,
    field: &Field,
    model: &'m ModelPart,
    report: &mut Report,
) -> Option<&'m InputCard> {
    let found = model.card.inputs.iter().find(|input| input.name == name);
    if let Some(input) = found.filter(|input| input.calibrated) {
        if model.settings.contains_key(name) {
            let found = "a name that model.settings holds fixed";
            report.add(field.node.line, field.path.clone(), found, "a parameter or a setting, not both");
        }
        return Some(input);
    }
    let known: Vec<&str> =
        model.card.inputs.iter().filter(|input| input.calibrated).map(|input| input.name.as_str()).collect();
    let what = match found {
        Some(_) => "a setting of the model, which can only be held fixed",
        None => "a parameter that the model lacks",
    };
    report.add(field.node.line, field.path.clone(), what, one_of(name, &known));
    None
}

fn read_parameter(
    name: &str,
    field: &Field,
    input: Option<&InputCard>,
    report: &mut Report,
) -> Option<Parameter> {
    let section = field.section(keys::PARAMETER, report)?;
    let before = report.count();
    let kind = section.or("type", default_type(&section, input), report, |field, report| {
        let kind = field.word(keys::PARAMETER_TYPES, report)?;
        check_type(&field, kind, input, report);
        Some(kind)
    })?;
    // Values of a type that the model does not take are not held against its range.
    let input = input.filter(|_| report.count() == before);
    let domain = if kind == "categorical" {
        refuse_keys(&section, &["low", "high", "log"], "with type \"categorical\"", report);
        read_choices(&section, input, report)
    } else {
        refuse_keys(&section, &["choices"], "unless the type is \"categorical\"", report);
        read_range(&section, kind, input, report)
    };
    let prior = section
        .or("prior", Prior::Uniform, report, |field, report| read_prior(&field, domain.as_ref(), report));
    Some(Parameter { name: name.to_string(), domain: domain?, prior: prior? })
}

/// The type that the model gives the parameter; without a model, what the keys suggest.
fn default_type(section: &Section, input: Option<&InputCard>) -> &'static str {
    if section.get("choices").is_some() {
        return "categorical";
    }
    match input.map(|input| &input.default) {
        Some(Setting::Int(_)) => "int",
        Some(Setting::Text(_) | Setting::Bool(_) | Setting::List(_)) => "categorical",
        Some(Setting::Float(_)) | None => "float",
    }
}

fn check_type(field: &Field, kind: &str, input: Option<&InputCard>, report: &mut Report) {
    let fitting: &[&str] = match input.map(|input| &input.default) {
        Some(Setting::Int(_)) => &["int", "categorical"],
        Some(Setting::Text(_) | Setting::Bool(_) | Setting::List(_)) => &["categorical"],
        Some(Setting::Float(_)) | None => keys::PARAMETER_TYPES,
    };
    if !fitting.contains(&kind) {
        field.refuse(format!("{} for this parameter of the model", listed(fitting)), report);
    }
}

fn refuse_keys(section: &Section, keys: &[&str], when: &str, report: &mut Report) {
    for field in keys.iter().filter_map(|key| section.get(key)) {
        field.refuse(format!("nothing {when}"), report);
    }
}

fn read_range(
    section: &Section,
    kind: &str,
    input: Option<&InputCard>,
    report: &mut Report,
) -> Option<Domain> {
    let log = section.or("log", false, report, |field, report| field.flag(report));
    let (low, high) = (read_bound(section, "low", kind, report), read_bound(section, "high", kind, report));
    let (log, (low_field, low), (high_field, high)) = (log?, low?, high?);
    if low >= high {
        low_field.refuse(format!("less than high ({})", high_field.node.describe()), report);
        return None;
    }
    let least = if kind == "int" { 1.0 } else { f64::MIN_POSITIVE };
    if log && low < least {
        low_field.refuse("greater than 0 with log = true", report);
        return None;
    }
    for (field, value) in [(&low_field, low), (&high_field, high)] {
        if let Some(input) = input.filter(|input| !within(value, input)) {
            field.refuse(format!("{}, the model's own range", allowed(input, "")), report);
        }
    }
    Some(match kind {
        "int" => Domain::Int { low: low as i64, high: high as i64, log },
        _ => Domain::Float { low, high, log },
    })
}

fn read_bound<'d>(
    section: &Section<'d>,
    key: &str,
    kind: &str,
    report: &mut Report,
) -> Option<(Field<'d>, f64)> {
    let field = section.need(key, "a number", report)?;
    let value = match kind {
        "int" => field.whole(report).map(|value| value as f64),
        _ => field.number(|_| true, "a finite number", report),
    };
    value.map(|value| (field, value))
}

fn read_choices(section: &Section, input: Option<&InputCard>, report: &mut Report) -> Option<Domain> {
    let field = section.need("choices", "a list of at least two different values", report)?;
    let items = field.list("a list of at least two different values", report)?;
    let mut choices: Vec<Setting> = Vec::new();
    let before = report.count();
    for item in &items {
        let setting = item.setting(report).and_then(|setting| match input {
            Some(input) => fit(item, setting, input, report),
            None => Some(setting),
        });
        match setting {
            Some(setting) if choices.contains(&setting) => item.refuse("each choice once", report),
            Some(setting) => choices.push(setting),
            None => {}
        }
    }
    if items.len() < 2 {
        field.refuse("a list of at least two different values", report);
    }
    (report.count() == before).then_some(Domain::Categorical { choices })
}

fn read_prior(field: &Field, domain: Option<&Domain>, report: &mut Report) -> Option<Prior> {
    let named = field.named(&names(keys::PRIORS), report)?;
    let section = named.options(options(keys::PRIORS, named.name), report);
    if named.name == "uniform" {
        return Some(Prior::Uniform);
    }
    let (low, high, log) = match domain {
        Some(Domain::Float { low, high, log }) => (*low, *high, *log),
        Some(Domain::Int { low, high, log }) => (*low as f64, *high as f64, *log),
        Some(Domain::Categorical { .. }) => {
            field.refuse("\"uniform\" with type \"categorical\"", report);
            return None;
        }
        None => (f64::NEG_INFINITY, f64::INFINITY, false),
    };
    let (low, high) = if log { (math::ln(low), math::ln(high)) } else { (low, high) };
    let of = if log { "the natural logarithm of the bounds" } else { "the bounds" };
    let allowed = format!("a number within {of}, {low} to {high}");
    let mean = section.must("mean", &allowed, report, |field, report| {
        field.number(|mean| low <= mean && mean <= high, &allowed, report)
    });
    let sd = section.must("sd", "a number greater than 0", report, |field, report| field.positive(report));
    Some(Prior::Normal { mean: mean?, sd: sd? })
}

/// The starting points. They are checked against the parameters that could be read; `complete` says
/// whether those are all.
pub(super) fn read_start(study: &Section, space: &Space, complete: bool, report: &mut Report) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let Some(field) = study.get("start") else { return points };
    let allowed = "a list of tables, each with a value for every parameter";
    for field in field.list(allowed, report).unwrap_or_default() {
        let Some(section) = field.open(report) else { continue };
        if complete {
            refuse_unknown(&section, space, report);
        }
        let before = report.count();
        let values: Vec<Option<Value>> =
            space.0.iter().map(|parameter| read_coordinate(&section, parameter, report)).collect();
        let Some(values) = values.into_iter().collect() else { continue };
        let point = Point(values);
        if points.contains(&point) && complete && report.count() == before {
            report.add(field.node.line, field.path, "a repeated point", "each starting point once");
        } else {
            points.push(point);
        }
    }
    points
}

fn refuse_unknown(section: &Section, space: &Space, report: &mut Report) {
    let known: Vec<&str> = space.0.iter().map(|parameter| parameter.name.as_str()).collect();
    for (name, field) in section.fields() {
        if !known.contains(&name) {
            let allowed = one_of(name, &known);
            report.add(field.node.line, field.path, "an unknown parameter", allowed);
        }
    }
}

fn read_coordinate(section: &Section, parameter: &Parameter, report: &mut Report) -> Option<Value> {
    let field = section.need(&parameter.name, "a value for every parameter", report)?;
    match &parameter.domain {
        Domain::Float { low, high, .. } => {
            let allowed = format!("a number from {low:?} to {high:?}");
            field.number(|value| *low <= value && value <= *high, &allowed, report).map(Value::Float)
        }
        Domain::Int { low, high, .. } => match field.node.kind {
            Kind::Int(value) if i128::from(*low) <= value && value <= i128::from(*high) => {
                i64::try_from(value).ok().map(Value::Int)
            }
            _ => {
                field.refuse(format!("a whole number from {low} to {high}"), report);
                None
            }
        },
        Domain::Categorical { choices } => {
            let setting = field.setting(report)?;
            let position = choices.iter().position(|choice| same(choice, &setting));
            if position.is_none() {
                let texts: Vec<String> = choices.iter().map(show).collect();
                field.refuse(listed(&texts), report);
            }
            position.and_then(|position| u32::try_from(position).ok()).map(Value::Choice)
        }
    }
}

/// Whether a person means the same: 2 and 2.0 are.
fn same(choice: &Setting, found: &Setting) -> bool {
    match (choice, found) {
        (Setting::Float(a), Setting::Int(b)) => *a == *b as f64,
        (a, b) => a == b,
    }
}

fn show(setting: &Setting) -> String {
    match setting {
        Setting::Bool(value) => value.to_string(),
        Setting::Int(value) => value.to_string(),
        Setting::Float(value) => format!("{value:?}"),
        Setting::Text(text) => format!("{text:?}"),
        Setting::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
    }
}
