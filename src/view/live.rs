//! The folds behind every display, kept up to date while records come in: what a terminal or a page
//! shows of one study at any moment, and which trials changed since it last looked.

use super::{AtBound, Best, BestTrial, FailureSummary, Failures, Fold, Progress, ProgressSummary, TrialRow};
use crate::ids::{Seq, Tick, TrialId};
use crate::scheduler::{Record, What};
use crate::spec::Space;
use serde::Serialize;
use std::collections::BTreeSet;

/// Everything that is shown of a study.
#[derive(Debug, Clone, Default)]
pub struct Live {
    last: Seq,
    now: Tick,
    progress: Progress,
    best: Best,
    failures: Failures,
    changed: BTreeSet<TrialId>,
}

/// A study at one moment, without its list of trials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// How many records it is of.
    pub records: Seq,
    /// How far it is.
    pub progress: ProgressSummary,
    /// The best trial, if one has a loss.
    pub best: Option<BestTrial>,
    /// What went wrong.
    pub failures: FailureSummary,
}

impl Live {
    /// Takes note of records from `first` on, which must be one more than the last one seen.
    pub fn observe(&mut self, first: Seq, records: &[Record]) {
        let mut seq = first;
        for record in records {
            self.progress.observe(seq, record);
            self.best.observe(seq, record);
            self.failures.observe(seq, record);
            self.changed.extend(touched(record));
            self.last = seq;
            seq = seq.next();
        }
        self.now = self.now.max(self.progress.last_at());
    }

    /// Time passes.
    pub fn tick(&mut self, now: Tick) {
        self.now = self.now.max(now);
    }

    /// The last record seen.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// When it was written.
    pub fn last_at(&self) -> Tick {
        self.progress.last_at()
    }

    /// How far the study is.
    pub fn progress(&self) -> ProgressSummary {
        self.progress.summary(self.now)
    }

    /// The best trial, if there is one.
    pub fn best(&self) -> Option<BestTrial> {
        self.best.summary()
    }

    /// The parameters of the study.
    pub fn space(&self) -> &Space {
        self.best.trials().space()
    }

    /// The parameters of `trial` that sit at an end of their range.
    pub fn at_bounds(&self, trial: &TrialRow) -> Vec<AtBound> {
        self.best.at_bounds(trial)
    }

    /// What went wrong.
    pub fn failures(&self) -> FailureSummary {
        self.failures.summary()
    }

    /// One trial.
    pub fn trial(&self, trial: TrialId) -> Option<TrialRow> {
        self.best.trials().row(trial)
    }

    /// All trials, by number.
    pub fn trials(&self) -> Vec<TrialRow> {
        self.best.trials().rows()
    }

    /// The trials that differ from what they were at the last call, by number; at first all of them.
    /// Costs as much as there are of them, however many trials the study has.
    pub fn changed(&mut self) -> Vec<TrialRow> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().filter_map(|trial| self.trial(trial)).collect()
    }

    /// All but the list of trials.
    pub fn overview(&self) -> Overview {
        Overview {
            records: self.last,
            progress: self.progress(),
            best: self.best(),
            failures: self.failures(),
        }
    }
}

/// The trial whose row `record` changes.
fn touched(record: &Record) -> Option<TrialId> {
    match &record.what {
        What::Asked { trial, .. } | What::Told { trial, .. } | What::Imported { trial, .. } => Some(*trial),
        What::Ended { attempt, .. } => Some(attempt.trial),
        What::Opened { .. }
        | What::Session { .. }
        | What::Slots { .. }
        | What::Launched { .. }
        | What::Amended(_)
        | What::Commanded(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Trials;
    use super::super::testing::*;
    use super::*;

    /// Rows of the trials as a display has them that only ever takes what changed.
    #[test]
    fn changed_rows_add_up_to_all_rows_after_every_record() {
        let records = two_trials_on_two_slots();
        let mut live = Live::default();
        let mut shown = std::collections::BTreeMap::new();
        for (position, record) in records.iter().enumerate() {
            let before = shown.clone();
            live.observe(live.last().next(), std::slice::from_ref(record));
            for row in live.changed() {
                assert_ne!(before.get(&row.trial), Some(&row), "record {}", position + 1);
                shown.insert(row.trial, row);
            }
            let rows: Vec<TrialRow> = shown.values().cloned().collect();
            assert_eq!(rows, Trials::of(&records[..=position]).rows(), "record {}", position + 1);
        }
        assert!(live.changed().is_empty());
    }

    #[test]
    fn an_imported_trial_has_changed_and_a_late_look_has_all() {
        let mut live = Live::default();
        live.observe(Seq(1), &[opened(study()), imported(7, 0, complete(1.0, 0.5)), asked(8, 1, 1)]);
        let numbers: Vec<_> = live.changed().iter().map(|row| row.trial).collect();
        assert_eq!(numbers, [TrialId(0), TrialId(1)]);
    }

    #[test]
    fn the_overview_is_of_the_last_record_and_the_latest_time() {
        let records = two_trials_on_two_slots();
        let mut live = Live::default();
        live.observe(Seq(1), &records);
        live.tick(Tick(6_000_000));
        let overview = live.overview();
        assert_eq!(overview.records, Seq(records.len() as u64));
        assert_eq!(overview.progress.run_time_us, 6_000_000);
        assert_eq!(overview.best.as_ref().map(|best| best.trial.trial), Some(TrialId(0)));
        let json = serde_json::to_value(&overview).unwrap();
        assert_eq!((&json["records"], &json["best"]["loss"]), (&15.into(), &3.0.into()));
        assert_eq!(json["failures"]["trials"][0]["trials"], serde_json::json!([1]));
    }
}
