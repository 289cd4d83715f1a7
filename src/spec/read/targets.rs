//! The targets of a study.

use super::align;
use super::data::{Purpose, ReadData, ScaleColumns, read_data, refuse_unused};
use super::field::{Field, Section};
use super::keys;
use super::measure::{Need, ReadMeasure, read_combine, read_measure, sizes};
use super::problem::{Report, one_of};
use crate::spec::{Catalogue, Files, Measure, ModelCard, ModelPlan, OutputCard, Profile, Scale, Target};

/// A target, with what is needed to hold its data rows against the model's rows.
pub(super) struct ReadTarget<'d> {
    pub target: Target,
    align: Option<Field<'d>>,
    data: Option<ReadData>,
}

/// The targets that could be read, and whether those are all.
pub(super) fn read_targets<'d>(
    study: &Section<'d>,
    card: Option<&ModelCard>,
    files: &dyn Files,
    report: &mut Report,
) -> Vec<ReadTarget<'d>> {
    let allowed = "a list of at least one target";
    let Some(field) = study.need("targets", allowed, report) else { return Vec::new() };
    let Some(items) = field.list(allowed, report) else { return Vec::new() };
    if items.is_empty() {
        field.refuse(allowed, report);
    }
    let mut names: Vec<&str> = Vec::new();
    let mut targets = Vec::new();
    for item in &items {
        let Some(section) = item.section(keys::TARGET, report) else { continue };
        let name = read_name(&section, &mut names, report);
        let before = report.count();
        let target = read_target(&section, name.unwrap_or(""), card, files, report);
        if name.is_some() && report.count() == before {
            targets.extend(target);
        }
    }
    targets
}

fn read_name<'d>(section: &Section<'d>, names: &mut Vec<&'d str>, report: &mut Report) -> Option<&'d str> {
    let field = section.need("name", "a text", report)?;
    let name = field.text(report)?;
    if names.contains(&name) {
        field.refuse("a name of its own for each target", report);
        return None;
    }
    names.push(name);
    Some(name)
}

fn read_target<'d>(
    section: &Section<'d>,
    name: &str,
    card: Option<&ModelCard>,
    files: &dyn Files,
    report: &mut Report,
) -> Option<ReadTarget<'d>> {
    let weight = section.or("weight", 1.0, report, |field, report| field.positive(report));
    let output = section.need("output", "an output of the model", report);
    let output_name = output.as_ref().and_then(|field| field.text(report));
    let output_card = output.as_ref().zip(output_name).zip(card);
    let output_card = output_card.and_then(|((field, name), card)| find_output(field, name, card, report));
    let simulated = section.must("simulated", "a column of the output", report, |field, report| {
        read_value(&field, output_card, report)
    });
    let (measure, spread) = match read_measure(section, report) {
        Some(ReadMeasure { measure, spread }) => (Some(measure), spread),
        None => (None, None),
    };
    let combine = read_combine(section, measure.as_ref(), report);
    let compared = if measure == Some(Measure::Value) {
        refuse_data(section, report);
        Compared { simulated_size: None, scale: read_factor_of_value(section, report)?, data: None }
    } else {
        let purpose = Purpose { measure: measure.as_ref(), output: output_card, spread };
        read_compared(section, &purpose, files, report)?
    };
    let target = Target {
        name: name.to_string(),
        weight: weight?,
        output: output_name?.to_string(),
        simulated: simulated?,
        simulated_size: compared.simulated_size,
        data: compared.data.as_ref().map(|read| read.data.clone()),
        measure: measure?,
        combine: combine?,
        scale: compared.scale,
    };
    Some(ReadTarget { target, align: section.get("align"), data: compared.data })
}

/// What only a target with data has.
struct Compared {
    simulated_size: Option<String>,
    scale: Scale,
    data: Option<ReadData>,
}

fn no_scale() -> Scale {
    Scale { constant: 1.0, column: None, profile: None }
}

fn read_compared(
    section: &Section,
    purpose: &Purpose,
    files: &dyn Files,
    report: &mut Report,
) -> Option<Compared> {
    let simulated_size = read_simulated_size(section, purpose.measure, purpose.output, report);
    let (scale, used) = read_scale(section, report);
    refuse_split_draws(section, purpose, &used, report);
    let data = read_data(section, purpose, &used, files, report);
    Some(Compared { simulated_size: simulated_size?, scale: scale?, data: Some(data?) })
}

/// A multinomial's draw cannot have several factors, and without its total it has no use for one.
fn refuse_split_draws(section: &Section, purpose: &Purpose, used: &ScaleColumns, report: &mut Report) {
    let Some(profile) = section.get("scale").and_then(|scale| scale.as_section()?.get("profile")) else {
        return;
    };
    match purpose.measure {
        Some(Measure::Multinomial) => {
            let allowed = "nothing with likelihood \"multinomial\", which compares shares only";
            profile.refuse(allowed, report);
        }
        Some(Measure::DirichletMultinomial { .. }) => {
            let group = section.get("group").map(|group| group.words()).unwrap_or_default();
            for by in used.by.iter().filter(|by| by.words().iter().any(|word| !group.contains(word))) {
                by.refuse("a column of `group`: a draw has one factor", report);
            }
        }
        _ => {}
    }
}

