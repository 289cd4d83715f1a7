//! Which output row each data row is compared with: first the names of the columns, then, once the
//! whole plan of the model is known, the rows that the model will have.

use super::data::{Columns, ReadData};
use super::document::Kind;
use super::field::{Field, Section};
use super::problem::{Report, one_of};
use super::sheet::some_of;
use crate::spec::{Cells, Key, OutputCard, Table};
use std::collections::{BTreeMap, BTreeSet};

/// `align` as pairs (column of the output, column of the data). What a list names is called the same
/// on both sides.
pub(super) fn read_align(
    target: &Section,
    output: Option<&OutputCard>,
    columns: &mut Columns,
    report: &mut Report,
) -> Option<Vec<(String, String)>> {
    let index: Vec<&str> =
        output.map_or(Vec::new(), |output| output.index.iter().map(|column| column.name.as_str()).collect());
    let Some(field) = target.get("align") else {
        if output.is_none() {
            return Some(Vec::new());
        }
        if index.is_empty() {
            return refuse_several(target, columns, report).map(|()| Vec::new());
        }
        let allowed = format!("the columns that pick a row of the output: {}", index.join(", "));
        report.add(target.line, target.path_of("align"), "nothing", allowed);
        return None;
    };
    let pairs: Vec<(String, Field)> = match &field.node.kind {
        Kind::Table(_) => {
            field.open(report)?.fields().map(|(column, field)| (column.to_string(), field)).collect()
        }
        _ => {
            let allowed = "a list of columns, or a table: column of the output = column of the data";
            let items = field.list(allowed, report)?;
            items.into_iter().filter_map(|item| Some((item.text(report)?.to_string(), item))).collect()
        }
    };
    let mut align: Vec<(String, String)> = Vec::new();
    let before = report.count();
    for (column, field) in pairs {
        if output.is_some() && !index.contains(&column.as_str()) {
            let found = format!("{column:?}, which does not tell rows of the output apart");
            report.add(field.node.line, field.path.clone(), found, one_of(&column, &index));
        }
        if align.iter().any(|(other, _)| *other == column) {
            field.refuse("each column once", report);
        }
        align.extend(columns.labels(&field, report).map(|of_data| (column, of_data)));
    }
    if report.count() > before {
        return None;
    }
    refuse_repeats(&field, &align, columns, report)?;
    Some(align)
}

/// Without columns to align on, there is one row on either side.
fn refuse_several(target: &Section, columns: &Columns, report: &mut Report) -> Option<()> {
    let rows = columns.sheet.as_ref().map_or(0, |sheet| sheet.rows.len());
    if rows <= 1 {
        return Some(());
    }
    let field = target.get("data")?;
    let found = format!("{rows} rows for an output that has one");
    report.add(field.node.line, field.path, found, "one row, if need be by `where`");
    None
}

/// Two data rows with the same key would be one observation counted twice.
fn refuse_repeats(
    field: &Field,
    align: &[(String, String)],
    columns: &Columns,
    report: &mut Report,
) -> Option<()> {
    let Some(sheet) = &columns.sheet else { return Some(()) };
    let cells: Vec<_> = align
        .iter()
        .filter_map(|(_, column)| sheet.position(column))
        .map(|position| sheet.column(position).cells)
        .collect();
    let mut seen: BTreeMap<Vec<Option<Key>>, usize> = BTreeMap::new();
    let mut repeats = Vec::new();
    for (row, place) in sheet.rows.iter().enumerate() {
        let key = cells.iter().map(|cells| cells.key(row)).collect();
        if let Some(first) = seen.get(&key) {
            repeats.push(format!("line {} like line {}", place.line, sheet.rows[*first].line));
        } else {
            seen.insert(key, row);
        }
    }
    if repeats.is_empty() {
        return Some(());
    }
    let found = format!("rows of {} that are the same in these columns: {}", sheet.path, some_of(&repeats));
    report.add(field.node.line, field.path.clone(), found, "columns that differ in every data row");
    None
}

/// Every data row must find exactly one row of the output, whose `index` columns these are.
pub(super) fn check_rows(field: Option<&Field>, read: &ReadData, index: &Table, report: &mut Report) {
    let (mut of_output, mut of_data) = (Vec::new(), Vec::new());
    for (output, data) in &read.data.align {
        let (Some(output), Some(data)) = (index.column(output), read.data.table.column(data)) else { return };
        of_output.push((output.name.as_ref(), &output.cells));
        of_data.push((data.name.as_ref(), &data.cells));
    }
    let mut rows: BTreeMap<Vec<Option<Key>>, u32> = BTreeMap::new();
    for row in 0..index.rows().max(usize::from(index.columns.is_empty())) {
        *rows.entry(of_output.iter().map(|(_, cells)| cells.key(row)).collect()).or_default() += 1;
    }
    let (mut missing, mut ambiguous) = (Vec::new(), Vec::new());
    for (row, place) in read.places.iter().enumerate() {
        let key: Vec<Option<Key>> = of_data.iter().map(|(_, cells)| cells.key(row)).collect();
        match rows.get(&key) {
            None => missing.push(format!("{place}{}", in_words(&of_data, &key))),
            Some(1) => {}
            Some(count) => ambiguous.push(format!("{place} with {count} rows")),
        }
    }
    let (line, path) = match field {
        Some(field) => (field.node.line, field.path.clone()),
        None => return,
    };
    if !missing.is_empty() {
        let found = format!("data that match no row of output `{}`: {}", index.name, some_of(&missing));
        report.add(line, path.clone(), found, of_the_model(&of_output));
    }
    if !ambiguous.is_empty() {
        let found =
            format!("data that match several rows of output `{}`: {}", index.name, some_of(&ambiguous));
        let unused: Vec<&str> = index
            .columns
            .iter()
            .map(|column| column.name.as_ref())
            .filter(|name| of_output.iter().all(|(used, _)| used != name))
            .collect();
        report.add(line, path, found, format!("one row for each; also align on {}", unused.join(", ")));
    }
}

fn in_words(columns: &[(&str, &Cells)], key: &[Option<Key>]) -> String {
    let parts: Vec<String> = columns
        .iter()
        .zip(key)
        .map(|((name, _), key)| format!("{name} = {}", key.as_ref().map_or(String::new(), show)))
        .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn show(key: &Key) -> String {
    match key {
        Key::Number(bits) => f64::from_bits(*bits).to_string(),
        Key::Text(text) => format!("{text:?}"),
    }
}

/// The values that the output has in each column, as far as they fit into a sentence.
fn of_the_model(columns: &[(&str, &Cells)]) -> String {
    const SHOWN: usize = 12;
    let parts: Vec<String> = columns
        .iter()
        .map(|(name, cells)| {
            let mut seen = BTreeSet::new();
            let values: Vec<String> = (0..cells.len())
                .filter_map(|row| cells.key(row))
                .filter(|key| seen.insert(key.clone()))
                .map(|key| show(&key))
                .collect();
            match values.as_slice() {
                [first @ .., last] if values.len() > SHOWN => {
                    format!("{name} = {} ... {last}", first[..SHOWN - 1].join(", "))
                }
                _ => format!("{name} = {}", values.join(", ")),
            }
        })
        .collect();
    format!("rows of the model: {}", parts.join("; "))
}
