//! One trial's replicates: which wait, run, are done or failed, and when the trial is decided.

use super::{LostReason, Outcome, Runner};
use crate::evaluate::Aligned;
use crate::ids::{Attempt, Epoch, SlotId, TrialId};
use crate::model::ModelFailure;
use crate::spec::{AttemptRules, Point};

/// Where a replicate stands.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    /// To be launched.
    Waiting,
    /// Handed to a slot.
    Running(Run),
    /// Has usable outputs.
    Done(Aligned),
    /// Has none and is not run again.
    Failed(String),
}

/// An attempt under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub epoch: Epoch,
    pub number: u32,
    pub slot: SlotId,
}

/// One seeded simulation of a trial.
#[derive(Debug, Clone)]
pub(super) struct Replicate {
    pub phase: Phase,
    /// Number of its next attempt.
    pub next_number: u32,
    /// Retries used up.
    pub used: u32,
    /// How often the program ended while it ran.
    pub crashes: u32,
}

/// What is known of a trial whose outcome no longer depends on a simulation.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Every replicate has outputs.
    Complete,
    /// This replicate has none, and every one before it has.
    Failed { replicate: u32, reason: String },
}

/// One parameter set under way or finished.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    pub point: Point,
    pub runner: Runner,
    pub told: bool,
    /// Empty once the trial is told and nothing of it runs.
    pub replicates: Vec<Replicate>,
    /// Replicates from here on cannot change the outcome: the lowest that failed.
    pub limit: usize,
    /// Waiting replicates below the limit.
    pub waiting: u32,
    /// It was pending when the study was taken up: its launches wait for their record, so that a
    /// model which ends the program uses up its attempts.
    pub cautious: bool,
    /// No replicate below this one waits.
    first_waiting: usize,
    /// Replicates below the limit without outputs.
    undone: usize,
}

impl Trial {
    pub fn new(point: Point, runner: Runner, replicates: u32) -> Trial {
        let replicates = if runner == Runner::Slots { replicates } else { 0 };
        let fresh = Replicate { phase: Phase::Waiting, next_number: 0, used: 0, crashes: 0 };
        Trial {
            point,
            runner,
            told: false,
            replicates: vec![fresh; replicates as usize],
            limit: replicates as usize,
            waiting: replicates,
            cautious: false,
            first_waiting: 0,
            undone: replicates as usize,
        }
    }

    /// The lowest replicate that waits and can still matter.
    pub fn next_waiting(&mut self) -> Option<u32> {
        while self.first_waiting < self.limit {
            if self.replicates[self.first_waiting].waits() {
                return Some(self.first_waiting as u32);
            }
            self.first_waiting += 1;
        }
        None
    }

    /// Marks `replicate` as running.
    pub fn launch(&mut self, attempt: Attempt, slot: SlotId) {
        let Attempt { epoch, number, .. } = attempt;
        let index = attempt.replicate as usize;
        self.replicates[index].phase = Phase::Running(Run { epoch, number, slot });
        self.replicates[index].next_number = number + 1;
        if index < self.limit {
            self.waiting -= 1;
        }
    }

    /// Takes the end of the running attempt of `replicate`. `aligned` holds a completed attempt's
    /// outputs against the data, or why they cannot be used.
    pub fn end(
        &mut self,
        replicate: u32,
        outcome: &Outcome,
        aligned: Result<Aligned, String>,
        rules: &AttemptRules,
    ) {
        let index = replicate as usize;
        let entry = &mut self.replicates[index];
        let failure = match outcome {
            Outcome::Completed(_) => match aligned {
                Ok(aligned) => {
                    entry.phase = Phase::Done(aligned);
                    self.undone -= usize::from(index < self.limit);
                    return;
                }
                Err(reason) => Some(reason),
            },
            Outcome::Failed(ModelFailure::Stopped) | Outcome::Lost(LostReason::Cancelled) => None,
            Outcome::Failed(failure) => entry.retry(rules.retry_failures, rules, || failure.to_string()),
            Outcome::Lost(reason) => {
                entry.crashes += u32::from(*reason == LostReason::ProgramEnded);
                let used = entry.used;
                entry
                    .retry(true, rules, || format!("lost {} times, the last time because {reason}", used + 1))
            }
        };
        match failure {
            Some(reason) => self.fail(index, reason),
            None => self.wait_again(index),
        }
    }

