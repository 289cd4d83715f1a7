//! How a trial's simulations compare with the data, row by row, from the outputs that the journal
//! keeps: nothing is simulated again.

use super::{Fold, Plain};
use crate::evaluate::{Evaluator, ExpectedRow, TargetLoss, TrialLoss};
use crate::ids::{Seq, TrialId};
use crate::math::wire::Wire;
use crate::model::Outputs;
use crate::scheduler::{Outcome, Record, Verdict, What};
use crate::spec::{Cells, Data, Study, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fold of the fit of one trial: the best so far, or a chosen one. It keeps the outputs of that
/// trial and of pending ones only.
#[derive(Debug, Clone, Default)]
pub struct Fit {
    chosen: Option<TrialId>,
    study: Option<Box<Study>>,
    pending: BTreeMap<TrialId, BTreeMap<u32, Outputs>>,
    shown: Option<Shown>,
}

#[derive(Debug, Clone)]
struct Shown {
    trial: TrialId,
    loss: TrialLoss,
    replicates: BTreeMap<u32, Outputs>,
}

/// What replicates lead to expect, over replicates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// Mean over replicates.
    pub mean: Wire,
    /// Smallest of a replicate.
    pub low: Wire,
    /// Largest of a replicate.
    pub high: Wire,
}

/// One data row beside what the trial leads to expect for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitRow {
    /// What tells the row apart, one for each of the target's [`TargetFit::columns`].
    pub labels: Vec<Plain>,
    /// Observed value.
    pub observed: Wire,
    /// Observed trials, population or exposure.
    pub observed_size: Option<f64>,
    /// Expected value, in the unit of the observed one: after scale and profiled factors, and for
    /// likelihoods with sizes or draws that of the observed size or sum.
    pub expected: Band,
    /// For measures whose draws have several rows: the share of the draw that was observed.
    pub observed_share: Option<f64>,
    /// And the share that is expected.
    pub expected_share: Option<Band>,
}

/// Fit of one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetFit {
    /// Name of the target.
    pub target: String,
    /// Its loss, unweighted.
    pub loss: f64,
    /// Columns of the data that tell rows apart.
    pub columns: Vec<String>,
    /// The data rows, in the order of the data; empty for a target without data.
    pub rows: Vec<FitRow>,
    /// Name of the profiled factor, if there is one.
    pub factor: Option<String>,
    /// Profiled factors, one for each group in order of first appearance in the data.
    pub factors: Vec<f64>,
    /// What tells their groups apart: for each factor the values of the columns that it is profiled
    /// by. Empty lists for a single factor.
    pub factor_groups: Vec<Vec<Plain>>,
}

/// Fit of one trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitSummary {
    /// Its number.
    pub trial: TrialId,
    /// Its loss.
    pub loss: f64,
    /// Replicates behind it.
    pub replicates: u32,
    /// One for each target, in the order of the study.
    pub targets: Vec<TargetFit>,
}

impl Fit {
    /// The fit of `trial` instead of the best one.
    pub fn of_trial(trial: TrialId) -> Fit {
        Fit { chosen: Some(trial), ..Fit::default() }
    }

    /// The fit; none while the trial has no loss, or if it was not simulated by this study (an
    /// imported one, or one that a caller ran).
    ///
    /// # Errors
    /// A sentence fragment on outputs in the journal that do not suit the study's targets.
    pub fn summary(&self) -> Result<Option<FitSummary>, String> {
        let (Some(study), Some(shown)) = (&self.study, &self.shown) else { return Ok(None) };
        if shown.replicates.is_empty() {
            return Ok(None);
        }
        let evaluator = Evaluator::new(&study.targets);
        let aligned = shown.replicates.values().map(|outputs| evaluator.align(outputs));
        let aligned = aligned.collect::<Result<Vec<_>, _>>()?;
        let expected = evaluator.expected(&aligned, &shown.loss.targets);
        let targets = study.targets.iter().zip(&shown.loss.targets).zip(&expected);
        Ok(Some(FitSummary {
            trial: shown.trial,
            loss: shown.loss.loss,
            replicates: u32::try_from(aligned.len()).unwrap_or(u32::MAX),
            targets: targets.map(|((target, loss), rows)| target_fit(target, loss, rows)).collect(),
        }))
    }

