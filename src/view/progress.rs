//! How far a study is: trials asked and told, the best loss so far, how busy its slots are and how
//! long it may still take. It keeps no trial that is finished.

use super::Fold;
use super::slot_time::SlotTime;
use crate::ids::{Seq, Tick, TrialId};
use crate::model::ModelFailure;
use crate::scheduler::{Command, Outcome, Record, Verdict, What};
use crate::spec::{Budget, Mode, Study};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fold of how far a study is.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    study: String,
    budget: Option<Budget>,
    mode: Option<Mode>,
    replicates: u32,
    asked: u32,
    told: u32,
    failed: u32,
    imported: u32,
    /// Trials asked and not told, with their replicates done.
    pending: BTreeMap<TrialId, u32>,
    /// Records that told the result of a trial.
    told_at: Vec<Seq>,
    /// Sum over asks of the trials whose result the sampler did not know.
    unseen: u64,
    best: Option<BestSoFar>,
    replicates_done: u64,
    timeouts: u32,
    paused: bool,
    stopped: bool,
    last_at: Tick,
    slots: SlotTime,
}

/// The lowest loss so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestSoFar {
    /// Its trial.
    pub trial: TrialId,
    /// The loss.
    pub loss: f64,
    /// Its standard error over replicates; none with a single replicate.
    pub se: Option<f64>,
    /// When it was found, microseconds of run time.
    pub found_at_us: Tick,
}

/// A trial under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InFlight {
    /// Its number.
    pub trial: TrialId,
    /// Its replicates that have ended with outputs.
    pub replicates_done: u32,
}

/// How far a study is at one moment. Times are run time: they exclude the pauses between sessions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgressSummary {
    /// Name of the study.
    pub study: String,
    /// Trials of the budget.
    pub trials_budget: u32,
    /// Trials asked; imported ones do not count here and in what follows.
    pub trials_asked: u32,
    /// Trials finished, failed ones included.
    pub trials_told: u32,
    /// Trials that failed.
    pub trials_failed: u32,
    /// Trials asked and not told.
    pub trials_pending: u32,
    /// Trials that another program added.
    pub trials_imported: u32,
    /// The trials asked and not told.
    pub in_flight: Vec<InFlight>,
    /// The lowest loss so far, imported trials included.
    pub best: Option<BestSoFar>,
    /// Replicates with outputs.
    pub replicates_done: u64,
    /// Replicates of all trials of the budget.
    pub replicates_budget: u64,
    /// Attempts that ran over their time.
    pub timeouts: u32,
    /// Slots there are now.
    pub slots: u32,
    /// Share of the available slot time that ran replicates, in [0, 1]; none without slots so far.
    pub utilisation: Option<f64>,
    /// Available slot time that ran nothing.
    pub idle_slot_seconds: f64,
    /// Mean over asks of how many earlier trials the sampler did not know the result of.
    pub mean_staleness: Option<f64>,
    /// Run time so far.
    pub run_time_us: u64,
    /// Trials told in a minute of run time; none before the first.
    pub trials_per_minute: Option<f64>,
    /// Estimate of the run time that the rest of the budget takes at the mean rate so far; none
    /// before the first trial was told.
    pub time_left_us: Option<u64>,
    /// When the last record was written.
    pub last_changed_us: Tick,
    /// Whether the user has paused it.
    pub paused: bool,
    /// Whether the user has stopped it in this session.
    pub stopped: bool,
    /// Whether its budget is used up and nothing is pending.
    pub finished: bool,
}

impl Progress {
    /// When the last record was written: the `now` of a journal that nobody writes.
    pub fn last_at(&self) -> Tick {
        self.last_at
    }

