//! Re-derives a whole journal: every ask from what its sampler had observed, every loss from its
//! replicates' outputs, bit for bit.

use super::state::{CorruptJournal, State, same_point};
use super::{Origin, Record, Verdict, Versions, What};
use crate::ids::{Seq, TrialId};
use crate::rng::{self, Purpose, Stream};
use crate::sampler::{self, Sampler};
use crate::spec::Point;

/// What an audit found.
#[derive(Debug, Clone, PartialEq)]
pub enum Audit {
    /// Every ask and every loss is what this program derives from the records before it.
    Clean {
        /// Trials asked.
        trials: u32,
        /// Asks of the sampler that were re-derived.
        asks: u32,
        /// Losses that were re-derived.
        losses: u32,
    },
    /// This one is not.
    Diverged {
        /// The trial.
        trial: TrialId,
        /// The record.
        seq: Seq,
        /// What the journal says and what follows from the records before.
        difference: String,
    },
    /// The records were made with other versions than this program's.
    NotRederivable {
        /// What they were made with.
        made_by: String,
        /// What this program has.
        this_is: String,
    },
    /// No run of this program can have written these records.
    Corrupt(CorruptJournal),
}

/// Audits `records`, which are a whole journal from its first record on.
pub fn audit(records: &[Record]) -> Audit {
    let opened = records.first().map(State::opened);
    let missing = CorruptJournal { seq: Seq(1), reason: "there is no record".to_owned() };
    let mut state = match opened.unwrap_or(Err(missing)) {
        Ok(state) => state,
        Err(corrupt) => return Audit::Corrupt(corrupt),
    };
    let study = &state.study;
    let mut sampler = sampler::build(&study.sampler, study.space(), study.seed);
    if let Some(foreign) = foreign(&state.versions, sampler.version()) {
        return foreign;
    }
    let (mut asks, mut losses) = (0, 0);
    for record in &records[1..] {
        let seq = state.last.next();
        let found = match &record.what {
            What::Asked { trial, point, origin: Origin::Sampler, saw, .. } => {
                asks += 1;
                check_ask(&mut state, &mut *sampler, *trial, point, *saw)
                    .map(|difference| (*trial, difference))
            }
            What::Told { trial, verdict } => {
                let derived = state.verdict(*trial);
                losses += u32::from(derived.is_some());
                check_told(derived, verdict).map(|difference| (*trial, difference))
            }
            _ => None,
        };
        if let Some((trial, difference)) = found {
            return Audit::Diverged { trial, seq, difference };
        }
        if let Err(corrupt) = state.apply(record) {
            return Audit::Corrupt(corrupt);
        }
        for observation in state.news.drain(..) {
            sampler.observe(&observation);
        }
    }
    Audit::Clean { trials: state.trials.len() as u32, asks, losses }
}

fn foreign(made_by: &Versions, sampler: &str) -> Option<Audit> {
    let differs = made_by.sampler != sampler || made_by.streams != rng::VERSION;
    differs.then(|| Audit::NotRederivable {
        made_by: format!("{} with streams/{}", made_by.sampler, made_by.streams),
        this_is: format!("{sampler} with streams/{}", rng::VERSION),
    })
}

fn check_ask(
    state: &mut State,
    sampler: &mut dyn Sampler,
    trial: TrialId,
    point: &Point,
    saw: Seq,
) -> Option<String> {
    state.feed.open(trial, saw, &mut state.news);
    for observation in state.news.drain(..) {
        sampler.observe(&observation);
    }
    let derived = sampler.propose(trial, Stream::new(state.study.seed, Purpose::Ask, trial.0, 0));
    if same_point(&derived, point) {
        return None;
    }
    let differing = derived.0.iter().zip(&point.0).position(|(&a, &b)| !a.same(b)).unwrap_or(0);
    let name = state.study.space().0.get(differing).map_or("?", |parameter| &parameter.name);
    let show = |point: &Point| {
        point.0.get(differing).map_or("nothing".to_owned(), |value| value.as_f64().to_string())
    };
    Some(format!("`{name}` is {} in the journal, {} when asked again", show(point), show(&derived)))
}

/// `derived` is `None` for a trial that a caller ran: its verdict cannot be derived.
fn check_told(derived: Option<Verdict>, verdict: &Verdict) -> Option<String> {
    let derived = derived?;
    // Text equality is bit equality here, and equal for NaN.
    let text = |verdict: &Verdict| serde_json::to_string(verdict).unwrap_or_default();
    let (was, is) = (text(verdict), text(&derived));
    (was != is).then(|| format!("the verdict is {was} in the journal, {is} when evaluated again"))
}
