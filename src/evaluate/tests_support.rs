//! Small targets and outputs for tests.

use crate::model::Outputs;
use crate::spec::{Cells, Column, Combine, Data, Measure, Scale, Table, Target};

/// A column of numbers.
pub(super) fn column(name: &'static str, cells: &[f64]) -> Column {
    Column { name: name.into(), cells: Cells::Float(cells.to_vec()) }
}

/// Outputs of one table, `out`.
pub(super) fn one_table(columns: Vec<Column>) -> Outputs {
    Outputs(vec![Table { name: "out".into(), columns }])
}

/// Outputs of one table whose rows 0, 1, 2 ... have these values.
pub(super) fn outputs(values: &[f64]) -> Outputs {
    let index: Vec<f64> = (0..values.len()).map(|row| row as f64).collect();
    one_table(vec![column("row", &index), column("value", values)])
}

/// A target that compares `x` with the rows 0, 1, 2 ... of `out`, by mean of losses.
pub(super) fn target(name: &str, measure: Measure, x: &[f64]) -> Target {
    let index: Vec<f64> = (0..x.len()).map(|row| row as f64).collect();
    Target {
        name: name.to_string(),
        weight: 1.0,
        output: "out".to_string(),
        simulated: "value".to_string(),
        simulated_size: None,
        data: Some(Data {
            table: Table { name: "data".into(), columns: vec![column("row", &index), column("x", x)] },
            observed: "x".to_string(),
            observed_size: None,
            align: vec![("row".to_string(), "row".to_string())],
            group: Vec::new(),
        }),
        measure,
        combine: Combine::Mean,
        scale: Scale { constant: 1.0, column: None, profile: None },
    }
}
