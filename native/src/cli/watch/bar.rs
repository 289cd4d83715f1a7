//! Progress as a bar on a terminal.

use super::Live;
use super::lines::sentence;
use crate::run::Watch;
use freerun::ids::{Seq, Tick};
use freerun::scheduler::{Record, Rejected};
use indicatif::{ProgressBar, ProgressStyle};

/// The display.
pub struct Bar {
    live: Live,
    bar: ProgressBar,
}

impl Bar {
    /// An empty bar.
    pub fn new() -> Bar {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {wide_msg}") {
            bar.set_style(style);
        }
        Bar { live: Live::default(), bar }
    }

    /// Removes the bar.
    pub fn into_live(self) -> Live {
        self.bar.finish_and_clear();
        self.live
    }
}

impl Watch for Bar {
    fn recovered(&mut self, records: &[Record]) {
        self.live.observe(Seq(1), records);
    }

    fn records(&mut self, first: Seq, records: &[Record]) {
        self.live.observe(first, records);
    }

    fn tick(&mut self, now: Tick) {
        self.live.tick(now);
        let progress = self.live.progress();
        self.bar.set_length(u64::from(progress.trials_budget));
        self.bar.set_position(u64::from(progress.trials_told));
        self.bar.set_message(sentence(&progress));
    }

    fn note(&mut self, message: &str) {
        self.bar.println(message);
    }

    fn rejected(&mut self, why: &Rejected) {
        self.note(&why.to_string());
    }
}
