//! Trials for a caller who runs the simulations elsewhere, and points that the caller gives: the same
//! for every platform. Nothing is run here, and what is called returns when all of it is durable. When
//! the store fails in the middle, only the store knows the truth: the study must be taken up again.

mod outputs;
mod point;
#[cfg(test)]
mod testing;
mod verdict;

pub use point::{point_of_pairs, points_of_json};
pub use verdict::verdicts_of_json;

use super::{Asker, Claimed, Store, StoreError};
use crate::ids::{Seq, Tick, TrialId};
use crate::rng::replicate_seed;
use crate::scheduler::{
    Amendment, Command, Effect, Event, Record, Rejected, Runner, Scheduler, StopReason, Unmet, Verdict, What,
};
use crate::spec::{Point, Study};
use crate::view::{Fold, Parameters, TrialState, Trials};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};

/// A study whose caller asks and tells. It is its holder's alone until it is released.
pub struct Conversation<S> {
    claimed: Claimed<S>,
    scheduler: Scheduler,
    asker: Asker,
    /// The trials of all records.
    trials: Trials,
    /// A starting or enqueued point can be a caller's trial, too: its source does not tell.
    given_out: BTreeSet<TrialId>,
    seen: Seq,
    /// What the store said when it failed.
    failed: Option<StoreError>,
}

/// A trial to be run by the caller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AskedTrial {
    /// Its number, by which it is told.
    pub trial: TrialId,
    /// Its parameters.
    pub parameters: Parameters,
    /// The seed of each replicate. Texts, because many readers of JSON round numbers to 53 bits.
    pub seeds: Vec<String>,
}

/// What an ask came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The trials, at most as many as were asked for.
    pub trials: Vec<AskedTrial>,
    /// Why there are no more of them, if there are fewer than were asked for.
    pub short: Option<String>,
}

/// Why a caller's wish was not done; nothing has changed then, unless the store says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallerError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be: a sentence.
    #[error("{0}")]
    Refused(String),
}

impl<S: Store> Conversation<S> {
    /// A conversation over `claimed`, from whose records `scheduler` goes on.
    pub fn new(claimed: Claimed<S>, scheduler: Scheduler) -> Conversation<S> {
        let asker = Asker::of(scheduler.study());
        let mut conversation = Conversation {
            claimed,
            scheduler,
            asker,
            trials: Trials::default(),
            given_out: BTreeSet::new(),
            seen: Seq(0),
            failed: None,
        };
        conversation.look();
        conversation
    }

    /// The study.
    pub fn study(&self) -> &Study {
        self.scheduler.study()
    }

    /// All its records; they are durable.
    pub fn records(&self) -> &[Record] {
        &self.claimed.records
    }

    /// All its trials.
    pub fn trials(&self) -> &Trials {
        &self.trials
    }

    /// Run time of the study: where the clock goes on from.
    pub fn now(&self) -> Tick {
        self.scheduler.now()
    }

    /// What is claimed, for its store.
    pub fn claimed(&mut self) -> &mut Claimed<S> {
        &mut self.claimed
    }

    /// Makes the beginning of the session durable, so that a new study is in the store, and what has
    /// changed of it since the last.
    ///
    /// # Errors
    /// [`StoreError`] of the store.
    pub async fn begin(&mut self, now: Tick, amendment: Option<Amendment>) -> Result<(), StoreError> {
        self.say(now, amendment.into_iter().map(Event::Amend).collect()).await.map(drop)
    }

    /// Begins up to `count` trials for the caller.
    ///
    /// # Errors
    /// [`StoreError`] of the store.
    pub async fn ask(&mut self, now: Tick, count: u32) -> Result<Given, StoreError> {
        // One more than the budget, so that the refusal is heard.
        let most = self.study().budget.trials.saturating_add(1);
        let ask = |_| Event::Command(Command::AskForCaller);
        let conversed = self.say(now, (0..count.min(most)).map(ask).collect()).await?;
        let unmet = self.scheduler.withdraw_asks();
        let study = self.study();
        let trials = conversed.records.iter().filter_map(|record| match &record.what {
            What::Asked { trial, point, runner: Runner::Caller, .. } => Some(asked(study, *trial, point)),
            _ => None,
        });
        let trials: Vec<AskedTrial> = trials.collect();
        let short = match (unmet, conversed.refused) {
            _ if trials.len() as u64 >= u64::from(count) => None,
            (Some(unmet), _) => Some(why(unmet).to_owned()),
            (None, refused) => refused.map(|refused| refused.to_string()),
        };
        Ok(Given { trials, short })
    }

    /// Tells what came of trials that were asked for: of all, or of none.
    ///
    /// # Errors
    /// [`CallerError::Refused`] if one of them does not wait for that.
    pub async fn tell(&mut self, now: Tick, verdicts: Vec<(TrialId, Verdict)>) -> Result<(), CallerError> {
        self.check_asked(&verdicts).map_err(CallerError::Refused)?;
        let tell = |(trial, verdict)| Event::Command(Command::TellByCaller { trial, verdict });
        let conversed = self.say(now, verdicts.into_iter().map(tell).collect()).await?;
        refusal(&conversed)
    }

