//! Whether a study is still the one that its journal began with. Every field is compared but those
//! that may change, so that a new field cannot be forgotten.

use super::Study;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// One field that may not differ and does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Path of the field, in the words of the study file where it has them.
    pub field: String,
    /// What the study was opened with.
    pub was: String,
    /// What the file says now.
    pub is: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` was {} when the study began and is {} now", self.field, self.was, self.is)
    }
}

/// What may change while a study runs.
const MAY_CHANGE: [&str; 3] = ["budget", "attempts", "durability"];

impl Study {
    /// The fields that make `now` another study than this one, which was opened: all but budget,
    /// attempts and durability. Empty if the study can be taken up again.
    pub fn differences(&self, now: &Study) -> Vec<Difference> {
        // A study holds no map with non-text keys: writing it as JSON cannot fail.
        let json = |study: &Study| serde_json::to_value(study).unwrap_or_default();
        let mut found = Vec::new();
        if let (Value::Object(was), Value::Object(is)) = (&json(self), &json(now)) {
            for key in keys(was, is).into_iter().filter(|key| !MAY_CHANGE.contains(key)) {
                compare(&path_of("", key), was.get(key), is.get(key), &mut found);
            }
        }
        found
    }
}

fn keys<'v>(was: &'v Map<String, Value>, is: &'v Map<String, Value>) -> BTreeSet<&'v str> {
    was.keys().chain(is.keys()).map(String::as_str).collect()
}

fn compare(path: &str, was: Option<&Value>, is: Option<&Value>, found: &mut Vec<Difference>) {
    match (was, is) {
        _ if was == is => {}
        _ if is_chosen(path) => {
            found.push(Difference { field: path.to_string(), was: chosen(was), is: chosen(is) });
        }
        (Some(Value::Object(was)), Some(Value::Object(is))) if is_column(was) && is_column(is) => {
            compare_columns(path, was, is, found);
        }
        (Some(Value::Object(was)), Some(Value::Object(is))) => {
            for key in keys(was, is) {
                compare(&path_of(path, key), was.get(key), is.get(key), found);
            }
        }
        (Some(Value::Array(was)), Some(Value::Array(is))) => {
            for at in 0..was.len().max(is.len()) {
                compare(&item_path(path, at, was, is), was.get(at), is.get(at), found);
            }
        }
        _ => found.push(Difference { field: path.to_string(), was: show(was), is: show(is) }),
    }
}

/// Whether the field is one of several things, each with options of its own: it is told as a whole.
fn is_chosen(path: &str) -> bool {
    let of = |table: &str, key: &str| path.starts_with(table) && path.ends_with(key);
    matches!(path, "mode" | "sampler")
        || of("parameters", ".prior")
        || of("targets", ".measure")
        || of("targets", ".combine")
}

/// The path of a key, in the words of the study file.
fn path_of(path: &str, key: &str) -> String {
    match (path, key) {
        ("", key) => key.to_string(),
        ("model", "model") => "model.name".to_string(),
        ("model", "space") => "parameters".to_string(),
        // Layers that the study file does not have.
        (path, "domain" | "Float" | "Int" | "Categorical" | "table" | "columns") => path.to_string(),
        (path, key) => format!("{path}.{key}"),
    }
}

/// Items that have a name go by it if it is the same.
fn item_path(path: &str, at: usize, was: &[Value], is: &[Value]) -> String {
    let name = |items: &[Value]| Some(items.get(at)?.get("name")?.as_str()?.to_string());
    match (name(was), name(is)) {
        (Some(was), Some(is)) if was == is => format!("{path}.{was}"),
        _ => format!("{path}[{at}]"),
    }
}

fn is_column(value: &Map<String, Value>) -> bool {
    value.len() == 2 && value.contains_key("name") && value.contains_key("cells")
}

/// One difference for a whole column of data, which may be long.
fn compare_columns(
    path: &str,
    was: &Map<String, Value>,
    is: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    compare(&path_of(path, "name"), was.get("name"), is.get("name"), found);
    let (was, is) = (cells(was), cells(is));
    let differing: Vec<usize> =
        (0..was.len().max(is.len())).filter(|&row| was.get(row) != is.get(row)).collect();
    let Some(&first) = differing.first() else { return };
    let at = |cells: &[Value]| format!("{} in row {}", show(cells.get(first)), first + 1);
    let more = match differing.len() - 1 {
        0 => String::new(),
        more => format!(" ({more} more rows differ)"),
    };
    found.push(Difference { field: path.to_string(), was: at(&was), is: at(&is) + &more });
}

/// The cells of a column whatever their type: a column of whole numbers that got a fraction differs
/// in that row alone.
fn cells(column: &Map<String, Value>) -> Vec<Value> {
    let typed = column.get("cells").and_then(Value::as_object).and_then(|cells| cells.values().next());
    let cells = typed.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    cells.iter().map(|cell| cell.as_f64().map_or_else(|| cell.clone(), Value::from)).collect()
}

fn show(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_string(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| show(Some(item))).collect();
            format!("[{}]", items.join(", "))
        }
        // A value with its type, as settings and coordinates are.
        Some(Value::Object(fields)) if fields.len() == 1 => show(fields.values().next()),
        Some(value) => value.to_string(),
    }
}

/// One of several, with its options, as a study file writes it.
fn chosen(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(name)) => format!("{:?}", snake(name)),
        Some(Value::Object(fields)) => {
            let Some((name, options)) = fields.iter().next() else { return show(value) };
            let mut text = format!("{{ name = {:?}", snake(name));
            for (key, option) in
                options.as_object().into_iter().flatten().filter(|(_, option)| !option.is_null())
            {
                text.push_str(&format!(", {key} = {}", show(Some(option))));
            }
            text + " }"
        }
        _ => show(value),
    }
}

/// `LogMeanExp` as `log_mean_exp`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
