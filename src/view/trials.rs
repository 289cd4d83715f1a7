//! Every trial with its point, its loss, and when and how long its replicates ran: run times stand
//! beside parameters so that a bias of one towards the other can be measured.

use super::{Fold, Parameters};
use crate::evaluate::TrialLoss;
use crate::ids::{Attempt, Seq, Tick, TrialId};
use crate::scheduler::{Origin, Outcome, Record, Runner, Verdict, What};
use crate::spec::{Point, Space, Study};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fold of all trials.
#[derive(Debug, Clone, Default)]
pub struct Trials {
    space: Space,
    targets: Vec<String>,
    trials: BTreeMap<TrialId, Trial>,
}

#[derive(Debug, Clone)]
struct Trial {
    point: Point,
    source: Source,
    asked_at: Tick,
    started_at: Option<Tick>,
    finished_at: Option<Tick>,
    attempts: u32,
    /// Run time of each replicate with outputs, by its number.
    run_us: BTreeMap<u32, u64>,
    verdict: Option<Verdict>,
}

/// Where a trial came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Source {
    /// The sampler proposed its point.
    Sampler,
    /// Its point is a starting point of the study file.
    Start {
        /// Position in the study file, from 0.
        position: u32,
    },
    /// The user enqueued its point.
    Enqueued,
    /// A caller asked for it and runs it.
    Caller,
    /// Another program added it, finished.
    Imported {
        /// The program.
        program: String,
    },
}

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// Asked and not told.
    Pending,
    /// It has a loss.
    Complete,
    /// It has none.
    Failed,
}

/// Loss of one target, unweighted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetRow {
    /// Name of the target.
    pub target: String,
    /// Its loss.
    pub loss: f64,
    /// Standard error over replicates; none with a single replicate.
    pub se: Option<f64>,
    /// Profiled factors, one for each group in order of first appearance in the data.
    pub factors: Vec<f64>,
}

/// One trial. Times are run time: they exclude the pauses between sessions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialRow {
    /// Its number.
    pub trial: TrialId,
    /// Its parameters.
    pub parameters: Parameters,
    /// The same, as the journal has it.
    #[serde(skip)]
    pub point: Point,
    /// Where it came from.
    pub source: Source,
    /// Where it stands.
    pub state: TrialState,
    /// Its loss; none for a pending or failed trial.
    pub loss: Option<f64>,
    /// Standard error of the loss over replicates; none with a single replicate.
    pub se: Option<f64>,
    /// Losses of the targets, in the order of the study; empty without a loss.
    pub targets: Vec<TargetRow>,
    /// Why it failed.
    pub reason: Option<String>,
    /// What the user should know about its loss.
    pub notes: Vec<String>,
    /// Replicates with outputs.
    pub replicates_done: u32,
    /// Attempts that ended, retries included.
    pub attempts: u32,
    /// When it was asked.
    pub asked_at_us: Tick,
    /// When its first attempt that has ended began to run.
    pub started_at_us: Option<Tick>,
    /// When it was told.
    pub finished_at_us: Option<Tick>,
    /// Run times of the replicates with outputs, in the order of their numbers.
    pub run_times_us: Vec<u64>,
}

impl Trials {
    /// All trials, by number.
    pub fn rows(&self) -> Vec<TrialRow> {
        self.trials.iter().map(|(&id, trial)| self.present(id, trial)).collect()
    }

    /// One trial.
    pub fn row(&self, trial: TrialId) -> Option<TrialRow> {
        self.trials.get(&trial).map(|found| self.present(trial, found))
    }

    /// The parameters of the study.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// Trials with a loss: number, loss and standard error (NaN with a single replicate).
    pub(super) fn losses(&self) -> impl Iterator<Item = (TrialId, &TrialLoss)> {
        self.trials.iter().filter_map(|(&id, trial)| match &trial.verdict {
            Some(Verdict::Complete(loss)) => Some((id, loss)),
            _ => None,
        })
    }

    fn present(&self, id: TrialId, trial: &Trial) -> TrialRow {
        let (state, complete, failure) = match &trial.verdict {
            None => (TrialState::Pending, None, None),
            Some(Verdict::Complete(loss)) => (TrialState::Complete, Some(loss), None),
            Some(Verdict::Failed(failure)) => (TrialState::Failed, None, Some(failure)),
        };
        TrialRow {
            trial: id,
            parameters: Parameters::of(&self.space, &trial.point),
            point: trial.point.clone(),
            source: trial.source.clone(),
            state,
            loss: complete.map(|complete| complete.loss),
            se: complete.map(|complete| complete.se).filter(|se| se.is_finite()),
            targets: complete.map_or_else(Vec::new, |complete| self.target_rows(complete)),
            reason: failure.map(|failure| failure.reason.clone()),
            notes: complete.map_or_else(Vec::new, |complete| complete.notes.clone()),
            replicates_done: u32::try_from(trial.run_us.len()).unwrap_or(u32::MAX),
            attempts: trial.attempts,
            asked_at_us: trial.asked_at,
            started_at_us: trial.started_at,
            finished_at_us: trial.finished_at,
            run_times_us: trial.run_us.values().copied().collect(),
        }
    }

    fn target_rows(&self, complete: &TrialLoss) -> Vec<TargetRow> {
        let named = self.targets.iter().zip(&complete.targets);
        named
            .map(|(target, found)| TargetRow {
                target: target.clone(),
                loss: found.loss,
                se: Some(found.se).filter(|se| se.is_finite()),
                factors: found.factors.clone(),
            })
            .collect()
    }

    fn opened(&mut self, study: &Study) {
        self.space.clone_from(study.space());
        self.targets = study.targets.iter().map(|target| target.name.clone()).collect();
    }

