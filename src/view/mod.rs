//! What people want to know of a study, as folds of its journal: progress, trials, the best of
//! them, a timeline, failures. Plain data for the terminal, the page and `--json`; nothing here
//! draws, reads a clock or knows where the records come from. A live run, a file and a virtual run
//! all give the same views.
//!
//! A [`Fold`] takes records one at a time, in order, and may be asked for its summary at any
//! moment. Only durable records are to be shown to it.

mod parameters;
mod slot_time;

mod best;
mod failures;
mod fit;
mod live;
mod outline;
mod progress;
mod timeline;
mod trials;

pub use best::*;
pub use failures::*;
pub use fit::*;
pub use live::*;
pub use outline::*;
pub use parameters::*;
pub use progress::*;
pub use timeline::*;
pub use trials::*;

use crate::ids::Seq;
use crate::scheduler::Record;

/// Something that a journal adds up to.
pub trait Fold: Default {
    /// Takes note of the next record. `seq` must be one more than in the call before; the first
    /// record of a journal has `Seq(1)`.
    fn observe(&mut self, seq: Seq, record: &Record);

    /// The fold of a whole journal, or of its first records.
    fn of(records: &[Record]) -> Self {
        let mut fold = Self::default();
        let mut seq = Seq::default();
        for record in records {
            seq = seq.next();
            fold.observe(seq, record);
        }
        fold
    }
}

#[cfg(test)]
mod testing;
