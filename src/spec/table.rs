//! Tables of numbers and labels: data files, and the outputs of a model, in one shape.

use crate::math::wire;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A name that costs nothing to copy when it is part of the program.
pub type Label = Cow<'static, str>;

/// The cells of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cells {
    /// Real numbers; a missing one is NaN.
    #[serde(rename = "f")]
    Float(#[serde(with = "wire::numbers")] Vec<f64>),
    /// Whole numbers.
    #[serde(rename = "i")]
    Int(Vec<i64>),
    /// Labels.
    #[serde(rename = "t")]
    Text(Vec<String>),
}

/// One cell, as a key to align rows on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A number: 2017 and 2017.0 are the same key.
    Number(u64),
    /// A label.
    Text(String),
}

impl Cells {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Cells::Float(cells) => cells.len(),
            Cells::Int(cells) => cells.len(),
            Cells::Text(cells) => cells.len(),
        }
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in `row`; `None` for a label or a row that is not there.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Cells::Float(cells) => cells.get(row).copied(),
            Cells::Int(cells) => cells.get(row).map(|&cell| cell as f64),
            Cells::Text(_) => None,
        }
    }

    /// The cell in `row` as a key; `None` for a row that is not there.
    pub fn key(&self, row: usize) -> Option<Key> {
        match self {
            Cells::Text(cells) => cells.get(row).map(|cell| Key::Text(cell.clone())),
            // Adding 0.0 turns -0.0 into 0.0, so that both are one key.
            _ => self.number(row).map(|number| Key::Number((number + 0.0).to_bits())),
        }
    }
}

/// One named column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: Label,
    /// Its cells, as many as every other column of the table has.
    pub cells: Cells,
}

/// Named columns of equal length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Name of the output, or of the data file.
    pub name: Label,
    /// The columns.
    pub columns: Vec<Column>,
}

impl Table {
    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }
}
