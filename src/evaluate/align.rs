//! Finds, for each data row of a target, the output row it is compared with. It knows names and
//! keys, not what the numbers mean.

use crate::model::Outputs;
use crate::spec::{Cells, Data, Key, Table, Target};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What one replicate simulated for each data row of each target. Compact, and of no use to any
/// [`super::Evaluator`] but the one that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    pub(super) values: Vec<f64>,
}

/// Where the numbers of one target are in a model's outputs and in an [`Aligned`].
#[derive(Debug, Clone)]
pub(super) struct Layout {
    output: String,
    simulated: String,
    size: Option<String>,
    /// Columns of the output that make a key.
    columns: Vec<String>,
    /// The keys of the data, without repeats, in order of first appearance.
    keys: Vec<Vec<Key>>,
    /// The data rows of each key.
    rows_of: Vec<Vec<usize>>,
    /// Positions in `keys`, sorted by key.
    sorted: Vec<usize>,
    /// Data rows; `None` for an output that is itself the loss.
    rows: Option<usize>,
    /// Where the target's numbers begin in an [`Aligned`].
    offset: usize,
}

impl Layout {
    /// The layout of `target`, whose numbers begin at `offset`.
    pub(super) fn new(target: &Target, offset: usize) -> Layout {
        let mut layout = Layout {
            output: target.output.clone(),
            simulated: target.simulated.clone(),
            size: target.simulated_size.clone(),
            columns: Vec::new(),
            keys: Vec::new(),
            rows_of: Vec::new(),
            sorted: Vec::new(),
            rows: None,
            offset,
        };
        if let Some(data) = &target.data {
            layout.index(data);
        }
        layout
    }

    fn index(&mut self, data: &Data) {
        let in_data: Vec<&str> = data.align.iter().map(|(_, column)| column.as_str()).collect();
        let mut found: BTreeMap<Vec<Key>, usize> = BTreeMap::new();
        for row in 0..data.table.rows() {
            let key = keys_of(&data.table, &in_data, row);
            let next = self.keys.len();
            let position = *found.entry(key.clone()).or_insert(next);
            if position == next {
                self.keys.push(key);
                self.rows_of.push(Vec::new());
            }
            self.rows_of[position].push(row);
        }
        self.sorted = found.into_values().collect();
        self.columns = data.align.iter().map(|(column, _)| column.clone()).collect();
        self.rows = Some(data.table.rows());
    }

    /// How many numbers of an [`Aligned`] belong to the target.
    pub(super) fn len(&self) -> usize {
        self.rows.map_or(1, |rows| rows * if self.size.is_some() { 2 } else { 1 })
    }

    /// Whether the target reads the output called `name`.
    pub(super) fn reads(&self, name: &str) -> bool {
        self.output == name
    }

