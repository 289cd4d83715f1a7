//! The state of a study: a fold over its records. Live, recovery and audit apply the same records
//! with the same code, so that they cannot differ.

use super::feed::{Feed, Gate};
use super::trial::{Decision, Phase, Trial};
use super::{Amendment, Command, Origin, Outcome, Record, Runner, TrialFailure, Verdict, Versions, What};
use crate::evaluate::{Aligned, Evaluator};
use crate::ids::{Attempt, Epoch, Seq, SlotId, Tick, TrialId};
use crate::sampler::Observation;
use crate::spec::{Point, Study};
use std::collections::VecDeque;

/// A journal that no run of this program can have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {} of the journal cannot follow the ones before it: {reason}", .seq.0)]
pub struct CorruptJournal {
    /// The record.
    pub seq: Seq,
    /// Why.
    pub reason: String,
}

/// Everything the records say.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// The study, amendments included.
    pub study: Study,
    pub versions: Versions,
    pub evaluator: Evaluator,
    pub epoch: Epoch,
    /// The last record applied, and its time.
    pub last: Seq,
    pub at: Tick,
    pub trials: Vec<Trial>,
    /// Trials that cost budget.
    pub asked: u32,
    /// Trials asked and not told: of the slots, and of callers.
    pub pending_slots: u32,
    pub pending_callers: u32,
    /// Replicates to be launched.
    pub waiting: u64,
    pub starts_used: u32,
    pub enqueued: VecDeque<Point>,
    pub feed: Feed,
    /// For the sampler, in order; whoever applies records takes them.
    pub news: VecDeque<Observation>,
}

type Applied = Result<(), String>;

impl State {
    /// The state after the first record.
    pub fn opened(record: &Record) -> Result<State, CorruptJournal> {
        let What::Opened { versions, study } = &record.what else {
            let reason = "a journal begins with the record of its opening".to_owned();
            return Err(CorruptJournal { seq: Seq(1), reason });
        };
        if let Some(fault) = study.unsound() {
            let reason = format!("no study file can describe its study: {fault}");
            return Err(CorruptJournal { seq: Seq(1), reason });
        }
        Ok(State {
            study: (**study).clone(),
            versions: versions.clone(),
            evaluator: Evaluator::new(&study.targets),
            epoch: Epoch(0),
            last: Seq(1),
            at: record.at,
            trials: Vec::new(),
            asked: 0,
            pending_slots: 0,
            pending_callers: 0,
            waiting: 0,
            starts_used: 0,
            enqueued: VecDeque::new(),
            feed: Feed::new(study.mode),
            news: VecDeque::new(),
        })
    }

    /// Takes the next record.
    pub fn apply(&mut self, record: &Record) -> Result<(), CorruptJournal> {
        let seq = self.last.next();
        self.apply_what(seq, &record.what).map_err(|reason| CorruptJournal { seq, reason })?;
        self.last = seq;
        self.at = self.at.max(record.at);
        Ok(())
    }

    fn apply_what(&mut self, seq: Seq, what: &What) -> Applied {
        match what {
            What::Opened { .. } => Err("a study is opened once".to_owned()),
            What::Session { epoch, .. } => self.begin_session(*epoch),
            What::Slots { .. } => Ok(()),
            What::Asked { trial, point, origin, runner, saw } => {
                self.check_origin(*origin, point)?;
                self.check_saw(*trial, *saw)?;
                if self.asked >= self.study.budget.trials {
                    return Err(format!("{trial} exceeds the budget of {} trials", self.study.budget.trials));
                }
                self.ask(*trial, point, *runner)
            }
            What::Launched { slot, attempts } => {
                attempts.iter().try_for_each(|attempt| self.launch(*slot, *attempt))
            }
            What::Ended { attempt, outcome, .. } => self.end(*attempt, outcome),
            What::Told { trial, verdict } => self.tell(seq, *trial, verdict),
            What::Amended(amendment) => self.amend(amendment),
            What::Commanded(Command::Enqueue(point)) => {
                self.enqueued.push_back(point.clone());
                Ok(())
            }
            What::Commanded(_) => Ok(()),
            What::Imported { trial, point, verdict, .. } => {
                self.ask(*trial, point, Runner::Caller)?;
                self.asked -= 1;
                self.tell(seq, *trial, verdict)
            }
        }
    }

    fn begin_session(&mut self, epoch: Epoch) -> Applied {
        if epoch <= self.epoch {
            return Err(format!("epoch {} does not follow epoch {}", epoch.0, self.epoch.0));
        }
        self.epoch = epoch;
        for trial in self.trials.iter_mut().filter(|trial| !trial.told) {
            trial.cautious = true;
        }
        Ok(())
    }

    fn check_origin(&mut self, origin: Origin, point: &Point) -> Applied {
        let expected = match origin {
            Origin::Sampler => return Ok(()),
            Origin::Enqueued => self.enqueued.pop_front(),
            Origin::Start(position) => {
                let next = position == self.starts_used;
                self.starts_used += 1;
                self.study.start.get(position as usize).filter(|_| next).cloned()
            }
        };
        match expected {
            Some(expected) if same_point(&expected, point) => Ok(()),
            _ => Err("its point is not the next starting or enqueued one".to_owned()),
        }
    }

