//! Who looks on while a study runs: a bar on a terminal, lines elsewhere, JSON on request. All three
//! show the folds of `freerun::view`.

mod bar;
mod json;
mod lines;

pub use bar::Bar;
pub use json::JsonLines;
pub use lines::Lines;

use crate::run::Watch;
use freerun::view::Live;
use std::io::IsTerminal;

/// How a run is shown.
pub enum Shown {
    /// A bar.
    Bar(Box<Bar>),
    /// Lines.
    Lines(Box<Lines>),
    /// JSON lines.
    Json(Box<JsonLines>),
}

impl Shown {
    /// The bar on a terminal, lines elsewhere, JSON lines if asked for.
    pub fn new(json: bool) -> Shown {
        if json {
            Shown::Json(Box::default())
        } else if std::io::stderr().is_terminal() {
            Shown::Bar(Box::new(Bar::new()))
        } else {
            Shown::Lines(Box::new(Lines::new(Live::default())))
        }
    }

    /// For the loop.
    pub fn watch(&mut self) -> &mut dyn Watch {
        match self {
            Shown::Bar(bar) => &mut **bar,
            Shown::Lines(lines) => &mut **lines,
            Shown::Json(json) => &mut **json,
        }
    }

    /// What has been seen; the bar, if there is one, is removed.
    pub fn into_live(self) -> Live {
        match self {
            Shown::Bar(bar) => bar.into_live(),
            Shown::Lines(lines) => lines.live,
            Shown::Json(json) => json.live,
        }
    }
}