    fn told(&mut self, trial: TrialId, verdict: &Verdict) {
        let replicates = self.pending.remove(&trial).unwrap_or_default();
        let Verdict::Complete(loss) = verdict else { return };
        let wanted = match (self.chosen, &self.shown) {
            (Some(chosen), _) => chosen == trial,
            (None, Some(shown)) => loss.loss < shown.loss.loss,
            (None, None) => true,
        };
        if wanted {
            self.shown = Some(Shown { trial, loss: loss.clone(), replicates });
        }
    }
}

impl Fold for Fit {
    fn observe(&mut self, _seq: Seq, record: &Record) {
        match &record.what {
            What::Opened { study, .. } => self.study = Some(study.clone()),
            What::Ended { attempt, outcome: Outcome::Completed(outputs), .. } => {
                let replicates = self.pending.entry(attempt.trial).or_default();
                replicates.insert(attempt.replicate, outputs.clone());
            }
            What::Told { trial, verdict } | What::Imported { trial, verdict, .. } => {
                self.told(*trial, verdict)
            }
            _ => {}
        }
    }
}

fn target_fit(target: &Target, loss: &TargetLoss, rows: &[ExpectedRow]) -> TargetFit {
    let columns = target.data.as_ref().map_or_else(Vec::new, index_columns);
    let present = |(row, expected): (usize, &ExpectedRow)| {
        let data = target.data.as_ref();
        let labels =
            data.map_or_else(Vec::new, |data| columns.iter().map(|name| label(data, name, row)).collect());
        fit_row(labels, expected)
    };
    TargetFit {
        target: target.name.clone(),
        loss: loss.loss,
        rows: rows.iter().enumerate().map(present).collect(),
        factor: target.scale.profile.as_ref().map(|profile| profile.name.clone()),
        factors: loss.factors.clone(),
        factor_groups: factor_groups(target),
        columns,
    }
}