    /// Where the study stands at `now`, which counts only while the study is not finished.
    pub fn summary(&self, now: Tick) -> ProgressSummary {
        let now = if self.finished(now) { self.last_at } else { now.max(self.last_at) };
        let trials_budget = self.budget.map_or(0, |budget| budget.trials);
        let (available_us, busy_us) = (self.slots.available_us(now), self.slots.busy_us(now));
        ProgressSummary {
            study: self.study.clone(),
            trials_budget,
            trials_asked: self.asked,
            trials_told: self.told,
            trials_failed: self.failed,
            trials_pending: count(self.pending.len()),
            trials_imported: self.imported,
            in_flight: self.in_flight(),
            best: self.best.clone(),
            replicates_done: self.replicates_done,
            replicates_budget: u64::from(trials_budget) * u64::from(self.replicates),
            timeouts: self.timeouts,
            slots: self.slots.capacity(),
            utilisation: ratio(busy_us as f64, available_us as f64).map(|share| share.min(1.0)),
            idle_slot_seconds: available_us.saturating_sub(busy_us) as f64 / 1e6,
            mean_staleness: ratio(self.unseen as f64, f64::from(self.asked)),
            run_time_us: now.0,
            trials_per_minute: ratio(f64::from(self.told) * 60e6, now.0 as f64).filter(|rate| *rate > 0.0),
            time_left_us: self.time_left_us(now),
            last_changed_us: self.last_at,
            paused: self.paused,
            stopped: self.stopped,
            finished: self.finished(now),
        }
    }

    fn in_flight(&self) -> Vec<InFlight> {
        let pending = self.pending.iter();
        pending.map(|(&trial, &replicates_done)| InFlight { trial, replicates_done }).collect()
    }

    /// Whether no trial will be asked any more under the budget, and none is pending.
    fn finished(&self, now: Tick) -> bool {
        let Some(budget) = self.budget else { return false };
        let reached = |target| self.best.as_ref().is_some_and(|best| best.loss <= target);
        self.pending.is_empty()
            && (self.asked >= budget.trials
                || budget.wall_us.is_some_and(|wall_us| now.0 >= wall_us)
                || budget.target_loss.is_some_and(reached))
    }

    fn time_left_us(&self, now: Tick) -> Option<u64> {
        let budget = self.budget?;
        if self.finished(now) {
            return Some(0);
        }
        let us_per_trial = ratio(now.0 as f64, f64::from(self.told))?;
        let by_trials = us_per_trial * f64::from(budget.trials.saturating_sub(self.told));
        let by_wall = budget.wall_us.map_or(f64::INFINITY, |wall_us| wall_us.saturating_sub(now.0) as f64);
        Some(by_trials.min(by_wall) as u64)
    }

    fn opened(&mut self, study: &Study) {
        self.study.clone_from(&study.name);
        self.budget = Some(study.budget);
        self.mode = Some(study.mode);
        self.replicates = study.replicates;
    }

    fn asked(&mut self, trial: TrialId, saw: Seq) {
        self.unseen += u64::from(self.staleness(trial, saw));
        self.asked += 1;
        self.pending.insert(trial, 0);
    }

    /// How many of the trials before `trial` its ask did not know the result of.
    fn staleness(&self, trial: TrialId, saw: Seq) -> u32 {
        match self.mode {
            Some(Mode::Batched { batch_size }) => trial.0 % batch_size.max(1),
            Some(Mode::Windowed { lag }) => trial.0.min(lag.saturating_sub(1)),
            Some(Mode::Parallel { .. }) | None => {
                let seen = self.told_at.partition_point(|told| *told <= saw);
                trial.0.saturating_sub(count(seen))
            }
        }
    }

    fn ended(&mut self, trial: TrialId, outcome: &Outcome) {
        match outcome {
            Outcome::Completed(_) => {
                self.replicates_done += 1;
                if let Some(done) = self.pending.get_mut(&trial) {
                    *done += 1;
                }
            }
            Outcome::Failed(ModelFailure::TimedOut) => self.timeouts += 1,
            Outcome::Failed(_) | Outcome::Lost(_) => {}
        }
    }

    fn told(&mut self, seq: Seq, trial: TrialId, verdict: &Verdict) {
        self.told += 1;
        self.told_at.push(seq);
        self.pending.remove(&trial);
        if verdict.loss().is_none() {
            self.failed += 1;
        }
    }

