//! What went wrong and how often: failed trials by reason, attempts that gave no evidence, and
//! retries.

use super::Fold;
use crate::ids::{Seq, TrialId};
use crate::model::ModelFailure;
use crate::scheduler::{LostReason, Outcome, Record, Verdict, What};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fold of what went wrong.
#[derive(Debug, Clone, Default)]
pub struct Failures {
    trials: BTreeMap<String, Vec<TrialId>>,
    failed: BTreeMap<FailedKind, u32>,
    lost: BTreeMap<LostKind, u32>,
    retries: u32,
}

/// Why a model gave no outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedKind {
    /// It does not accept the point.
    Refused,
    /// It panicked, trapped or its process died.
    Crashed,
    /// It ran longer than the study allows.
    TimedOut,
    /// Its answer could not be used.
    Unusable,
}

/// Why an attempt gave no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LostKind {
    /// The slot vanished under it.
    SlotVanished,
    /// The program ended while it ran.
    ProgramEnded,
    /// It was told to stop, or never began.
    Cancelled,
}

/// Trials that failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureGroup {
    /// The reason, a sentence fragment.
    pub reason: String,
    /// The trials, by number.
    pub trials: Vec<TrialId>,
}

/// How many attempts ended in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttemptCount<K> {
    /// The way.
    pub kind: K,
    /// How many.
    pub attempts: u32,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureSummary {
    /// Failed trials by reason, the most frequent first.
    pub trials: Vec<FailureGroup>,
    /// Attempts that told something bad of their point.
    pub failed_attempts: Vec<AttemptCount<FailedKind>>,
    /// Attempts that told nothing.
    pub lost_attempts: Vec<AttemptCount<LostKind>>,
    /// Attempts launched again after one that failed or was lost.
    pub retries: u32,
}

impl Failures {
    /// What went wrong so far.
    pub fn summary(&self) -> FailureSummary {
        let groups = self.trials.iter();
        let mut trials: Vec<FailureGroup> = groups
            .map(|(reason, trials)| FailureGroup { reason: reason.clone(), trials: trials.clone() })
            .collect();
        // Stable: equally frequent reasons stay in the order of their texts.
        trials.sort_by_key(|group| std::cmp::Reverse(group.trials.len()));
        FailureSummary {
            trials,
            failed_attempts: counts(&self.failed),
            lost_attempts: counts(&self.lost),
            retries: self.retries,
        }
    }

    fn ended(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Completed(_) => {}
            Outcome::Lost(reason) => *self.lost.entry(lost_kind(reason)).or_default() += 1,
            Outcome::Failed(failure) => match failed_kind(failure) {
                Some(kind) => *self.failed.entry(kind).or_default() += 1,
                None => *self.lost.entry(LostKind::Cancelled).or_default() += 1,
            },
        }
    }
}

impl Fold for Failures {
    fn observe(&mut self, _seq: Seq, record: &Record) {
        match &record.what {
            What::Launched { attempts, .. } => {
                let retries = attempts.iter().filter(|attempt| attempt.number > 0).count();
                self.retries = self.retries.saturating_add(u32::try_from(retries).unwrap_or(u32::MAX));
            }
            What::Ended { outcome, .. } => self.ended(outcome),
            What::Told { trial, verdict: Verdict::Failed(failure) }
            | What::Imported { trial, verdict: Verdict::Failed(failure), .. } => {
                self.trials.entry(failure.reason.clone()).or_default().push(*trial);
            }
            _ => {}
        }
    }
}

fn counts<K: Copy>(counted: &BTreeMap<K, u32>) -> Vec<AttemptCount<K>> {
    counted.iter().map(|(&kind, &attempts)| AttemptCount { kind, attempts }).collect()
}

/// None for a model that was told to stop: no evidence about the point.
fn failed_kind(failure: &ModelFailure) -> Option<FailedKind> {
    match failure {
        ModelFailure::Refused(_) => Some(FailedKind::Refused),
        ModelFailure::Crashed(_) => Some(FailedKind::Crashed),
        ModelFailure::TimedOut => Some(FailedKind::TimedOut),
        ModelFailure::Unusable(_) => Some(FailedKind::Unusable),
        ModelFailure::Stopped => None,
    }
}

fn lost_kind(reason: &LostReason) -> LostKind {
    match reason {
        LostReason::SlotVanished(_) => LostKind::SlotVanished,
        LostReason::ProgramEnded => LostKind::ProgramEnded,
        LostReason::Cancelled => LostKind::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn failed_trials_are_grouped_by_reason_the_most_frequent_first() {
        let reasons = ["a crash", "no cases", "no cases", "b crash"];
        let records: Vec<_> =
            (0u32..).zip(reasons).map(|(trial, reason)| told(0, trial, failed(reason))).collect();
        let groups = Failures::of(&records).summary().trials;
        let found: Vec<_> = groups.iter().map(|group| (group.reason.as_str(), group.trials.len())).collect();
        assert_eq!(found, [("no cases", 2), ("a crash", 1), ("b crash", 1)]);
        assert_eq!(groups[0].trials, [TrialId(1), TrialId(2)]);
    }

    #[test]
    fn attempts_are_counted_by_what_they_tell() {
        let end = |outcome| ended(1, attempt(0, 0, 0), 0, 0, 1, outcome);
        let records = [
            end(Outcome::Failed(ModelFailure::TimedOut)),
            end(Outcome::Failed(ModelFailure::Refused("x".into()))),
            end(Outcome::Failed(ModelFailure::TimedOut)),
            end(Outcome::Failed(ModelFailure::Stopped)),
            end(lost(LostReason::SlotVanished("gone".into()))),
            end(done()),
        ];
        let json = serde_json::to_value(Failures::of(&records).summary()).unwrap();
        assert_eq!(
            json["failed_attempts"],
            serde_json::json!([{"kind": "refused", "attempts": 1}, {"kind": "timed_out", "attempts": 2}])
        );
        assert_eq!(
            json["lost_attempts"],
            serde_json::json!([{"kind": "slot_vanished", "attempts": 1}, {"kind": "cancelled", "attempts": 1}])
        );
    }

    #[test]
    fn an_attempt_launched_again_is_a_retry() {
        let records =
            [launched(0, 0, &[attempt(0, 0, 0), attempt(0, 1, 1)]), launched(1, 0, &[attempt(0, 0, 2)])];
        assert_eq!(Failures::of(&records).summary().retries, 2);
    }
}