    fn begin(&mut self, at: Tick, trial: TrialId, point: &Point, source: Source) -> &mut Trial {
        self.trials.entry(trial).or_insert_with(|| Trial {
            point: point.clone(),
            source,
            asked_at: at,
            started_at: None,
            finished_at: None,
            attempts: 0,
            run_us: BTreeMap::new(),
            verdict: None,
        })
    }

    fn ended(&mut self, attempt: Attempt, started: Tick, run_us: u64, outcome: &Outcome) {
        let Some(trial) = self.trials.get_mut(&attempt.trial) else { return };
        trial.attempts += 1;
        trial.started_at = Some(trial.started_at.map_or(started, |earliest| earliest.min(started)));
        if matches!(outcome, Outcome::Completed(_)) {
            trial.run_us.insert(attempt.replicate, run_us);
        }
    }
}

impl Fold for Trials {
    fn observe(&mut self, _seq: Seq, record: &Record) {
        match &record.what {
            What::Opened { study, .. } => self.opened(study),
            What::Asked { trial, point, origin, runner, .. } => {
                self.begin(record.at, *trial, point, source(*origin, *runner));
            }
            What::Ended { attempt, started, run_us, outcome, .. } => {
                self.ended(*attempt, *started, *run_us, outcome);
            }
            What::Told { trial, verdict } => {
                if let Some(found) = self.trials.get_mut(trial) {
                    found.finished_at = Some(record.at);
                    found.verdict = Some(verdict.clone());
                }
            }
            What::Imported { trial, point, verdict, source } => {
                let source = Source::Imported { program: source.clone() };
                let begun = self.begin(record.at, *trial, point, source);
                begun.finished_at = Some(record.at);
                begun.verdict = Some(verdict.clone());
            }
            _ => {}
        }
    }
}

fn source(origin: Origin, runner: Runner) -> Source {
    match (origin, runner) {
        (Origin::Sampler, Runner::Caller) => Source::Caller,
        (Origin::Sampler, Runner::Slots) => Source::Sampler,
        (Origin::Start(position), _) => Source::Start { position },
        (Origin::Enqueued, _) => Source::Enqueued,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::scheduler::LostReason;

    #[test]
    fn a_complete_trial_has_its_loss_times_and_run_times() {
        let row = Trials::of(&two_trials_on_two_slots()).row(TrialId(0)).unwrap();
        assert_eq!(
            (row.state, row.loss, row.se, row.reason),
            (TrialState::Complete, Some(3.0), Some(0.5), None)
        );
        assert_eq!(row.targets.len(), 1);
        assert_eq!((row.targets[0].target.as_str(), row.targets[0].loss), ("cases", 3.0));
        assert_eq!((row.started_at_us, row.finished_at_us), (Some(Tick(0)), Some(Tick(3_000_000))));
        assert_eq!((row.replicates_done, row.attempts), (2, 2));
        assert_eq!(row.run_times_us, [1_000_000, 2_000_000]);
    }

    #[test]
    fn failed_and_pending_trials_have_no_loss() {
        let rows = Trials::of(&two_trials_on_two_slots()).rows();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[1].state, rows[1].loss), (TrialState::Failed, None));
        assert_eq!(rows[1].reason.as_deref(), Some("the replicate ran over its time"));
        assert_eq!((rows[2].state, rows[2].started_at_us, rows[2].attempts), (TrialState::Pending, None, 0));
    }

    #[test]
    fn a_lost_attempt_counts_as_attempt_but_not_as_replicate() {
        let records = [
            opened(study()),
            asked(0, 0, 1),
            ended(9, attempt(0, 0, 0), 0, 1, 8, lost(LostReason::ProgramEnded)),
            ended(30, attempt(0, 0, 1), 0, 10, 20, done()),
        ];
        let row = Trials::of(&records).row(TrialId(0)).unwrap();
        assert_eq!((row.attempts, row.replicates_done, row.run_times_us), (2, 1, vec![20]));
        assert_eq!(row.started_at_us, Some(Tick(1)));
    }

    #[test]
    fn an_imported_trial_is_finished_when_it_appears() {
        let row =
            Trials::of(&[opened(study()), imported(7, 0, complete(1.0, f64::NAN))]).row(TrialId(0)).unwrap();
        assert_eq!((row.state, row.se, row.finished_at_us), (TrialState::Complete, None, Some(Tick(7))));
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(json["source"], serde_json::json!({"kind": "imported", "program": "optuna"}));
        assert_eq!(json["parameters"], serde_json::json!({"rate": 0.2, "share": 0.3}));
        assert_eq!(json["state"], "complete");
    }

    /// Two stores' trials can be compared by their JSON.
    #[test]
    fn json_keeps_every_bit_of_parameters_and_losses() {
        let hard = [0.1 + 0.2, 1.0 / 3.0, -0.0, 5e-324, f64::MIN_POSITIVE.next_down(), f64::MAX, 1e22];
        for (position, &x) in hard.iter().enumerate() {
            let near = f64::from_bits(x.to_bits() ^ 1);
            let records =
                [opened(study()), asked_at(0, 0, 1, [x, near]), told(1, 0, complete(x, near.abs()))];
            let text = serde_json::to_string(&Trials::of(&records).row(TrialId(0))).unwrap();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let bits = |value: &serde_json::Value| value.as_f64().map(f64::to_bits);
            let target = &json["targets"][0];
            for found in [&json["parameters"]["rate"], &json["loss"], &target["loss"]] {
                assert_eq!(bits(found), Some(x.to_bits()), "number {position}: {text}");
            }
            assert_eq!(bits(&json["parameters"]["share"]), Some(near.to_bits()), "number {position}: {text}");
            assert_eq!(bits(&json["se"]), Some(near.abs().to_bits()), "number {position}: {text}");
        }
    }
}