    /// The simulated values of `aligned`, one for each data row.
    pub(super) fn simulated<'a>(&self, aligned: &'a Aligned) -> &'a [f64] {
        &aligned.values[self.offset..self.offset + self.rows.unwrap_or(1)]
    }

    /// The simulated sizes of `aligned`, one for each data row; empty if there are none.
    pub(super) fn sizes<'a>(&self, aligned: &'a Aligned) -> &'a [f64] {
        &aligned.values[self.offset + self.rows.unwrap_or(1)..self.offset + self.len()]
    }

    /// Copies the target's numbers from `outputs` into `values`, which hold NaN where nothing was
    /// written yet.
    pub(super) fn fill(&self, outputs: &Outputs, values: &mut [f64]) -> Result<(), String> {
        let Some(table) = outputs.table(&self.output) else {
            return Err(format!("the model gave no output `{}`", self.output));
        };
        let simulated = self.column(table, &self.simulated)?;
        let Some(rows) = self.rows else {
            values[self.offset] = self.mean(simulated)?;
            return Ok(());
        };
        let sizes = self.size.as_ref().map(|size| self.column(table, size)).transpose()?;
        let keys = self.columns.iter().map(|name| self.column(table, name)).collect::<Result<Vec<_>, _>>()?;
        let block = &mut values[self.offset..self.offset + self.len()];
        let mut expected = 0;
        for row in 0..table.rows() {
            let Some(position) = self.find(&keys, row, expected) else { continue };
            expected = position + 1;
            let number = self.number(&self.simulated, simulated, row, position)?;
            self.write(&mut block[..rows], position, number)?;
            if let (Some(sizes), Some(name)) = (sizes, &self.size) {
                let size = self.number(name, sizes, row, position)?;
                self.write(&mut block[rows..], position, size)?;
            }
        }
        self.check_complete(&block[..rows])
    }

    fn column<'a>(&self, table: &'a Table, name: &str) -> Result<&'a Cells, String> {
        table
            .column(name)
            .map(|column| &column.cells)
            .ok_or_else(|| format!("output `{}` has no column `{name}`", self.output))
    }

    /// Mean over all rows of an output that is itself the loss.
    fn mean(&self, cells: &Cells) -> Result<f64, String> {
        if cells.is_empty() {
            return Err(format!("output `{}` has no rows", self.output));
        }
        let mut sum = 0.0;
        for row in 0..cells.len() {
            match cells.number(row) {
                Some(number) if !number.is_nan() => sum += number,
                found => return Err(self.bad_cell(&self.simulated, found, &format!(", row {}", row + 1))),
            }
        }
        Ok(sum / cells.len() as f64)
    }

    /// The position in `keys` of output row `row`. Outputs mostly come in the order of the data, so
    /// the `expected` position is tried before the search.
    fn find(&self, columns: &[&Cells], row: usize, expected: usize) -> Option<usize> {
        let matches = |position: &usize| {
            self.keys.get(*position).is_some_and(|key| compare(key, columns, row) == Ordering::Equal)
        };
        Some(expected).filter(matches).or_else(|| {
            self.sorted
                .binary_search_by(|&position| compare(&self.keys[position], columns, row))
                .ok()
                .map(|at| self.sorted[at])
        })
    }

    fn number(&self, name: &str, cells: &Cells, row: usize, position: usize) -> Result<f64, String> {
        match cells.number(row) {
            Some(number) if !number.is_nan() => Ok(number),
            found => Err(self.bad_cell(name, found, &self.with(position))),
        }
    }

    fn write(&self, cells: &mut [f64], position: usize, number: f64) -> Result<(), String> {
        for &row in &self.rows_of[position] {
            if !cells[row].is_nan() {
                return Err(format!("output `{}` has more than one row{}", self.output, self.with(position)));
            }
            cells[row] = number;
        }
        Ok(())
    }

    fn check_complete(&self, simulated: &[f64]) -> Result<(), String> {
        let Some(row) = simulated.iter().position(|number| number.is_nan()) else { return Ok(()) };
        let position = self.rows_of.iter().position(|rows| rows.contains(&row)).unwrap_or(0);
        let place = self.with(position);
        Err(format!("output `{}` has no row{place}, which data row {} needs", self.output, row + 1))
    }

    fn bad_cell(&self, column: &str, found: Option<f64>, place: &str) -> String {
        let what = if found.is_some() { "is NaN" } else { "is not a number" };
        format!("output `{}`, column `{column}`{place}: the value {what}", self.output)
    }

    /// A key in words, such as " with year = 2017, age = 5"; empty if nothing is aligned on.
    fn with(&self, position: usize) -> String {
        let parts: Vec<String> = self
            .columns
            .iter()
            .zip(&self.keys[position])
            .map(|(column, key)| format!("{column} = {}", text_of(key)))
            .collect();
        if parts.is_empty() { String::new() } else { format!(" with {}", parts.join(", ")) }
    }
}

/// The cells of `row` in these columns. A column that is not there gives no key: data were checked.
pub(super) fn keys_of(table: &Table, columns: &[&str], row: usize) -> Vec<Key> {
    columns.iter().filter_map(|name| table.column(name)?.cells.key(row)).collect()
}

/// A key as a person would write it.
pub(super) fn text_of(key: &Key) -> String {
    match key {
        Key::Number(bits) => f64::from_bits(*bits).to_string(),
        Key::Text(text) => text.clone(),
    }
}

/// Order of a key relative to the cells in `row`, without making a key of these.
fn compare(key: &[Key], columns: &[&Cells], row: usize) -> Ordering {
    key.iter()
        .zip(columns)
        .map(|(part, cells)| compare_part(part, cells, row))
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn compare_part(part: &Key, cells: &Cells, row: usize) -> Ordering {
    match (part, cells) {
        (Key::Text(wanted), Cells::Text(found)) => {
            found.get(row).map_or(Ordering::Less, |found| wanted.as_str().cmp(found))
        }
        (Key::Text(_), _) => Ordering::Greater,
        (Key::Number(_), Cells::Text(_)) => Ordering::Less,
        (Key::Number(wanted), _) => {
            cells.number(row).map_or(Ordering::Less, |found| wanted.cmp(&(found + 0.0).to_bits()))
        }
    }
}
