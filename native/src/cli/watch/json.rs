//! A run as JSON lines: each finished trial once it is durable, progress, and remarks. Every line is
//! an object with `event`: `trial` (a trial), `progress` or `note`; `freerun run` adds `start` and
//! `end`.

use crate::cli::out;
use crate::run::Watch;
use freerun::ids::{Seq, Tick};
use freerun::scheduler::{Record, Rejected, What};
use freerun::view::Live;
use serde::Serialize;
use serde_json::json;

const EVERY_US: u64 = 2_000_000;

/// The display.
#[derive(Default)]
pub struct JsonLines {
    /// What has been seen.
    pub live: Live,
    said_at: Tick,
}

/// A line.
#[derive(Serialize)]
struct Line<T: Serialize> {
    event: &'static str,
    #[serde(flatten)]
    of: T,
}

impl Watch for JsonLines {
    fn recovered(&mut self, records: &[Record]) {
        self.live.observe(Seq(1), records);
    }

    fn records(&mut self, first: Seq, records: &[Record]) {
        self.live.observe(first, records);
        for record in records {
            if let What::Told { trial, .. } | What::Imported { trial, .. } = &record.what
                && let Some(of) = self.live.trial(*trial)
            {
                out::json(&Line { event: "trial", of });
            }
        }
    }

    fn tick(&mut self, now: Tick) {
        self.live.tick(now);
        if now.since_us(self.said_at) >= EVERY_US {
            self.said_at = now;
            out::json(&Line { event: "progress", of: self.live.progress() });
        }
    }

    fn note(&mut self, message: &str) {
        out::json(&json!({"event": "note", "message": message}));
    }

    fn rejected(&mut self, why: &Rejected) {
        self.note(&why.to_string());
    }
}