    fn wait_again(&mut self, index: usize) {
        self.replicates[index].phase = Phase::Waiting;
        if index < self.limit {
            self.waiting += 1;
            self.first_waiting = self.first_waiting.min(index);
        }
    }

    fn fail(&mut self, index: usize, reason: String) {
        self.replicates[index].phase = Phase::Failed(reason);
        if index < self.limit {
            self.limit = index;
            let below = &self.replicates[..index];
            self.waiting = below.iter().filter(|entry| entry.waits()).count() as u32;
            self.undone = below.iter().filter(|entry| !matches!(entry.phase, Phase::Done(_))).count();
        }
    }

    /// The outcome, once no simulation can change it. The reason of a failed trial is that of its
    /// lowest failing replicate: the same whatever ran first.
    pub fn decision(&self) -> Option<Decision> {
        if self.told || self.runner == Runner::Caller || self.undone > 0 {
            return None;
        }
        match self.replicates.get(self.limit).map(|entry| &entry.phase) {
            None => Some(Decision::Complete),
            Some(Phase::Failed(reason)) => {
                Some(Decision::Failed { replicate: self.limit as u32, reason: reason.clone() })
            }
            Some(_) => None,
        }
    }

    /// The running attempts of this trial, which is called `trial`, and their slots.
    pub fn running(&self, trial: TrialId) -> impl Iterator<Item = (Attempt, SlotId)> + '_ {
        self.replicates.iter().enumerate().filter_map(move |(index, entry)| match entry.phase {
            Phase::Running(Run { epoch, number, slot }) => {
                Some((Attempt { epoch, trial, replicate: index as u32, number }, slot))
            }
            _ => None,
        })
    }

    /// The slot on which `attempt` runs.
    pub fn runs_on(&self, attempt: Attempt) -> Option<SlotId> {
        match self.replicates.get(attempt.replicate as usize)?.phase {
            Phase::Running(run) if run.number == attempt.number && run.epoch == attempt.epoch => {
                Some(run.slot)
            }
            _ => None,
        }
    }

    /// Outputs against data of all replicates, in order.
    pub fn aligned(&self) -> Vec<&Aligned> {
        let done = self.replicates.iter().filter_map(|entry| match &entry.phase {
            Phase::Done(aligned) => Some(aligned),
            _ => None,
        });
        done.collect()
    }

    /// Marks the trial as told and frees what it no longer needs.
    pub fn tell(&mut self) {
        self.told = true;
        self.waiting = 0;
        self.limit = 0;
        self.forget();
    }

    /// Frees the replicates of a told trial of which nothing runs.
    pub fn forget(&mut self) {
        let runs = self.replicates.iter().any(|entry| matches!(entry.phase, Phase::Running(_)));
        if self.told && !runs {
            self.replicates = Vec::new();
            self.point.0 = Vec::new();
        }
    }
}

impl Replicate {
    /// It is to be launched.
    pub fn waits(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }

    /// Uses up a retry; the reason of the failure if there is none left.
    fn retry(
        &mut self,
        allowed: bool,
        rules: &AttemptRules,
        reason: impl FnOnce() -> String,
    ) -> Option<String> {
        if allowed && self.used < rules.retries {
            self.used += 1;
            None
        } else {
            Some(reason())
        }
    }

    /// Its next attempt is the last one, after the program ended under all before: it runs alone, so
    /// that its neighbours do not pay for it.
    pub fn must_run_alone(&self, rules: &AttemptRules) -> bool {
        self.crashes > 0 && self.used >= rules.retries
    }
}
