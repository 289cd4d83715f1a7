//! A target made ready for arithmetic: its data as plain lists, its rows cut into draws and groups,
//! and the cost of what one series of outputs says about them.

use super::align::{Layout, keys_of, text_of};
use super::measure::{Row, by_draw, draw_cost, row_cost};
use crate::math::ln;
use crate::spec::{Data, Key, Measure, Profile, Spread, Table, Target};
use std::collections::BTreeMap;

/// One target with everything that does not depend on a trial.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub target: Target,
    pub layout: Layout,
    pub observed: Vec<f64>,
    /// NaN where the data have none.
    pub sizes: Vec<f64>,
    /// Standard deviations from the data or the study file; empty if there are none.
    spread: Vec<f64>,
    /// What each row's simulated value is multiplied with before any profiled factor.
    pub scale: Vec<f64>,
    /// All rows.
    pub all: Block,
    /// The rows of each profiled factor, in order of first appearance, with the group's name.
    pub groups: Vec<(String, Block)>,
}

/// Some data rows, and the draws they make for measures by draw.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub rows: Vec<usize>,
    pub draws: Vec<Vec<usize>>,
}

/// What one replicate, or the mean of several, simulated for each data row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series<'a> {
    /// After scaling.
    pub simulated: &'a [f64],
    /// Empty if there are none.
    pub sizes: &'a [f64],
}

impl Prepared {
    /// `target` with its numbers from `offset` on in an aligned replicate.
    pub(super) fn new(target: &Target, offset: usize) -> Prepared {
        let mut prepared = Prepared {
            target: target.clone(),
            layout: Layout::new(target, offset),
            observed: Vec::new(),
            sizes: Vec::new(),
            spread: Vec::new(),
            scale: vec![target.scale.constant],
            all: Block { rows: vec![0], draws: Vec::new() },
            groups: Vec::new(),
        };
        if let Some(data) = &target.data {
            prepared.read(data);
        }
        prepared
    }

    fn read(&mut self, data: &Data) {
        let table = &data.table;
        let rows: Vec<usize> = (0..table.rows()).collect();
        let scale = &self.target.scale;
        self.observed = numbers(table, &data.observed);
        self.sizes = data.observed_size.as_ref().map_or(vec![f64::NAN; rows.len()], |n| numbers(table, n));
        self.scale = match &scale.column {
            Some(column) => numbers(table, column).iter().map(|cell| scale.constant * cell).collect(),
            None => vec![scale.constant; rows.len()],
        };
        self.spread = match spread_of(&self.target.measure) {
            Some(Spread::Known(sigma)) => vec![*sigma; rows.len()],
            Some(Spread::Column(column)) => numbers(table, column),
            Some(Spread::Estimated) | None => Vec::new(),
        };
        let block = |rows: Vec<usize>| {
            let draws = if by_draw(&self.target.measure) {
                grouped(table, &data.group, &rows).into_iter().map(|(_, draw)| draw).collect()
            } else {
                Vec::new()
            };
            Block { rows, draws }
        };
        self.groups = scale.profile.as_ref().map_or(Vec::new(), |Profile { by, .. }| {
            let groups = grouped(table, by, &rows);
            groups.into_iter().map(|(key, rows)| (name_of(by, &key), block(rows))).collect()
        });
        self.all = block(rows);
    }

    /// Whether a spread must be estimated from the residuals.
    pub(super) fn estimates_spread(&self) -> bool {
        matches!(spread_of(&self.target.measure), Some(Spread::Estimated))
    }

    /// The spread of each row that needs no estimate; 1 where it does. For the profiled factor of a
    /// row, which does not depend on a spread that all rows share.
    pub(super) fn spread_or_one(&self) -> Vec<f64> {
        if self.spread.is_empty() { vec![1.0; self.observed.len()] } else { self.spread.clone() }
    }

    /// The spread of each row: as given, or the maximum-likelihood estimate from the residuals of
    /// all rows of all `series`. Series of probability 0 under any spread are left out.
    pub(super) fn spread(&self, series: &[Series]) -> Vec<f64> {
        if !self.estimates_spread() {
            return self.spread_or_one();
        }
        let sums: Vec<f64> =
            series.iter().map(|one| self.residuals(one)).filter(|sum| sum.is_finite()).collect();
        let mean = sums.iter().sum::<f64>() / (sums.len() * self.observed.len()) as f64;
        let spread = match self.target.measure {
            Measure::Normal { .. } | Measure::LogNormal { .. } => mean.sqrt(),
            Measure::Laplace { .. } => mean,
            _ => f64::NAN,
        };
        vec![spread; self.observed.len()]
    }

