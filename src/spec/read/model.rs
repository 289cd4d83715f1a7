//! The model of a study: which one, and what of it is held fixed.

use super::field::{Field, Section};
use super::keys;
use super::problem::{Report, one_of};
use crate::spec::{Catalogue, InputCard, ModelCard, Setting};
use std::collections::BTreeMap;

/// The model as far as it could be read.
pub(super) struct ModelPart {
    pub card: ModelCard,
    pub settings: BTreeMap<String, Setting>,
}

/// `None` if the model is not known: then nothing that depends on its card can be checked.
pub(super) fn read_model(
    study: &Section,
    catalogue: &dyn Catalogue,
    report: &mut Report,
) -> Option<ModelPart> {
    let models = catalogue.names();
    let field = study.need("model", &one_of("", &models), report)?;
    let named = field.named(&models, report)?;
    let section = named.options(keys::MODEL, report);
    let card = catalogue.card(named.name)?;
    let settings = match section.get("settings") {
        Some(settings) => read_settings(&settings, &card, report),
        None => BTreeMap::new(),
    };
    Some(ModelPart { card, settings })
}

fn read_settings(field: &Field, card: &ModelCard, report: &mut Report) -> BTreeMap<String, Setting> {
    let mut settings = BTreeMap::new();
    let Some(section) = field.open(report) else { return settings };
    for (name, field) in section.fields() {
        let Some(input) = card.inputs.iter().find(|input| input.name == name) else {
            let known: Vec<&str> = card.inputs.iter().map(|input| input.name.as_str()).collect();
            report.add(field.node.line, field.path, "an unknown setting", one_of(name, &known));
            continue;
        };
        if let Some(setting) = field.setting(report).and_then(|setting| fit(&field, setting, input, report)) {
            settings.insert(name.to_string(), setting);
        }
    }
    settings
}

/// The setting in the type of the model's own default, within the range that its card states.
pub(super) fn fit(
    field: &Field,
    setting: Setting,
    input: &InputCard,
    report: &mut Report,
) -> Option<Setting> {
    let setting = match (&input.default, setting) {
        (Setting::Float(_), Setting::Int(value)) => Setting::Float(value as f64),
        (_, setting) => setting,
    };
    let same_type = std::mem::discriminant(&input.default) == std::mem::discriminant(&setting);
    let in_range = match &setting {
        Setting::Int(value) => within(*value as f64, input),
        Setting::Float(value) => within(*value, input),
        Setting::Text(text) => input.choices.is_empty() || input.choices.contains(text),
        Setting::Bool(_) | Setting::List(_) => true,
    };
    if same_type && in_range {
        return Some(setting);
    }
    let found = if let Setting::Text(text) = &setting { text.as_str() } else { "" };
    field.refuse(allowed(input, found), report);
    None
}

pub(super) fn within(value: f64, input: &InputCard) -> bool {
    input.low.is_none_or(|low| low <= value) && input.high.is_none_or(|high| value <= high)
}

/// What the card of an input allows, in words.
pub(super) fn allowed(input: &InputCard, found: &str) -> String {
    let kind = match input.default {
        Setting::Bool(_) => "true or false",
        Setting::Int(_) => "a whole number",
        Setting::Float(_) => "a number",
        Setting::Text(_) if !input.choices.is_empty() => return one_of(found, &input.choices),
        Setting::Text(_) => "a text",
        Setting::List(_) => "a list",
    };
    let range = match (input.low, input.high) {
        (Some(low), Some(high)) => format!(" from {low} to {high}"),
        (Some(low), None) => format!(", {low} or more"),
        (None, Some(high)) => format!(", {high} or less"),
        (None, None) => String::new(),
    };
    let unit = if input.unit.is_empty() { String::new() } else { format!(" ({})", input.unit) };
    format!("{kind}{range}{unit}")
}
