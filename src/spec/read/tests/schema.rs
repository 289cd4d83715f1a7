//! The keys and names that the checks know are those of the schema, and the committed schema is the
//! generated one.

use super::super::keys;
use crate::spec::study_schema;
use serde_json::Value;

fn schema() -> Value {
    study_schema().to_value()
}

/// Keys of an object's schema, sorted.
fn properties(schema: &Value) -> Vec<&str> {
    let properties = schema["properties"].as_object().unwrap_or_else(|| panic!("no object: {schema}"));
    properties.keys().map(String::as_str).collect()
}

fn sorted(keys: &[&'static str]) -> Vec<&'static str> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys
}

/// The definition called `name`.
fn part<'s>(schema: &'s Value, name: &str) -> &'s Value {
    &schema["$defs"][name]
}

/// The words of an enumeration, sorted.
fn words(schema: &Value) -> Vec<&str> {
    let mut words: Vec<&str> = match (&schema["enum"], &schema["oneOf"], &schema["const"]) {
        (Value::Array(words), ..) => words.iter().filter_map(Value::as_str).collect(),
        (_, Value::Array(variants), _) => variants.iter().flat_map(words_of_variant).collect(),
        (_, _, Value::String(word)) => vec![word],
        _ => panic!("no words: {schema}"),
    };
    words.sort_unstable();
    words
}

fn words_of_variant(variant: &Value) -> Vec<&str> {
    words(variant)
}

#[test]
fn tables_have_the_same_keys() {
    let schema = schema();
    assert_eq!(properties(&schema), sorted(keys::STUDY));
    for (name, keys) in [
        ("ParameterTable", keys::PARAMETER),
        ("TargetTable", keys::TARGET),
        ("ScaleTable", keys::SCALE),
        ("ProfileTable", keys::PROFILE),
        ("SpreadColumn", keys::SPREAD),
        ("BudgetTable", keys::BUDGET),
        ("AttemptsTable", keys::ATTEMPTS),
    ] {
        assert_eq!(properties(part(&schema, name)), sorted(keys), "{name}");
    }
    assert_eq!(properties(part(&schema, "ModelTable")), sorted(&[keys::MODEL, &["name"]].concat()));
    let of_data = keys::OF_DATA.iter().all(|key| keys::TARGET.contains(key));
    assert!(of_data, "a key of data that no target has");
}

#[test]
fn words_are_the_same() {
    let schema = schema();
    for (name, keys) in [
        ("ParameterType", keys::PARAMETER_TYPES),
        ("CombineName", keys::COMBINES),
        ("Durability", keys::DURABILITIES),
    ] {
        assert_eq!(words(part(&schema, name)), sorted(keys), "{name}");
    }
    assert_eq!(words(part(&schema, "DistanceName")), sorted(&keys::names(keys::DISTANCES)));
}

#[test]
fn things_with_options_have_the_same_names_and_options() {
    let schema = schema();
    for (table, name, things) in [
        ("LikelihoodTable", "LikelihoodName", keys::LIKELIHOODS),
        ("ModeTable", "ModeName", keys::MODES),
        ("SamplerTable", "SamplerName", keys::SAMPLERS),
        ("PriorTable", "PriorName", keys::PRIORS),
    ] {
        let variants = part(&schema, table)["oneOf"].as_array().unwrap();
        let mut alone = Vec::new();
        assert_eq!(variants.len(), things.len(), "{table}");
        for variant in variants {
            let thing = variant["properties"]["name"]["const"].as_str().unwrap();
            assert!(keys::names(things).contains(&thing), "{table}: {thing}");
            let options = [keys::options(things, thing), &["name"]].concat();
            assert_eq!(properties(variant), sorted(&options), "{table}: {thing}");
            if variant["required"].as_array().unwrap().len() == 1 {
                alone.push(thing);
            }
        }
        alone.sort_unstable();
        assert_eq!(words(part(&schema, name)), alone, "{name}: those without needed options");
    }
}

#[test]
fn nothing_may_be_null() {
    assert!(!schema().to_string().contains("\"null\""));
}

/// `UPDATE_EXPECT=1` writes it.
#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    expect_test::expect_file!["../../../../studies/study.schema.json"].assert_eq(&generated);
}
