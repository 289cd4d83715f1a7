//! The data of a target: file, filter, and the columns that the target uses.

use super::align::read_align;
use super::document::Kind;
use super::field::{Field, Section};
use super::measure::{Need, is_grouped, sizes};
use super::problem::{Report, one_of};
use super::sheet::{Sheet, is_missing, number, some_of};
use crate::spec::{Data, Files, Measure, OutputCard, Table};
use std::collections::BTreeSet;

/// Columns of the data that the scale of a target names.
pub(super) struct ScaleColumns<'d> {
    /// What the output is multiplied with: numbers, 0 or more.
    pub factor: Option<Field<'d>>,
    /// The groups of a profiled factor: anything.
    pub by: Vec<Field<'d>>,
}

/// The data, and where each row was.
pub(super) struct ReadData {
    pub data: Data,
    /// For messages: "line 7 of data/cases.csv".
    pub places: Vec<String>,
}

/// What the data of a target are read against; `None` where that could not be read itself.
pub(super) struct Purpose<'a, 'd> {
    pub measure: Option<&'a Measure>,
    pub output: Option<&'a OutputCard>,
    /// Column with the spread of the measure: numbers above 0.
    pub spread: Option<Field<'d>>,
}

pub(super) fn read_data(
    target: &Section,
    purpose: &Purpose,
    scale: &ScaleColumns,
    files: &dyn Files,
    report: &mut Report,
) -> Option<ReadData> {
    let field = target.need("data", "the path of a CSV file, relative to the study file", report);
    let sheet = field.and_then(|field| load(&field, files, report));
    let sheet = sheet.map(|sheet| filter(target, sheet, report));
    let mut columns = Columns { sheet, kept: BTreeSet::new() };
    let observed = read_observed(target, purpose.measure, &mut columns, report);
    let align = read_align(target, purpose.output, &mut columns, report);
    let group = read_group(target, purpose.measure, &mut columns, report);
    if let Some(field) = &purpose.spread {
        columns.numbers(field, |value| value > 0.0, "numbers greater than 0", report);
    }
    if let Some(field) = &scale.factor {
        columns.numbers(field, |value| value >= 0.0, "numbers, 0 or more", report);
    }
    for field in &scale.by {
        columns.labels(field, report);
    }
    let ((observed, observed_size), align, group) = (observed?, align?, group?);
    let (table, places) = columns.into_table()?;
    Some(ReadData { data: Data { table, observed, observed_size, align, group }, places })
}

fn load(field: &Field, files: &dyn Files, report: &mut Report) -> Option<Sheet> {
    let path = field.text(report)?;
    let sheet = match files.read(path) {
        Ok(text) => Sheet::parse(path, &text),
        Err(reason) => Err(format!("{path:?}, which cannot be read: {reason}")),
    };
    match sheet {
        Ok(sheet) if sheet.rows.is_empty() => {
            report.add(
                field.node.line,
                field.path.clone(),
                format!("{path} without rows"),
                "at least one row",
            );
            None
        }
        Ok(sheet) => Some(sheet),
        Err(found) => {
            let allowed = "a readable CSV file with one header and rows of equal length";
            report.add(field.node.line, field.path.clone(), found, allowed);
            None
        }
    }
}

/// The rows whose cells are among the values that `where` gives for their column; none if the filter
/// is mistaken, so that only the names of columns are checked further.
fn filter(target: &Section, mut sheet: Sheet, report: &mut Report) -> Sheet {
    let Some(field) = target.get("where") else { return sheet };
    let before = report.count();
    let kept = keep(&field, &sheet, report);
    if report.count() > before {
        sheet.rows.clear();
        return sheet;
    }
    let mut kept = kept.into_iter();
    sheet.rows.retain(|_| kept.next().unwrap_or(false));
    if sheet.rows.is_empty() {
        let found = format!("a filter that keeps no row of {}", sheet.path);
        report.add(field.node.line, field.path, found, "values that occur in the data");
    }
    sheet
}

fn keep(field: &Field, sheet: &Sheet, report: &mut Report) -> Vec<bool> {
    let mut kept = vec![true; sheet.rows.len()];
    let Some(section) = field.open(report) else { return kept };
    for (column, field) in section.fields() {
        let values = allowed_cells(&field, report);
        let Some(position) = find(sheet, column, &field, report) else { continue };
        for (row, kept) in sheet.rows.iter().zip(&mut kept) {
            *kept &= values.iter().any(|value| equals(&row.cells[position], value));
        }
    }
    kept
}

fn allowed_cells<'d>(field: &Field<'d>, report: &mut Report) -> Vec<&'d Kind> {
    let items = match &field.node.kind {
        Kind::List(_) => field.list("", report).unwrap_or_default(),
        _ => vec![field.clone()],
    };
    let mut values = Vec::new();
    for item in items {
        match &item.node.kind {
            Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::Bool(_) => values.push(&item.node.kind),
            _ => item.refuse("a number, a text, true or false, or a list of these", report),
        }
    }
    values
}

fn equals(cell: &str, value: &Kind) -> bool {
    match value {
        Kind::Int(value) => number(cell) == Some(*value as f64),
        Kind::Float(value) => number(cell) == Some(*value),
        Kind::Text(value) => cell == value.trim(),
        Kind::Bool(value) => cell.eq_ignore_ascii_case(if *value { "true" } else { "false" }),
        _ => false,
    }
}