    fn check_saw(&mut self, trial: TrialId, saw: Seq) -> Applied {
        match self.feed.open(trial, saw, &mut self.news) {
            Gate::Waits(other) => Err(format!("{trial} was asked before {other} was observed")),
            Gate::Open if self.feed.saw() != saw => Err(format!("{trial} cannot have seen record {}", saw.0)),
            Gate::Open => Ok(()),
        }
    }

    fn ask(&mut self, trial: TrialId, point: &Point, runner: Runner) -> Applied {
        if trial.index() != self.trials.len() {
            return Err(format!("{trial} is not the next trial"));
        }
        if !self.study.space().contains(point) {
            return Err(format!("the point of {trial} is outside the parameters' bounds"));
        }
        self.asked += 1;
        match runner {
            Runner::Slots => self.pending_slots += 1,
            Runner::Caller => self.pending_callers += 1,
        }
        let entry = Trial::new(point.clone(), runner, self.study.replicates);
        self.waiting += u64::from(if runner == Runner::Slots { entry.waiting } else { 0 });
        self.trials.push(entry);
        self.news.push_back(Observation::Asked { trial, point: point.clone() });
        Ok(())
    }

    /// The trial of `attempt`, while its replicates matter or run.
    fn trial_of(&mut self, attempt: Attempt) -> Result<&mut Trial, String> {
        let known = self.trials.get_mut(attempt.trial.index());
        known
            .filter(|trial| (attempt.replicate as usize) < trial.replicates.len())
            .ok_or_else(|| format!("{attempt} has no trial"))
    }

    fn launch(&mut self, slot: SlotId, attempt: Attempt) -> Applied {
        if attempt.epoch != self.epoch {
            return Err(format!("{attempt} is of another epoch"));
        }
        let trial = self.trial_of(attempt)?;
        let before = trial.waiting;
        let entry = &trial.replicates[attempt.replicate as usize];
        let waits = entry.waits() && entry.next_number == attempt.number;
        if trial.told || !waits {
            return Err(format!("{attempt} was not waiting"));
        }
        trial.launch(attempt, slot);
        let launched = before - trial.waiting;
        self.waiting -= u64::from(launched);
        Ok(())
    }

    fn end(&mut self, attempt: Attempt, outcome: &Outcome) -> Applied {
        let told = self.trial_of(attempt)?.told;
        let aligned = match outcome {
            Outcome::Completed(outputs) if !told => self.evaluator.align(outputs),
            _ => Err(String::new()),
        };
        let rules = self.study.attempts;
        let trial = self.trial_of(attempt)?;
        if trial.runs_on(attempt).is_none() {
            return Err(format!("{attempt} was not running"));
        }
        if told {
            trial.replicates[attempt.replicate as usize].phase = Phase::Waiting;
            trial.forget();
            return Ok(());
        }
        let before = u64::from(trial.waiting);
        trial.end(attempt.replicate, outcome, aligned, &rules);
        let after = u64::from(trial.waiting);
        self.waiting = self.waiting + after - before;
        Ok(())
    }

    fn tell(&mut self, seq: Seq, trial: TrialId, verdict: &Verdict) -> Applied {
        let Some(entry) = self.trials.get_mut(trial.index()).filter(|entry| !entry.told) else {
            return Err(format!("{trial} is not pending"));
        };
        match entry.runner {
            Runner::Slots if entry.decision().is_none() => {
                return Err(format!("{trial} was told before it was decided"));
            }
            Runner::Slots => {
                self.pending_slots -= 1;
                self.waiting -= u64::from(entry.waiting);
            }
            Runner::Caller => self.pending_callers -= 1,
        }
        entry.tell();
        self.feed.told(seq, trial, verdict.loss());
        Ok(())
    }

    fn amend(&mut self, amendment: &Amendment) -> Applied {
        if let Some(budget) = amendment.budget {
            self.study.budget = budget;
        }
        if let Some(attempts) = amendment.attempts {
            self.study.attempts = attempts;
        }
        if let Some(durability) = amendment.durability {
            self.study.durability = durability;
        }
        Ok(())
    }

    /// What must be told of a trial that the slots run, once it is decided.
    pub fn verdict(&self, trial: TrialId) -> Option<Verdict> {
        let entry = self.trials.get(trial.index())?;
        let failed = |replicate, reason| Verdict::Failed(TrialFailure { replicate, reason });
        Some(match entry.decision()? {
            Decision::Failed { replicate, reason } => failed(Some(replicate), reason),
            Decision::Complete => match self.loss(&entry.aligned()) {
                Ok(loss) => Verdict::Complete(loss),
                Err(reason) => failed(None, reason),
            },
        })
    }

    fn loss(&self, replicates: &[&Aligned]) -> Result<crate::evaluate::TrialLoss, String> {
        let loss = self.evaluator.evaluate(replicates)?;
        if loss.loss.is_finite() { Ok(loss) } else { Err(format!("its loss is {}", loss.loss)) }
    }
}

/// Same kinds and same bits in every coordinate.
pub(super) fn same_point(a: &Point, b: &Point) -> bool {
    a.0.len() == b.0.len() && a.0.iter().zip(&b.0).all(|(&a, &b)| a.same(b))
}
