//! Who looks on: a function of JavaScript that gets plain objects, at most some times a second. What
//! it is shown are the folds of `view` over durable records, and nothing else.

use crate::ids::{Seq, Tick, TrialId};
use crate::scheduler::{Record, What};
use crate::view::{Best, BestTrial, FailureSummary, Failures, Fold, Progress, ProgressSummary, TrialRow};
use serde::Serialize;
use std::collections::BTreeSet;
use wasm_bindgen::JsValue;

/// How often the onlooker is shown something new.
const SHOW_EVERY_US: u64 = 100_000;
/// How often the onlooker is shown that time passes.
const TICK_EVERY_US: u64 = 1_000_000;

/// What an onlooker is told.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Shown<'a> {
    /// Where the study stands.
    View(Box<View>),
    /// A sentence for a person.
    Note {
        /// The sentence.
        text: &'a str,
    },
}

/// Where a study stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// How far it is.
    pub progress: ProgressSummary,
    /// The best trial, if there is one.
    pub best: Option<BestTrial>,
    /// What went wrong.
    pub failures: FailureSummary,
    /// Trials that are new or have changed since the last view.
    pub changed: Vec<TrialRow>,
    /// Durable records.
    pub records: Seq,
}

/// The folds, and whom they are shown to.
pub struct Watch {
    report: js_sys::Function,
    progress: Progress,
    best: Best,
    failures: Failures,
    changed: BTreeSet<TrialId>,
    last: Seq,
    shown_us: u64,
    /// Whether there is something new.
    stale: bool,
}

impl Watch {
    /// Shows to `report`.
    pub fn new(report: js_sys::Function) -> Watch {
        Watch {
            report,
            progress: Progress::default(),
            best: Best::default(),
            failures: Failures::default(),
            changed: BTreeSet::new(),
            last: Seq(0),
            shown_us: 0,
            stale: false,
        }
    }

    /// Takes note of durable records, from `first` on.
    pub fn records(&mut self, first: Seq, records: &[Record]) {
        let mut seq = first;
        for record in records {
            self.progress.observe(seq, record);
            self.best.observe(seq, record);
            self.failures.observe(seq, record);
            self.changed.extend(touched(record));
            self.last = seq;
            seq = seq.next();
        }
        self.stale = true;
    }

    /// Shows where the study stands, unless it was shown a moment ago.
    pub fn show(&mut self, now: Tick, now_us: u64) {
        let since_us = now_us.saturating_sub(self.shown_us);
        if since_us >= TICK_EVERY_US || (self.stale && since_us >= SHOW_EVERY_US) {
            self.shown_us = now_us;
            self.show_now(now);
        }
    }

    /// Shows where the study stands.
    pub fn show_now(&mut self, now: Tick) {
        self.stale = false;
        let trials = self.best.trials();
        let changed = std::mem::take(&mut self.changed);
        let view = View {
            progress: self.progress.summary(now),
            best: self.best.summary(),
            failures: self.failures.summary(),
            changed: changed.into_iter().filter_map(|trial| trials.row(trial)).collect(),
            records: self.last,
        };
        self.tell(&Shown::View(Box::new(view)));
    }

    /// When the last record was written.
    pub fn last_at(&self) -> Tick {
        self.progress.last_at()
    }

    /// Tells a sentence.
    pub fn note(&self, text: &str) {
        self.tell(&Shown::Note { text });
    }

    /// Tells anything that is a plain object with a `kind`.
    pub fn tell(&self, shown: &impl Serialize) {
        if let Ok(shown) = super::api::to_js(shown) {
            // An onlooker that throws must not end the study.
            let _ = self.report.call1(&JsValue::UNDEFINED, &shown);
        }
    }
}

/// The trial that a record changes.
fn touched(record: &Record) -> Option<TrialId> {
    match &record.what {
        What::Asked { trial, .. } | What::Told { trial, .. } | What::Imported { trial, .. } => Some(*trial),
        What::Ended { attempt, .. } => Some(attempt.trial),
        _ => None,
    }
}