fn find(sheet: &Sheet, column: &str, field: &Field, report: &mut Report) -> Option<usize> {
    let position = sheet.position(column);
    if position.is_none() {
        let found = format!("column {column:?}, which {} lacks", sheet.path);
        report.add(field.node.line, field.path.clone(), found, one_of(column, &sheet.header));
    }
    position
}

/// The columns that the target uses. Without a sheet, because it could not be read, nothing about
/// columns can be said.
pub(super) struct Columns {
    pub sheet: Option<Sheet>,
    /// Positions in the sheet.
    kept: BTreeSet<usize>,
}

impl Columns {
    /// The column that the text `field` names, without missing cells.
    pub fn labels(&mut self, field: &Field, report: &mut Report) -> Option<String> {
        self.named(field, is_missing, "a value in every row", report)
    }

    /// The same, of numbers that `accepts`.
    fn numbers(
        &mut self,
        field: &Field,
        accepts: impl Fn(f64) -> bool,
        allowed: &str,
        report: &mut Report,
    ) -> Option<String> {
        self.named(field, |cell| !number(cell).is_some_and(&accepts), allowed, report)
    }

    fn named(
        &mut self,
        field: &Field,
        wrong: impl Fn(&str) -> bool,
        allowed: &str,
        report: &mut Report,
    ) -> Option<String> {
        let name = field.text(report)?;
        if let Some(sheet) = &self.sheet {
            let position = find(sheet, name, field, report)?;
            let mistakes = sheet.mistakes(position, wrong);
            if !mistakes.is_empty() {
                report.add(field.node.line, field.path.clone(), some_of(&mistakes), allowed);
                return None;
            }
            self.kept.insert(position);
        }
        Some(name.to_string())
    }

    /// Cells of a column that was checked to hold numbers.
    fn values(&self, name: &str) -> Vec<f64> {
        let Some((sheet, position)) =
            self.sheet.as_ref().and_then(|sheet| Some((sheet, sheet.position(name)?)))
        else {
            return Vec::new();
        };
        sheet.rows.iter().filter_map(|row| number(&row.cells[position])).collect()
    }

    fn into_table(self) -> Option<(Table, Vec<String>)> {
        let sheet = self.sheet?;
        let columns = self.kept.iter().map(|position| sheet.column(*position)).collect();
        let places = sheet.rows.iter().map(|row| sheet.place(row)).collect();
        Some((Table { name: sheet.path.clone().into(), columns }, places))
    }
}

fn read_observed(
    target: &Section,
    measure: Option<&Measure>,
    columns: &mut Columns,
    report: &mut Report,
) -> Option<(String, Option<String>)> {
    let field = target.need("observed", "a column of the data", report);
    let observed =
        field.as_ref().and_then(|field| columns.numbers(field, |_| true, "finite numbers", report));
    let size = read_observed_size(target, measure, columns, report);
    let (field, observed, size) = (field?, observed?, size?);
    refuse_observed(&field, &observed, size.as_deref(), measure, columns, report)?;
    Some((observed, size))
}

fn read_observed_size(
    target: &Section,
    measure: Option<&Measure>,
    columns: &mut Columns,
    report: &mut Report,
) -> Option<Option<String>> {
    let allowed = "a column of the data with trials, population or exposure";
    let read = |field: &Field, columns: &mut Columns, report: &mut Report| {
        columns.numbers(field, |_| true, "finite numbers", report).map(Some)
    };
    match sizes(measure).0 {
        Need::Required => {
            let field = target.need("observed_size", allowed, report)?;
            read(&field, columns, report)
        }
        Need::Optional => {
            target.or("observed_size", None, report, |field, report| read(&field, columns, report))
        }
        Need::Unused => {
            target.or("observed_size", None, report, |field, report| refuse_unused(&field, report))
        }
    }
}

pub(super) fn refuse_unused<T>(field: &Field, report: &mut Report) -> Option<T> {
    field.refuse("nothing with this likelihood or distance, which does not use it", report);
    None
}

fn refuse_observed(
    field: &Field,
    observed: &str,
    size: Option<&str>,
    measure: Option<&Measure>,
    columns: &Columns,
    report: &mut Report,
) -> Option<()> {
    let (Some(sheet), Some(measure)) = (&columns.sheet, measure) else { return Some(()) };
    let sizes = size.map(|size| columns.values(size));
    let mut mistakes = Vec::new();
    let mut allowed = "";
    for (row, value) in columns.values(observed).into_iter().enumerate() {
        let size = sizes.as_ref().and_then(|sizes| sizes.get(row).copied());
        if let Err(why) = measure.accepts_observed(value, size) {
            allowed = why;
            let of = size.map_or(String::new(), |size| format!(" of {size}"));
            mistakes.push(format!("{value}{of} in {}", sheet.place(&sheet.rows[row])));
        }
    }
    if mistakes.is_empty() {
        return Some(());
    }
    report.add(field.node.line, field.path.clone(), some_of(&mistakes), allowed);
    None
}

fn read_group(
    target: &Section,
    measure: Option<&Measure>,
    columns: &mut Columns,
    report: &mut Report,
) -> Option<Vec<String>> {
    let Some(field) = target.get("group") else { return Some(Vec::new()) };
    if measure.is_some_and(|measure| !is_grouped(measure)) {
        return refuse_unused(&field, report);
    }
    field.texts(report)?;
    let fields = field.list("a list of columns of the data", report)?;
    fields.iter().map(|field| columns.labels(field, report)).collect()
}