    fn improve(&mut self, at: Tick, trial: TrialId, verdict: &Verdict) {
        let Verdict::Complete(found) = verdict else { return };
        if self.best.as_ref().is_none_or(|best| found.loss < best.loss) {
            let se = Some(found.se).filter(|se| se.is_finite());
            self.best = Some(BestSoFar { trial, loss: found.loss, se, found_at_us: at });
        }
    }

    fn commanded(&mut self, command: &Command) {
        match command {
            Command::Pause => self.paused = true,
            Command::Resume => self.paused = false,
            Command::Stop | Command::Abandon => self.stopped = true,
            Command::Enqueue(_) | Command::AskForCaller | Command::TellByCaller { .. } => {}
        }
    }
}

impl Fold for Progress {
    fn observe(&mut self, seq: Seq, record: &Record) {
        self.slots.observe(record);
        self.last_at = self.last_at.max(record.at);
        match &record.what {
            What::Opened { study, .. } => self.opened(study),
            What::Session { .. } => (self.paused, self.stopped) = (false, false),
            What::Asked { trial, saw, .. } => self.asked(*trial, *saw),
            What::Ended { attempt, outcome, .. } => self.ended(attempt.trial, outcome),
            What::Told { trial, verdict } => {
                self.told(seq, *trial, verdict);
                self.improve(record.at, *trial, verdict);
            }
            What::Imported { trial, verdict, .. } => {
                self.imported += 1;
                self.told_at.push(seq);
                self.improve(record.at, *trial, verdict);
            }
            What::Amended(amendment) => self.budget = amendment.budget.or(self.budget),
            What::Commanded(command) => self.commanded(command),
            What::Slots { .. } | What::Launched { .. } => {}
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::scheduler::{Amendment, LostReason};

    #[test]
    fn counts_and_the_best_follow_the_journal() {
        let progress = Progress::of(&two_trials_on_two_slots());
        let summary = progress.summary(progress.last_at());
        assert_eq!(summary.study, "hand made");
        assert_eq!((summary.trials_budget, summary.trials_asked, summary.trials_told), (4, 3, 2));
        assert_eq!((summary.trials_failed, summary.trials_pending), (1, 1));
        assert_eq!(summary.in_flight, [InFlight { trial: TrialId(2), replicates_done: 0 }]);
        assert_eq!((summary.replicates_done, summary.replicates_budget, summary.timeouts), (2, 8, 1));
        let best = summary.best.unwrap();
        assert_eq!(
            (best.trial, best.loss, best.se, best.found_at_us),
            (TrialId(0), 3.0, Some(0.5), Tick(3_000_000))
        );
        assert!(!summary.finished);
    }

    #[test]
    fn slot_time_is_split_into_busy_and_idle() {
        // Two slots for 4 s; t0 ran 1 s + 2 s, t1 ran 3 s until its time-out, t2 since 3 s.
        let progress = Progress::of(&two_trials_on_two_slots());
        let summary = progress.summary(Tick(4_000_000));
        assert_eq!(summary.utilisation, Some(7.0 / 8.0));
        assert_eq!(summary.idle_slot_seconds, 1.0);
        assert_eq!(summary.slots, 2);
        // At a later moment without records, slot 0 has run on and slot 1 has idled on.
        assert_eq!(progress.summary(Tick(6_000_000)).idle_slot_seconds, 3.0);
    }

    #[test]
    fn a_crash_counts_what_ran_until_the_last_record_once() {
        let mut records = two_trials_on_two_slots();
        let of_crashed = lost(LostReason::ProgramEnded);
        records.push(session(4_000_000));
        records.push(ended(4_000_000, attempt(2, 0, 0), 0, 4_000_000, 0, of_crashed));
        let idle = |records: &[Record], now| Progress::of(records).summary(Tick(now)).idle_slot_seconds;
        assert_eq!(idle(&records, 4_000_000), 1.0);
        assert_eq!(idle(&records, 5_000_000), 1.0, "the new session has no slots yet");
        records.push(slots(4_000_000, 2));
        assert_eq!(idle(&records, 5_000_000), 3.0, "both slots idle since");
    }

    #[test]
    fn rate_and_time_left_are_of_run_time() {
        let summary = Progress::of(&two_trials_on_two_slots()).summary(Tick(4_000_000));
        assert_eq!(summary.trials_per_minute, Some(30.0));
        assert_eq!(summary.time_left_us, Some(4_000_000));
        let none = Progress::of(&two_trials_on_two_slots()[..4]).summary(Tick(1));
        assert_eq!((none.trials_per_minute, none.time_left_us), (None, None));
    }

    #[test]
    fn staleness_counts_trials_without_a_result_that_the_ask_saw() {
        // t0 saw nothing pending, t1 saw t0 pending, t2 was asked after t0 and t1 were told.
        let mut records = two_trials_on_two_slots();
        assert_eq!(Progress::of(&records).summary(Tick(0)).mean_staleness, Some(1.0 / 3.0));
        // t3 is asked now, but its sampler had observed only the first ask: three trials unseen.
        records.push(asked(4_000_000, 3, 4));
        assert_eq!(Progress::of(&records).summary(Tick(0)).mean_staleness, Some(1.0));
    }

    #[test]
    fn staleness_of_a_mode_with_a_promise_is_what_it_promises() {
        let mean = |mode| {
            let mut records = vec![opened(Study { mode, ..study() })];
            records.extend((0..6).map(|trial| asked(0, trial, 1)));
            Progress::of(&records).summary(Tick(0)).mean_staleness
        };
        assert_eq!(mean(Mode::Batched { batch_size: 3 }), Some(1.0));
        assert_eq!(mean(Mode::Windowed { lag: 3 }), Some(9.0 / 6.0));
    }

    #[test]
    fn a_finished_study_does_not_age() {
        let mut records = two_trials_on_two_slots();
        records.push(told(5_000_000, 2, complete(4.0, 0.1)));
        let budget = Budget { trials: 3, wall_us: None, target_loss: None };
        records.push(record(
            5_000_000,
            What::Amended(Amendment { budget: Some(budget), ..Amendment::default() }),
        ));
        let summary = Progress::of(&records).summary(Tick(99_000_000));
        assert!(summary.finished);
        assert_eq!((summary.run_time_us, summary.time_left_us), (5_000_000, Some(0)));
    }

    #[test]
    fn the_target_loss_or_the_wall_time_finish_a_study_too() {
        let told_one = |budget| {
            let records =
                [opened(Study { budget, ..study() }), asked(0, 0, 1), told(2_000_000, 0, complete(1.0, 0.1))];
            Progress::of(&records).summary(Tick(2_000_000)).finished
        };
        let open = Budget { trials: 9, wall_us: None, target_loss: None };
        assert!(!told_one(open));
        assert!(told_one(Budget { target_loss: Some(1.0), ..open }));
        assert!(told_one(Budget { wall_us: Some(2_000_000), ..open }));
        assert!(!told_one(Budget { wall_us: Some(2_000_001), ..open }));
    }

    #[test]
    fn pause_ends_with_resume_or_a_new_session() {
        let paused = |tail: Vec<Record>| {
            let mut records = vec![opened(study()), record(1, What::Commanded(Command::Pause))];
            records.extend(tail);
            Progress::of(&records).summary(Tick(1)).paused
        };
        assert!(paused(vec![]));
        assert!(!paused(vec![record(2, What::Commanded(Command::Resume))]));
        assert!(!paused(vec![session(2)]));
    }

    #[test]
    fn imported_trials_are_history_but_not_budget() {
        let records = [opened(study()), imported(1, 0, complete(0.5, f64::NAN))];
        let summary = Progress::of(&records).summary(Tick(1));
        assert_eq!((summary.trials_imported, summary.trials_asked, summary.trials_told), (1, 0, 0));
        assert_eq!(summary.best.map(|best| (best.loss, best.se)), Some((0.5, None)));
    }

    #[test]
    fn the_summary_is_json() {
        let json = serde_json::to_value(Progress::of(&two_trials_on_two_slots()).summary(Tick(0))).unwrap();
        assert_eq!(json["trials_told"], 2);
        assert_eq!(json["best"]["found_at_us"], 3_000_000);
    }
}
