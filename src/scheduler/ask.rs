//! When to begin the next trial, and with which point: starting points and enqueued ones first, then
//! the sampler's.

use super::feed::Gate;
use super::{Command, Effect, Origin, Proposing, Rejected, Runner, Scheduler, StopReason, What};
use crate::ids::{Tick, TrialId};
use crate::spec::{Durability, Mode, Point};

/// Replicates to be launched beyond which a batch or a window is not asked any further; twice the slots
/// if that is more.
const AHEAD: u64 = 10_000;

/// Why a caller gets no trial now, though the budget has some left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// The study asks no more.
    Closed(StopReason),
    /// The proposal must know a trial that a caller has not told yet.
    WaitsForCaller,
    /// The proposal must know a trial that the study's slots have not finished.
    WaitsForSlots,
}

impl Scheduler {
    /// Asks for as many trials as are wanted now; at most one proposal is under way.
    pub(super) fn ask_more(&mut self) -> Result<(), Rejected> {
        while let Some(runner) = self.wanted() {
            let trial = TrialId(self.state.trials.len() as u32);
            let visible = self.visible();
            let gate = self.state.feed.open(trial, visible, &mut self.state.news);
            self.effects.extend(self.state.news.drain(..).map(Effect::Observe));
            if self.target_reached() {
                self.closed = Some(StopReason::TargetLoss);
                break;
            }
            if let Gate::Waits(other) = gate {
                self.waits_for_caller = self.state.trials[other.index()].runner == Runner::Caller
                    && !self.state.trials[other.index()].told;
                break;
            }
            self.waits_for_caller = false;
            match self.given_point() {
                Some((origin, point)) => self.append_asked(trial, point, origin, runner, self.now)?,
                None => {
                    self.proposing = Some(Proposing { trial, runner, since: self.now });
                    self.effects.push_back(Effect::Propose { trial, saw: self.state.feed.saw() });
                }
            }
        }
        Ok(())
    }

    /// Who would run the next trial, if one is wanted now.
    fn wanted(&mut self) -> Option<Runner> {
        let budget = self.state.study.budget;
        if budget.wall_us.is_some_and(|wall_us| self.now.0 >= wall_us) && self.closed.is_none() {
            self.closed = Some(StopReason::WallTime);
        }
        let spent = self.state.asked >= budget.trials;
        if self.proposing.is_some() || self.stopping || self.paused || self.closed.is_some() || spent {
            return None;
        }
        if self.caller_asks > 0 {
            return Some(Runner::Caller);
        }
        let wanted = match self.state.study.mode {
            // What a trial may see is fixed: asking early costs nothing but memory, and hides the ask's
            // delay.
            Mode::Batched { .. } | Mode::Windowed { .. } => {
                let slots = u64::from(self.slots.capacity());
                slots > 0 && self.state.waiting < AHEAD.max(2 * slots)
            }
            Mode::Parallel { in_flight: Some(most) } => {
                self.slots.capacity() > 0 && self.state.pending_slots < most
            }
            Mode::Parallel { in_flight: None } => {
                let slots = self.slots.usable();
                let idle = u64::from(self.slots.idle());
                let enough = idle + self.pace.reserve(slots);
                // A tell that is about to become durable is worth waiting for while no slot is idle.
                let tell_under_way = self.state.feed.newest() > self.visible();
                let patient = tell_under_way && self.state.waiting >= idle && self.pace.can_wait(slots);
                slots > 0 && self.state.waiting < enough && !patient
            }
        };
        wanted.then_some(Runner::Slots)
    }

    fn target_reached(&self) -> bool {
        let best = self.state.feed.best();
        self.state.study.budget.target_loss.zip(best).is_some_and(|(target, best)| best <= target)
    }

    /// The next point that is not the sampler's choice.
    fn given_point(&self) -> Option<(Origin, Point)> {
        if let Some(point) = self.state.enqueued.front() {
            return Some((Origin::Enqueued, point.clone()));
        }
        let position = self.state.starts_used;
        let point = self.state.study.start.get(position as usize)?;
        Some((Origin::Start(position), point.clone()))
    }

    /// Takes the sampler's answer.
    pub(super) fn proposed(&mut self, trial: TrialId, point: Point) -> Result<(), Rejected> {
        let Some(proposing) = self.proposing.take_if(|proposing| proposing.trial == trial) else {
            return Err(Rejected::NotProposing(trial));
        };
        if self.stopping || self.closed.is_some() {
            return Ok(());
        }
        self.append_asked(trial, point, Origin::Sampler, proposing.runner, proposing.since)
    }

    fn append_asked(
        &mut self,
        trial: TrialId,
        point: Point,
        origin: Origin,
        runner: Runner,
        since: Tick,
    ) -> Result<(), Rejected> {
        let saw = self.state.feed.saw();
        let seq = self.append(What::Asked { trial, point, origin, runner, saw })?;
        if runner == Runner::Caller {
            self.caller_asks = self.caller_asks.saturating_sub(1);
        } else if self.state.study.durability == Durability::Relaxed {
            self.pace.asked(since, self.now);
            self.make_ready(trial);
        } else {
            self.undurable.push_back((seq, trial, since));
        }
        Ok(())
    }

    /// Takes what the user said.
    pub(super) fn command(&mut self, command: Command) -> Result<(), Rejected> {
        match &command {
            Command::Enqueue(point) if !self.state.study.space().contains(point) => {
                return Err(Rejected::OutsideBounds);
            }
            Command::AskForCaller => return self.ask_for_caller(),
            Command::TellByCaller { trial, verdict } => {
                let entry = self.state.trials.get(trial.index());
                if !entry.is_some_and(|entry| entry.runner == Runner::Caller && !entry.told) {
                    return Err(Rejected::NotWithCaller(*trial));
                }
                self.append(What::Told { trial: *trial, verdict: verdict.clone() })?;
                return Ok(());
            }
            _ => {}
        }
        self.append(What::Commanded(command.clone()))?;
        match command {
            Command::Stop => self.stopping = true,
            Command::Abandon => {
                self.stopping = true;
                self.cancel_all()?;
            }
            Command::Pause => self.paused = true,
            Command::Resume => self.paused = false,
            Command::Enqueue(_) | Command::AskForCaller | Command::TellByCaller { .. } => {}
        }
        Ok(())
    }

    /// Forgets what callers asked for and did not get. Gives why they did not; none if they got it all.
    pub fn withdraw_asks(&mut self) -> Option<Unmet> {
        if std::mem::take(&mut self.caller_asks) == 0 {
            return None;
        }
        Some(match self.closed {
            Some(reason) => Unmet::Closed(reason),
            None if self.waits_for_caller => Unmet::WaitsForCaller,
            None => Unmet::WaitsForSlots,
        })
    }

    fn ask_for_caller(&mut self) -> Result<(), Rejected> {
        let budget = self.state.study.budget.trials;
        if self.state.asked + self.caller_asks >= budget {
            return Err(Rejected::BudgetSpent(budget));
        }
        self.caller_asks += 1;
        Ok(())
    }
}
