//! A data file as text: rows of cells that were not yet given a type, each with its line.

use super::document::quoted;
use crate::spec::{Cells, Column};
use std::fmt::Display;

/// Rows of a CSV file.
pub(super) struct Sheet {
    /// Its path as the study file gives it.
    pub path: String,
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row, as long as the header.
pub(super) struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// The mistakes that a message names one by one; more of them are counted.
const SHOWN: usize = 3;

impl Sheet {
    /// Reads CSV: commas between cells, a header, blanks around cells ignored.
    ///
    /// # Errors
    /// What was found instead.
    pub fn parse(path: &str, text: &str) -> Result<Sheet, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| error.to_string())?;
        let header: Vec<String> = header.iter().map(str::to_string).collect();
        check_header(path, &header)?;
        let mut sheet = Sheet { path: path.to_string(), header, rows: Vec::new() };
        let mut mistakes = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| format!("{path}: {error}"))?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != sheet.header.len() {
                mistakes.push(format!("line {line} with {} cells", record.len()));
            }
            sheet.rows.push(Row { line, cells: record.iter().map(str::to_string).collect() });
        }
        if !mistakes.is_empty() {
            let count = sheet.header.len();
            return Err(format!("{path}: {}, under a header of {count}", some_of(&mistakes)));
        }
        Ok(sheet)
    }

    pub fn position(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }

    /// The column at `position` as labels or, if every cell is a number, as numbers.
    pub fn column(&self, position: usize) -> Column {
        let cells = || self.rows.iter().map(|row| row.cells[position].as_str());
        let ints: Option<Vec<i64>> = cells().map(whole).collect();
        let floats = || cells().map(number).collect::<Option<Vec<f64>>>();
        let cells = match ints {
            Some(ints) => Cells::Int(ints),
            None => match floats() {
                Some(floats) => Cells::Float(floats),
                None => Cells::Text(cells().map(str::to_string).collect()),
            },
        };
        Column { name: self.header[position].clone().into(), cells }
    }

    /// The cells of a column that `wrong` says something of, each with its line.
    pub fn mistakes(&self, position: usize, wrong: impl Fn(&str) -> bool) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| (row, row.cells[position].as_str()))
            .filter(|(_, cell)| wrong(cell))
            .map(|(row, cell)| {
                let cell = if is_missing(cell) { "no value".to_string() } else { quoted(cell) };
                format!("{cell} in {}", self.place(row))
            })
            .collect()
    }

    /// Where a row is.
    pub fn place(&self, row: &Row) -> String {
        format!("line {} of {}", row.line, self.path)
    }
}

fn check_header(path: &str, header: &[String]) -> Result<(), String> {
    if header.iter().all(String::is_empty) {
        return Err(format!("{path}, an empty file"));
    }
    match header.iter().enumerate().find(|(at, name)| !name.is_empty() && header[..*at].contains(name)) {
        Some((_, name)) => Err(format!("{path} with two columns `{name}`")),
        None => Ok(()),
    }
}

/// Blank cells and the marks that R and pandas write.
pub(super) fn is_missing(cell: &str) -> bool {
    matches!(cell, "" | "NA" | "NaN" | "nan")
}

/// The finite number that a cell holds.
pub(super) fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The whole number that a cell holds, if it is exact as a float too.
fn whole(cell: &str) -> Option<i64> {
    cell.parse().ok().filter(|whole: &i64| whole.unsigned_abs() <= 1 << 53)
}

/// The first few of a list, and how many more there are.
pub(super) fn some_of<T: Display>(items: &[T]) -> String {
    let shown: Vec<String> = items.iter().take(SHOWN).map(T::to_string).collect();
    match items.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
