//! Progress as lines of text, for logs: every few seconds, or every tenth of the budget.

use crate::cli::{out, text};
use crate::run::Watch;
use freerun::ids::{Seq, Tick};
use freerun::scheduler::{Record, Rejected};
use freerun::view::{Live, ProgressSummary};

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
    fitting(progress, usize::MAX)
}

/// Progress in one line of at most `width` characters: what matters least is left out first.
pub fn fitting(progress: &ProgressSummary, width: usize) -> String {
    let parts = parts(progress);
    let mut order: Vec<&Part> = parts.iter().collect();
    order.sort_by_key(|part| part.rank);
    let joined = |rank: u8| {
        let kept = parts.iter().filter(|part| part.rank <= rank).map(|part| part.text.as_str());
        kept.collect::<Vec<_>>().join(", ")
    };
    let fits = |rank: &u8| joined(*rank).chars().count() <= width;
    joined(order.iter().rev().map(|part| part.rank).find(fits).unwrap_or(0))
}

/// A part of the line; the lower its rank, the longer it stays.
struct Part {
    rank: u8,
    text: String,
}

fn parts(progress: &ProgressSummary) -> Vec<Part> {
    let part = |rank, text| Part { rank, text };
    let best = progress.best.as_ref();
    let failed = Some(progress.trials_failed).filter(|&failed| failed > 0);
    let all = [
        Some(part(0, format!("{}/{} trials", progress.trials_told, progress.trials_budget))),
        best.map(|best| {
            let loss = text::with_error(best.loss, best.se);
            part(1, format!("best {loss} (trial {})", best.trial.0))
        }),
        failed.map(|failed| part(3, format!("{failed} failed"))),
        Some(part(6, format!("{} in flight", progress.trials_pending))),
        progress.trials_per_minute.map(|rate| part(4, format!("{} trials/min", text::rate(rate)))),
        progress.utilisation.map(|share| part(5, format!("{} busy", text::percent(share)))),
        progress.time_left_us.map(|left| part(2, format!("{} left", text::time(left)))),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use freerun::view::{Fold, Progress};

    #[test]
    fn a_line_that_is_too_long_loses_what_matters_least() {
        let mut progress = Progress::of(&[]).summary(Tick(0));
        (progress.trials_told, progress.trials_budget) = (12, 120);
        (progress.trials_per_minute, progress.time_left_us) = (Some(189.0), Some(34_300_000));
        assert_eq!(sentence(&progress), "12/120 trials, 0 in flight, 189 trials/min, 34.3 s left");
        assert_eq!(fitting(&progress, 50), "12/120 trials, 189 trials/min, 34.3 s left");
        assert_eq!(fitting(&progress, 30), "12/120 trials, 34.3 s left");
        assert_eq!(fitting(&progress, 3), "12/120 trials");
    }
}
