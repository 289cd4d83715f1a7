//! Progress as lines of text, for logs: every few seconds, or every tenth of the budget.

use super::Live;
use crate::cli::{out, text};
use crate::run::Watch;
use freerun::ids::{Seq, Tick};
use freerun::scheduler::{Record, Rejected};
use freerun::view::ProgressSummary;

const EVERY_US: u64 = 5_000_000;

/// The display.
pub struct Lines {
    /// What has been seen.
    pub live: Live,
    said_at: Tick,
    said_tenth: u64,
}

impl Lines {
    /// Goes on from what has been seen.
    pub fn new(live: Live) -> Lines {
        let said_tenth = tenth(&live.progress());
        Lines { said_at: live.last_at(), live, said_tenth }
    }
}

impl Watch for Lines {
    fn recovered(&mut self, records: &[Record]) {
        self.live.observe(Seq(1), records);
    }

    fn records(&mut self, first: Seq, records: &[Record]) {
        self.live.observe(first, records);
    }

    fn tick(&mut self, now: Tick) {
        self.live.tick(now);
        let progress = self.live.progress();
        let tenth = tenth(&progress);
        if tenth == self.said_tenth && now.since_us(self.said_at) < EVERY_US {
            return;
        }
        (self.said_at, self.said_tenth) = (now, tenth);
        out::note(sentence(&progress));
    }

    fn note(&mut self, message: &str) {
        out::note(message);
    }

    fn rejected(&mut self, why: &Rejected) {
        out::note(why.to_string());
    }
}

fn tenth(progress: &ProgressSummary) -> u64 {
    u64::from(progress.trials_told) * 10 / u64::from(progress.trials_budget.max(1))
}

/// Progress in one line.
pub fn sentence(progress: &ProgressSummary) -> String {
    let mut parts = vec![format!("{}/{} trials", progress.trials_told, progress.trials_budget)];
    if let Some(best) = &progress.best {
        parts.push(format!("best {} (trial {})", text::with_error(best.loss, best.se), best.trial.0));
    }
    if progress.trials_failed > 0 {
        parts.push(format!("{} failed", progress.trials_failed));
    }
    parts.push(format!("{} in flight", progress.trials_pending));
    if let Some(rate) = progress.trials_per_minute {
        parts.push(format!("{} trials/min", text::rate(rate)));
    }
    if let Some(utilisation) = progress.utilisation {
        parts.push(format!("{} busy", text::percent(utilisation)));
    }
    if let Some(left_us) = progress.time_left_us {
        parts.push(format!("{} left", text::time(left_us)));
    }
    parts.join(", ")
}
