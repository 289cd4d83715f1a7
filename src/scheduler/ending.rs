//! Ends of attempts: reported, timed out, cancelled or lost with a crash; and the tells that follow.

use super::{Effect, LostReason, Outcome, Rejected, Runner, Scheduler, What};
use crate::ids::{Attempt, SlotId, Tick, TrialId};
use crate::model::ModelFailure;

/// How long an attempt that was told to stop may go on before its slot is given up.
const STOP_GRACE_US: u64 = 10_000_000;

impl Scheduler {
    /// Takes the report of an attempt's end.
    pub(super) fn ended(&mut self, attempt: Attempt, outcome: Outcome, run_us: u64) -> Result<(), Rejected> {
        let trial = self.state.trials.get(attempt.trial.index());
        let Some(slot) = trial.and_then(|trial| trial.runs_on(attempt)) else {
            // The slot of an attempt given up earlier works again.
            let known = self.slots.came_back(attempt);
            return if known { Ok(()) } else { Err(Rejected::NotRunning(attempt)) };
        };
        let outcome = self.tidy(attempt.trial, outcome);
        if matches!(outcome, Outcome::Completed(_) | Outcome::Failed(_)) {
            self.pace.ran(run_us);
        }
        let (started, next) = self.slots.end(slot, attempt, self.now);
        self.stop_timing(attempt);
        let held = self.held.iter().any(|launch| launch.slot == slot);
        if let Some(next) = next.filter(|_| !held) {
            self.begin_timing(next);
        }
        self.append_ended(attempt, slot, started, run_us, outcome)
    }

    /// The outcome as the journal keeps it: a model that stopped was cancelled, and what comes after
    /// its trial was told is of no use.
    fn tidy(&self, trial: TrialId, outcome: Outcome) -> Outcome {
        let told = self.state.trials[trial.index()].told;
        match outcome {
            Outcome::Failed(ModelFailure::Stopped) => Outcome::Lost(LostReason::Cancelled),
            _ if told => Outcome::Lost(LostReason::Cancelled),
            outcome => outcome,
        }
    }

    fn append_ended(
        &mut self,
        attempt: Attempt,
        slot: SlotId,
        started: Tick,
        run_us: u64,
        outcome: Outcome,
    ) -> Result<(), Rejected> {
        self.alone = self.alone.filter(|&alone| alone != attempt);
        self.append(What::Ended { attempt, slot, started, run_us, outcome })?;
        self.after_end(attempt.trial)
    }

    fn after_end(&mut self, trial: TrialId) -> Result<(), Rejected> {
        if self.state.trials[trial.index()].told {
            return Ok(());
        }
        let superfluous = self.superfluous(trial);
        if let Some(verdict) = self.state.verdict(trial) {
            self.append(What::Told { trial, verdict })?;
        }
        if self.state.trials[trial.index()].waiting > 0 {
            self.ready.insert(trial);
        } else {
            self.ready.remove(&trial);
        }
        superfluous.into_iter().try_for_each(|attempt| self.cancel(attempt))
    }

    /// The trial's running replicates that cannot change its outcome any more.
    fn superfluous(&self, trial: TrialId) -> Vec<Attempt> {
        let entry = &self.state.trials[trial.index()];
        if entry.limit == entry.replicates.len() {
            return Vec::new();
        }
        let running = entry.running(trial).map(|(attempt, _)| attempt);
        running.filter(|attempt| attempt.replicate as usize >= entry.limit).collect()
    }

    /// Cancels everything that runs.
    pub(super) fn cancel_all(&mut self) -> Result<(), Rejected> {
        let running: Vec<Attempt> = self.slots.running().map(|(_, attempt)| attempt).collect();
        running.into_iter().try_for_each(|attempt| self.cancel(attempt))
    }

    pub(super) fn cancel(&mut self, attempt: Attempt) -> Result<(), Rejected> {
        if self.told_to_stop(attempt) {
            return Ok(());
        }
        if self.unhold(attempt) {
            return self.ended(attempt, Outcome::Lost(LostReason::Cancelled), 0);
        }
        self.stop_timing(attempt);
        self.set_deadline(attempt, self.now.plus_us(STOP_GRACE_US), true);
        self.effects.push_back(Effect::Cancel { attempt });
        Ok(())
    }