    /// The sum over rows whose mean decides the estimated spread.
    fn residuals(&self, series: &Series) -> f64 {
        let pairs = self.observed.iter().zip(series.simulated);
        let terms = pairs.map(|(&x, &s)| match self.target.measure {
            Measure::LogNormal { .. } => (ln(x) - ln(s)) * (ln(x) - ln(s)),
            Measure::Laplace { .. } => (x - s).abs(),
            _ => (x - s) * (x - s),
        });
        terms.sum()
    }

    /// Cost of the rows of `block`: the mean of their distances, or minus the log likelihood.
    pub(super) fn cost(&self, block: &Block, series: &Series, spread: &[f64]) -> f64 {
        let sum: f64 = if by_draw(&self.target.measure) {
            block.draws.iter().map(|draw| self.draw_cost(draw, series)).sum()
        } else {
            block.rows.iter().map(|&row| self.row_cost(row, series, spread)).sum()
        };
        if self.target.measure.is_likelihood() { sum } else { sum / block.rows.len() as f64 }
    }

    /// What is undefined about `series`, for a person: the first row or draw of NaN cost.
    pub(super) fn undefined(&self, series: &Series, spread: &[f64]) -> String {
        if self.all.rows.is_empty() {
            return "undefined without data rows".to_string();
        }
        if by_draw(&self.target.measure) {
            let is_nan = |draw: &&Vec<usize>| self.draw_cost(draw, series).is_nan();
            let draw = self.all.draws.iter().find(is_nan);
            let row = draw.and_then(|draw| draw.first()).map_or(0, |row| row + 1);
            return format!("undefined for the draw that begins at data row {row}");
        }
        let is_nan = |row: &&usize| self.row_cost(**row, series, spread).is_nan();
        let row = self.all.rows.iter().find(is_nan).copied().unwrap_or(0);
        let size = series.sizes.get(row).map_or(String::new(), |size| format!(" of {size}"));
        let sigma = if self.estimates_spread() {
            format!(" and an estimated spread of {}", spread[row])
        } else {
            String::new()
        };
        format!("undefined at data row {}: simulated {}{size}{sigma}", row + 1, series.simulated[row])
    }

    fn row_cost(&self, row: usize, series: &Series, spread: &[f64]) -> f64 {
        let numbers = Row {
            x: self.observed[row],
            n: self.sizes[row],
            s: series.simulated[row],
            s_n: series.sizes.get(row).copied(),
            sigma: spread[row],
        };
        row_cost(&self.target.measure, &numbers)
    }

    fn draw_cost(&self, draw: &[usize], series: &Series) -> f64 {
        let pairs = draw.iter().map(|&row| (self.observed[row], series.simulated[row]));
        draw_cost(&self.target.measure, pairs)
    }
}

fn spread_of(measure: &Measure) -> Option<&Spread> {
    match measure {
        Measure::Normal { sigma } | Measure::LogNormal { sigma } | Measure::StudentT { sigma, .. } => {
            Some(sigma)
        }
        Measure::Laplace { scale } => Some(scale),
        _ => None,
    }
}

/// A column as numbers; NaN where there is none.
fn numbers(table: &Table, name: &str) -> Vec<f64> {
    let cells = table.column(name).map(|column| &column.cells);
    (0..table.rows()).map(|row| cells.and_then(|cells| cells.number(row)).unwrap_or(f64::NAN)).collect()
}

/// Cuts `rows` into groups of equal values in the columns `by`, in order of first appearance.
fn grouped(table: &Table, by: &[String], rows: &[usize]) -> Vec<(Vec<Key>, Vec<usize>)> {
    let columns: Vec<&str> = by.iter().map(String::as_str).collect();
    let mut position: BTreeMap<Vec<Key>, usize> = BTreeMap::new();
    let mut groups: Vec<(Vec<Key>, Vec<usize>)> = Vec::new();
    for &row in rows {
        let key = keys_of(table, &columns, row);
        let at = *position.entry(key.clone()).or_insert(groups.len());
        if at == groups.len() {
            groups.push((key, Vec::new()));
        }
        groups[at].1.push(row);
    }
    groups
}

/// A group as a person would name it, such as "region = A"; empty for the one group of all rows.
fn name_of(by: &[String], key: &[Key]) -> String {
    let parts: Vec<String> =
        by.iter().zip(key).map(|(column, key)| format!("{column} = {}", text_of(key))).collect();
    parts.join(", ")
}
