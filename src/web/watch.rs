//! Who looks on: a function of JavaScript that gets plain objects, at most some times a second. What
//! it is shown are the folds of `view` over durable records, and nothing else.

use crate::ids::{Seq, Tick};
use crate::scheduler::Record;
use crate::view::{Live, Overview, TrialRow};
use serde::Serialize;
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
pub struct View {
    #[serde(flatten)]
    overview: Overview,
    /// Trials that are new or have changed since the last view.
    changed: Vec<TrialRow>,
}

/// The folds, and whom they are shown to.
pub struct Watch {
    report: js_sys::Function,
    live: Live,
    shown_us: u64,
    /// Whether there is something new.
    stale: bool,
}

impl Watch {
    /// Shows to `report`.
    pub fn new(report: js_sys::Function) -> Watch {
        Watch { report, live: Live::default(), shown_us: 0, stale: false }
    }

    /// Takes note of durable records, from `first` on.
    pub fn records(&mut self, first: Seq, records: &[Record]) {
        self.live.observe(first, records);
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
        self.live.tick(now);
        let view = View { overview: self.live.overview(), changed: self.live.changed() };
        self.tell(&Shown::View(Box::new(view)));
    }

    /// When the last record was written.
    pub fn last_at(&self) -> Tick {
        self.live.last_at()
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