    fn told_to_stop(&self, attempt: Attempt) -> bool {
        self.deadline_of.get(&attempt).is_some_and(|&(_, told_to_stop)| told_to_stop)
    }

    /// Takes the attempt out of a launch that has not happened yet; whether it was in one.
    fn unhold(&mut self, attempt: Attempt) -> bool {
        let mut found = false;
        for launch in &mut self.held {
            let before = launch.group.len();
            launch.group.retain(|&(other, _)| other != attempt);
            found |= launch.group.len() < before;
        }
        self.held.retain(|launch| !launch.group.is_empty());
        found
    }

    /// The engine says when an attempt really began; until then its launch, or the end of the one
    /// before it on its slot, counts as its start.
    pub(super) fn started(&mut self, attempt: Attempt) {
        let trial = self.state.trials.get(attempt.trial.index());
        let Some(slot) = trial.and_then(|trial| trial.runs_on(attempt)) else { return };
        if self.slots.started(slot, attempt, self.now) {
            self.begin_timing(attempt);
        }
    }

    /// The attempt runs now: its time-out counts from here.
    pub(super) fn begin_timing(&mut self, attempt: Attempt) {
        let Some(timeout_us) = self.state.study.attempts.timeout_us else { return };
        if !self.told_to_stop(attempt) {
            self.stop_timing(attempt);
            self.set_deadline(attempt, self.now.plus_us(timeout_us), false);
        }
    }

    fn set_deadline(&mut self, attempt: Attempt, at: Tick, told_to_stop: bool) {
        self.deadlines.insert((at, attempt));
        self.deadline_of.insert(attempt, (at, told_to_stop));
    }

    fn stop_timing(&mut self, attempt: Attempt) {
        if let Some((at, _)) = self.deadline_of.remove(&attempt) {
            self.deadlines.remove(&(at, attempt));
        }
    }

    /// Gives up every attempt whose time is over.
    pub(super) fn expire(&mut self) -> Result<(), Rejected> {
        while let Some(&(at, attempt)) = self.deadlines.first() {
            if at > self.now {
                break;
            }
            let told_to_stop = self.told_to_stop(attempt);
            self.stop_timing(attempt);
            let trial = &self.state.trials[attempt.trial.index()];
            if let Some(slot) = trial.runs_on(attempt) {
                self.give_up(slot, attempt, told_to_stop)?;
            }
        }
        Ok(())
    }

    /// The running attempt of `slot` is over for the study, whatever its slot does; the rest of its
    /// group never began.
    fn give_up(&mut self, slot: SlotId, late: Attempt, told_to_stop: bool) -> Result<(), Rejected> {
        let (group, started) = self.slots.give_up(slot);
        for attempt in group {
            self.stop_timing(attempt);
            if !(told_to_stop && attempt == late) {
                self.effects.push_back(Effect::Cancel { attempt });
            }
            let timed_out = attempt == late && !told_to_stop;
            let outcome = if timed_out {
                Outcome::Failed(ModelFailure::TimedOut)
            } else {
                Outcome::Lost(LostReason::Cancelled)
            };
            let outcome = self.tidy(attempt.trial, outcome);
            let (started, run_us) =
                if attempt == late { (started, self.now.since_us(started)) } else { (self.now, 0) };
            self.append_ended(attempt, slot, started, run_us, outcome)?;
        }
        Ok(())
    }

    /// Records the loss of everything that was under way when the previous session ended.
    pub(super) fn lose_what_ran(&mut self) -> Result<(), Rejected> {
        let mut lost = Vec::new();
        for (index, trial) in self.state.trials.iter().enumerate() {
            lost.extend(trial.running(TrialId(index as u32)));
        }
        for (attempt, slot) in lost {
            let outcome = Outcome::Lost(LostReason::ProgramEnded);
            self.append_ended(attempt, slot, self.now, 0, outcome)?;
        }
        self.tell_what_is_decided()
    }

    /// A trial can be decided and not told when the records were cut between the two.
    fn tell_what_is_decided(&mut self) -> Result<(), Rejected> {
        let pending = self
            .state
            .trials
            .iter()
            .enumerate()
            .filter(|(_, trial)| !trial.told && trial.runner == Runner::Slots);
        let pending: Vec<TrialId> = pending.map(|(index, _)| TrialId(index as u32)).collect();
        pending.into_iter().try_for_each(|trial| self.after_end(trial))
    }
}