/// The groups of the profiled factor in order of first appearance in the data.
fn factor_groups(target: &Target) -> Vec<Vec<Plain>> {
    let (Some(profile), Some(data)) = (&target.scale.profile, &target.data) else { return Vec::new() };
    let mut groups: Vec<Vec<Plain>> = Vec::new();
    for row in 0..data.table.rows() {
        let group = profile.by.iter().map(|column| label(data, column, row)).collect();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// The columns that the rows are aligned on or cut into draws by, each once.
fn index_columns(data: &Data) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for column in data.group.iter().chain(data.align.iter().map(|(_, column)| column)) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

fn label(data: &Data, column: &str, row: usize) -> Plain {
    let cells = data.table.column(column).map(|column| &column.cells);
    match cells {
        Some(Cells::Text(cells)) => Plain::Text(cells.get(row).cloned().unwrap_or_default()),
        Some(Cells::Int(cells)) => Plain::Int(cells.get(row).copied().unwrap_or_default()),
        Some(Cells::Float(cells)) => Plain::Float(Wire(cells.get(row).copied().unwrap_or(f64::NAN))),
        None => Plain::Text(String::new()),
    }
}

fn fit_row(labels: Vec<Plain>, row: &ExpectedRow) -> FitRow {
    FitRow {
        labels,
        observed: Wire(row.observed),
        observed_size: row.observed_size,
        expected: band(&row.expected, 1.0),
        observed_share: row.draw_total.map(|total| row.observed / total),
        expected_share: row.draw_total.map(|total| band(&row.expected, total)),
    }
}

/// Mean and range of `values / whole`; all NaN if a value is.
fn band(values: &[f64], whole: f64) -> Band {
    let mean = values.iter().sum::<f64>() / values.len() as f64 / whole;
    if mean.is_nan() {
        return Band { mean: Wire(mean), low: Wire(mean), high: Wire(mean) };
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min) / whole;
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) / whole;
    Band { mean: Wire(mean), low: Wire(low), high: Wire(high) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::spec::{Column, Measure, Profile, Table};

    fn shares_of(values: [f64; 2]) -> Outputs {
        let ages = Column { name: "age".into(), cells: Cells::Int(vec![0, 5]) };
        let values = Column { name: "value".into(), cells: Cells::Float(values.to_vec()) };
        Outputs(vec![Table { name: "out".into(), columns: vec![ages, values] }])
    }

    fn study_of_shares() -> Study {
        let ages = Column { name: "age_years".into(), cells: Cells::Int(vec![0, 5]) };
        let cases = Column { name: "cases".into(), cells: Cells::Float(vec![10.0, 30.0]) };
        let data = Data {
            table: Table { name: "data".into(), columns: vec![ages, cases] },
            observed: "cases".into(),
            observed_size: None,
            align: vec![("age".into(), "age_years".into())],
            group: vec![],
        };
        let shares = Target { data: Some(data), measure: Measure::Multinomial, ..target("shares") };
        Study { targets: vec![shares], ..study() }
    }

    fn records() -> Vec<Record> {
        let run = |trial, replicate, values| {
            ended(1, attempt(trial, replicate, 0), 0, 0, 1, Outcome::Completed(shares_of(values)))
        };
        vec![
            opened(study_of_shares()),
            asked(0, 0, 1),
            asked(0, 1, 1),
            run(0, 1, [1.0, 3.0]),
            run(1, 0, [1.0, 0.0]),
            run(0, 0, [1.0, 1.0]),
            told(2, 0, complete(5.0, 0.1)),
            told(3, 1, complete(9.0, 0.1)),
        ]
    }

    #[test]
    fn the_best_trial_is_compared_with_the_data() {
        let fit = Fit::of(&records()).summary().unwrap().unwrap();
        assert_eq!((fit.trial, fit.replicates, fit.loss), (TrialId(0), 2, 5.0));
        let shares = &fit.targets[0];
        assert_eq!((shares.target.as_str(), &shares.columns), ("shares", &vec!["age_years".to_owned()]));
        let row = &shares.rows[0];
        assert_eq!((&row.labels, row.observed), (&vec![Plain::Int(0)], Wire(10.0)));
        assert_eq!(row.expected, Band { mean: Wire(15.0), low: Wire(10.0), high: Wire(20.0) });
        assert_eq!(row.observed_share, Some(0.25));
        assert_eq!(row.expected_share, Some(Band { mean: Wire(0.375), low: Wire(0.25), high: Wire(0.5) }));
    }

    #[test]
    fn the_groups_of_a_factor_are_named_in_the_order_of_the_data() {
        let mut target = study_of_shares().targets.remove(0);
        assert!(factor_groups(&target).is_empty(), "no factor");
        let profile = Profile { name: "rate".into(), by: vec!["age_years".into()], low: 0.0, high: 1.0 };
        target.scale.profile = Some(profile.clone());
        assert_eq!(factor_groups(&target), [[Plain::Int(0)], [Plain::Int(5)]]);
        target.scale.profile = Some(Profile { by: vec![], ..profile });
        assert_eq!(factor_groups(&target), [vec![]]);
    }

    #[test]
    fn any_trial_can_be_chosen() {
        let mut fit = Fit::of_trial(TrialId(1));
        for (seq, record) in (1..).map(Seq).zip(&records()) {
            fit.observe(seq, record);
        }
        let summary = fit.summary().unwrap().unwrap();
        assert_eq!((summary.trial, summary.targets[0].rows[1].expected.mean), (TrialId(1), Wire(0.0)));
    }

    #[test]
    fn there_is_no_fit_without_a_loss_or_without_simulations() {
        assert_eq!(Fit::of(&records()[..6]).summary(), Ok(None));
        assert_eq!(Fit::of(&[opened(study()), imported(1, 0, complete(1.0, 0.1))]).summary(), Ok(None));
    }

    #[test]
    fn outputs_that_do_not_suit_the_targets_are_an_error() {
        let mut records = records();
        records[3] = ended(1, attempt(0, 1, 0), 0, 0, 1, done());
        assert!(Fit::of(&records).summary().unwrap_err().contains("shares"));
    }

    #[test]
    fn only_what_may_be_shown_is_kept() {
        let fit = Fit::of(&records());
        assert!(fit.pending.is_empty());
    }
}