fn refuse_data(section: &Section, report: &mut Report) {
    for field in keys::OF_DATA.iter().filter_map(|key| section.get(key)) {
        field.refuse("nothing with distance = \"value\", which has no data", report);
    }
}

fn find_output<'m>(
    field: &Field,
    name: &str,
    card: &'m ModelCard,
    report: &mut Report,
) -> Option<&'m OutputCard> {
    let output = card.outputs.iter().find(|output| output.name == name);
    if output.is_none() {
        let known: Vec<&str> = card.outputs.iter().map(|output| output.name.as_str()).collect();
        field.refuse(one_of(name, &known), report);
    }
    output
}

fn read_value(field: &Field, output: Option<&OutputCard>, report: &mut Report) -> Option<String> {
    let name = field.text(report)?;
    let Some(output) = output else { return Some(name.to_string()) };
    let known: Vec<&str> = output.values.iter().map(|column| column.name.as_str()).collect();
    if !known.contains(&name) {
        field.refuse(one_of(name, &known), report);
        return None;
    }
    Some(name.to_string())
}

fn read_simulated_size(
    section: &Section,
    measure: Option<&Measure>,
    output: Option<&OutputCard>,
    report: &mut Report,
) -> Option<Option<String>> {
    let allowed = "a column of the output with trials, population or exposure";
    let read = |field: Field, report: &mut Report| read_value(&field, output, report).map(Some);
    match sizes(measure).1 {
        Need::Required => section.must("simulated_size", allowed, report, read),
        Need::Optional => section.or("simulated_size", None, report, read),
        Need::Unused => {
            section.or("simulated_size", None, report, |field, report| refuse_unused(&field, report))
        }
    }
}

/// An output that is itself the loss can only be multiplied with a number: a negative one makes a
/// search for the greatest output of it.
fn read_factor_of_value(section: &Section, report: &mut Report) -> Option<Scale> {
    let Some(field) = section.get("scale") else { return Some(no_scale()) };
    let section = field.section(keys::SCALE, report)?;
    for field in ["column", "profile"].iter().filter_map(|key| section.get(key)) {
        field.refuse("nothing with distance = \"value\", which has no data", report);
    }
    let constant = section.or("constant", 1.0, report, |field, report| {
        field.number(|value| value != 0.0, "a number other than 0", report)
    });
    Some(Scale { constant: constant?, ..no_scale() })
}

/// The scale, and the fields of it that name columns of the data.
fn read_scale<'d>(section: &Section<'d>, report: &mut Report) -> (Option<Scale>, ScaleColumns<'d>) {
    let mut used = ScaleColumns { factor: None, by: Vec::new() };
    let Some(field) = section.get("scale") else { return (Some(no_scale()), used) };
    let Some(section) = field.section(keys::SCALE, report) else { return (None, used) };
    let constant = section.or("constant", 1.0, report, |field, report| field.positive(report));
    let column = section.or("column", None, report, |field, report| {
        used.factor = Some(field.clone());
        field.text(report).map(|text| Some(text.to_string()))
    });
    let profile = section.or("profile", None, report, |field, report| {
        read_profile(&field.section(keys::PROFILE, report)?, &mut used, report).map(Some)
    });
    let scale = match (constant, column, profile) {
        (Some(constant), Some(column), Some(profile)) => Some(Scale { constant, column, profile }),
        _ => None,
    };
    (scale, used)
}

fn read_profile<'d>(
    section: &Section<'d>,
    used: &mut ScaleColumns<'d>,
    report: &mut Report,
) -> Option<Profile> {
    let what = "what the factor is, such as \"reporting rate\"";
    let name = section.must("name", what, report, |field, report| field.text(report).map(str::to_string));
    let by = section.or("by", Vec::new(), report, |field, report| {
        let names = field.texts(report)?;
        used.by = field.list("a list of columns of the data", report)?;
        Some(names)
    });
    let allowed = "a number greater than 0";
    let low = section.must("low", allowed, report, |field, report| field.positive(report));
    let high = section.must("high", allowed, report, |field, report| field.positive(report));
    if let (Some(low), Some(high), Some(field)) = (low, high, section.get("low"))
        && low >= high
    {
        field.refuse(format!("less than high ({high})"), report);
    }
    Some(Profile { name: name?, by: by?, low: low?, high: high? })
}

/// The outputs that the targets read, in order of first appearance.
pub(super) fn outputs_of(targets: &[ReadTarget]) -> Vec<String> {
    let mut outputs: Vec<String> = Vec::new();
    for read in targets {
        if !outputs.contains(&read.target.output) {
            outputs.push(read.target.output.clone());
        }
    }
    outputs
}

/// Holds the data rows against the rows that the model will have under `plan`, where it knows them.
pub(super) fn check_alignment(
    targets: &[ReadTarget],
    plan: &ModelPlan,
    catalogue: &dyn Catalogue,
    report: &mut Report,
) {
    for read in targets {
        let Some(data) = &read.data else { continue };
        if let Some(index) = catalogue.index(plan, &read.target.output) {
            align::check_rows(read.align.as_ref(), data, &index, report);
        }
    }
}