    /// Has the study try `points` next.
    ///
    /// # Errors
    /// [`CallerError::Refused`] if one of them is no point of the study.
    pub async fn enqueue(&mut self, now: Tick, points: Vec<Point>) -> Result<(), CallerError> {
        let enqueue = |point| Event::Command(Command::Enqueue(point));
        let conversed = self.say(now, points.into_iter().map(enqueue).collect()).await?;
        refusal(&conversed)
    }

    /// The trials that were given out and not told yet.
    pub fn waiting(&self) -> Vec<AskedTrial> {
        let rows = self.given_out.iter().filter_map(|trial| self.trials.row(*trial));
        let pending = rows.filter(|row| row.state == TrialState::Pending);
        pending.map(|row| asked(self.study(), row.trial, &row.point)).collect()
    }

    /// Gives the study back.
    pub async fn release(self) {
        self.claimed.release().await;
    }

    async fn say(&mut self, now: Tick, events: Vec<Event>) -> Result<Conversed, StoreError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = converse(&mut self.claimed, &mut self.scheduler, &mut self.asker, now, events).await;
        self.failed = result.as_ref().err().cloned();
        self.look();
        result
    }

    /// Takes note of records that are new.
    fn look(&mut self) {
        for record in &self.claimed.records[self.seen.0 as usize..] {
            self.seen = self.seen.next();
            self.trials.observe(self.seen, record);
            if let What::Asked { trial, runner: Runner::Caller, .. } = record.what {
                self.given_out.insert(trial);
            }
        }
    }

    /// Each of the trials must wait for its caller and be told once.
    fn check_asked(&self, verdicts: &[(TrialId, Verdict)]) -> Result<(), String> {
        for (position, (trial, _)) in verdicts.iter().enumerate() {
            let number = trial.0;
            let row = self.trials.row(*trial).ok_or_else(|| format!("there is no trial {number}"))?;
            if !self.given_out.contains(trial) {
                return Err(format!("trial {number} was not given out by `ask`"));
            }
            if row.state != TrialState::Pending {
                return Err(format!("trial {number} has been told already"));
            }
            if verdicts[..position].iter().any(|(other, _)| other == trial) {
                return Err(format!("trial {number} is in the list twice"));
            }
        }
        Ok(())
    }
}

fn asked(study: &Study, trial: TrialId, point: &Point) -> AskedTrial {
    let seed = |replicate| replicate_seed(study.seed, trial, replicate, study.common_random_numbers);
    let seeds = (0..study.replicates).map(|replicate| seed(replicate).to_string()).collect();
    AskedTrial { trial, parameters: Parameters::of(study.space(), point), seeds }
}

fn why(unmet: Unmet) -> &'static str {
    match unmet {
        Unmet::Closed(StopReason::TargetLoss) => "the study has reached its target loss",
        Unmet::Closed(_) => "the study's time is used up",
        Unmet::WaitsForCaller => {
            "the next proposal must know the loss of a trial given out before: tell it first"
        }
        Unmet::WaitsForSlots => {
            "the next proposal must know the loss of a trial that is not finished: run the study first"
        }
    }
}

fn refusal(conversed: &Conversed) -> Result<(), CallerError> {
    match &conversed.refused {
        Some(refused) => Err(CallerError::Refused(refused.to_string())),
        None => Ok(()),
    }
}

/// What came of telling a scheduler some events.
#[derive(Debug)]
struct Conversed {
    /// The records that followed; they are durable.
    records: Vec<Record>,
    /// Why the scheduler refused the event after which no more were told.
    refused: Option<Rejected>,
}

/// Tells the scheduler of `claimed` some events at `now` without running anything, up to the first
/// that it refuses. The records that follow are added to those of `claimed`.
async fn converse<S: Store>(
    claimed: &mut Claimed<S>,
    scheduler: &mut Scheduler,
    asker: &mut Asker,
    now: Tick,
    events: Vec<Event>,
) -> Result<Conversed, StoreError> {
    let begun_at = claimed.records.len();
    let mut answers = VecDeque::from(events);
    let mut refused = None;
    while refused.is_none() {
        let mut records = Vec::new();
        while let Some(effect) = scheduler.poll() {
            match effect {
                Effect::Observe(observation) => asker.observe(&observation),
                Effect::Propose { trial, .. } => answers.push_front(asker.propose(trial)),
                Effect::Append { record, .. } => records.push(record),
                Effect::Launch { .. } | Effect::Cancel { .. } | Effect::Done(_) => {}
            }
        }
        let event = if records.is_empty() {
            answers.pop_front()
        } else {
            let after = Seq(claimed.records.len() as u64);
            let upto = claimed.store.append(&claimed.name, claimed.epoch, after, &records).await?;
            claimed.records.extend(records);
            Some(Event::Durable { upto })
        };
        let Some(event) = event else { break };
        refused = scheduler.handle(now, event).err();
    }
    Ok(Conversed { records: claimed.records[begun_at..].to_vec(), refused })
}
