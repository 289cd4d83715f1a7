//! A trial's simulations beside the data, target by target.

use super::{out, text};
use freerun::view::{Band, FitRow, FitSummary, TargetFit};

/// Prints the tables of all targets that have data.
pub fn print(fit: &FitSummary) {
    for target in fit.targets.iter().filter(|target| !target.rows.is_empty()) {
        print_target(target, fit.replicates);
    }
}

fn print_target(target: &TargetFit, replicates: u32) {
    let shares = target.rows.iter().any(|row| row.observed_share.is_some());
    let range = if replicates > 1 { format!("range of {replicates}") } else { String::new() };
    let mut head: Vec<String> = target.columns.clone();
    head.extend(["observed".to_owned(), "simulated".to_owned()]);
    if replicates > 1 {
        head.push(range);
    }
    if shares {
        head.extend(["observed share".to_owned(), "simulated share".to_owned()]);
    }
    let rows: Vec<Vec<String>> = target.rows.iter().map(|row| cells(row, replicates > 1, shares)).collect();
    out::line("");
    out::line(format!(
        "{}, loss {}",
        out::bold(&format!("Target {}", target.target)),
        text::number(target.loss)
    ));
    let head: Vec<String> = head.into_iter().enumerate().map(|(at, name)| indented(at, name)).collect();
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.into_iter().enumerate().map(|(at, cell)| indented(at, cell)).collect())
        .collect();
    let numbers: Vec<usize> = (target.columns.len()..head.len()).collect();
    out::table(&head.iter().map(String::as_str).collect::<Vec<_>>(), &numbers, &rows);
    print_factors(target);
}

fn indented(column: usize, cell: String) -> String {
    if column == 0 { format!("  {cell}") } else { cell }
}

fn cells(row: &FitRow, range: bool, shares: bool) -> Vec<String> {
    let mut cells: Vec<String> = row.labels.iter().map(text::plain).collect();
    cells.push(match row.observed_size {
        Some(size) => format!("{} of {}", text::number(row.observed.0), text::number(size)),
        None => text::number(row.observed.0),
    });
    cells.push(simulated(row.expected.mean.0));
    if range {
        cells.push(between(&row.expected));
    }
    if shares {
        cells.push(row.observed_share.map(text::percent).unwrap_or_default());
        cells.push(row.expected_share.map(|share| text::percent(share.mean.0)).unwrap_or_default());
    }
    cells
}

/// Nothing simulated is known to more digits.
fn simulated(value: f64) -> String {
    text::digits(value, 4)
}

fn between(band: &Band) -> String {
    format!("{} to {}", simulated(band.low.0), simulated(band.high.0))
}

fn print_factors(target: &TargetFit) {
    let Some(name) = &target.factor else { return };
    for (group, factor) in target.factor_groups.iter().zip(&target.factors) {
        let group: String = group.iter().map(|label| format!(" {}", text::plain(label))).collect();
        out::line(format!("  {name}{group}: {}", simulated(*factor)));
    }
}
