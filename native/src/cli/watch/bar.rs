//! Progress as a bar on a terminal: its last line, drawn again when it changes. The cursor stays at
//! the end of the text, so that the `^C` of a terminal is wiped with the line.

use super::lines::fitting;
use crate::run::Watch;
use console::Term;
use freerun::ids::{Seq, Tick};
use freerun::scheduler::{Record, Rejected};
use freerun::view::Live;

/// Characters of the bar.
const BAR: usize = 16;
/// Characters that are neither bar nor text: a blank, and room for a `^C`.
const BESIDE: usize = 4;

/// The display.
pub struct Bar {
    live: Live,
    terminal: Term,
    drawn: String,
}

impl Bar {
    /// An empty bar.
    pub fn new() -> Bar {
        Bar { live: Live::default(), terminal: Term::stderr(), drawn: String::new() }
    }

    /// Removes the bar.
    pub fn into_live(mut self) -> Live {
        self.wipe();
        self.live
    }

    /// A terminal that went away is no reason to stop a study.
    fn wipe(&mut self) {
        if !self.drawn.is_empty() {
            let _ = self.terminal.clear_line();
            self.drawn.clear();
        }
    }

    fn draw(&mut self) {
        let progress = self.live.progress();
        let width = self.terminal.size_checked().map_or(80, |(_, columns)| usize::from(columns));
        let done = progress.trials_told as usize * BAR / progress.trials_budget.max(1) as usize;
        let text = fitting(&progress, width.saturating_sub(BAR + BESIDE));
        let line = format!("{} {text}", bar(done.min(BAR)));
        if line != self.drawn {
            self.wipe();
            let _ = self.terminal.write_str(&line);
            self.drawn = line;
        }
    }
}

fn bar(done: usize) -> String {
    "█".repeat(done) + &"░".repeat(BAR - done)
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
        self.draw();
    }

    fn note(&mut self, message: &str) {
        let drawn = !self.drawn.is_empty();
        self.wipe();
        let _ = self.terminal.write_line(message);
        if drawn {
            self.draw();
        }
    }

    fn rejected(&mut self, why: &Rejected) {
        self.note(&why.to_string());
    }
}
