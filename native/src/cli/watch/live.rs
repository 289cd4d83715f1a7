//! The folds behind every display.

use freerun::ids::{Seq, Tick, TrialId};
use freerun::scheduler::Record;
use freerun::spec::Space;
use freerun::view::{
    AtBound, Best, BestTrial, FailureSummary, Failures, Fold, Progress, ProgressSummary, TrialRow,
};
use serde_json::json;

/// Everything that is shown of a study.
#[derive(Default)]
pub struct Live {
    last: Seq,
    now: Tick,
    progress: Progress,
    best: Best,
    failures: Failures,
}

impl Live {
    /// Takes note of records from `first` on.
    pub fn observe(&mut self, first: Seq, records: &[Record]) {
        let mut seq = first;
        for record in records {
            self.progress.observe(seq, record);
            self.best.observe(seq, record);
            self.failures.observe(seq, record);
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

    /// All of it.
    pub fn to_json(&self) -> serde_json::Value {
        json!({"progress": self.progress(), "best": self.best(), "failures": self.failures()})
    }
}
