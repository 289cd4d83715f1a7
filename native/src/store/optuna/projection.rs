//! The fold of a study's records into changes of Optuna's tables.

use super::text::{distribution, json, setting};
use freerun::evaluate::{Aligned, Evaluator};
use freerun::ids::{Seq, Tick, TrialId};
use freerun::scheduler::{Origin, Outcome, Record, Verdict, Versions, What};
use freerun::spec::{Domain, Mode, Parameter, Point, Study, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Up to here every step of a trial has a value; beyond, powers of two and the last one have.
const STEPS_IN_FULL: usize = 64;

/// Name and distribution of a parameter, as Optuna writes them beside each value.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The parameter.
    pub name: String,
    /// Its `distribution_json`.
    pub distribution: String,
}

/// What to do to Optuna's tables. Trials are named by their number.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Add the study, which is minimised.
    Study {
        /// Its user attributes: keys and JSON.
        user: Vec<(String, String)>,
        /// Its system attributes: keys and JSON.
        system: Vec<(String, String)>,
    },
    /// Set a user attribute of the study.
    StudyAttribute {
        /// Its key.
        key: String,
        /// Its JSON.
        value: String,
    },
    /// Add a RUNNING trial.
    Begin {
        /// Its number.
        number: u32,
        /// Its start, microseconds since 1970-01-01 UTC.
        start_utc_us: i64,
        /// Its parameters' values as Optuna keeps them, in the order of [`Projection::columns`].
        values: Vec<f64>,
        /// JSON of its system attribute `fixed_params`, if a user enqueued it.
        fixed: Option<String>,
    },
    /// Add an intermediate value.
    Step {
        /// The trial's number.
        number: u32,
        /// How many replicates it is of.
        step: u32,
        /// Their loss.
        loss: f64,
    },
    /// Finish a trial.
    End {
        /// Its number.
        number: u32,
        /// Its end, microseconds since 1970-01-01 UTC.
        end_utc_us: i64,
        /// Its value; `None`: it failed.
        loss: Option<f64>,
        /// Its user attributes: keys and JSON.
        user: Vec<(String, String)>,
    },
}

/// What the projection needs to know of the study.
struct Frame {
    parameters: Vec<Parameter>,
    columns: Vec<Column>,
    targets: Vec<String>,
    evaluator: Evaluator,
    replicates: u32,
}

/// Replicates of one trial that have ended, in the order of their numbers: then the loss of the last
/// step is the trial's to the bit.
#[derive(Default)]
struct EndedReplicates {
    numbers: Vec<u32>,
    aligned: Vec<Aligned>,
}

/// The fold.
#[derive(Default)]
pub struct Projection {
    at: Seq,
    trials: u32,
    frame: Option<Frame>,
    /// Of each pending trial.
    pending: BTreeMap<TrialId, EndedReplicates>,
    /// When the session began: in run time, and in microseconds since 1970-01-01 UTC.
    session: (Tick, i64),
    /// What records change is not wanted.
    passing: bool,
}

impl Projection {
    /// The last record folded in.
    pub fn at(&self) -> Seq {
        self.at
    }

    /// How many trials there are.
    pub fn trials(&self) -> u32 {
        self.trials
    }

    /// The parameters, in order; none before the first record.
    pub fn columns(&self) -> &[Column] {
        self.frame.as_ref().map_or(&[], |frame| &frame.columns)
    }

    /// Folds in the next record and adds to `changes` what it changes.
    pub fn apply(&mut self, record: &Record, changes: &mut Vec<Change>) {
        self.at = self.at.next();
        match &record.what {
            What::Opened { study, versions } => self.open(study, versions, changes),
            What::Session { started_utc_us, .. } => self.session = (record.at, *started_utc_us),
            What::Asked { trial, point, origin, .. } => {
                let fixed = (*origin == Origin::Enqueued).then(|| self.fixed_params(point));
                self.begin(*trial, point, record.at, fixed, changes);
                self.pending.insert(*trial, EndedReplicates::default());
            }
            What::Ended { attempt, outcome: Outcome::Completed(outputs), .. } => {
                let Some(frame) = &self.frame else { return };
                let Ok(aligned) = frame.evaluator.align(outputs) else { return };
                self.step(attempt.trial, attempt.replicate, aligned, changes);
            }
            What::Told { trial, verdict } => self.end(*trial, verdict, record.at, changes),
            What::Imported { trial, point, verdict, .. } => {
                self.begin(*trial, point, record.at, None, changes);
                self.end(*trial, verdict, record.at, changes);
            }
            What::Amended(amendment) => {
                if let Some(budget) = amendment.budget {
                    let (key, value) = ("freerun:budget".to_owned(), json(budget.trials));
                    changes.push(Change::StudyAttribute { key, value });
                }
            }
            What::Ended { .. } | What::Slots { .. } | What::Launched { .. } | What::Commanded(_) => {}
        }
    }

    /// Folds in the next record, whose changes have been carried out before.
    pub fn pass(&mut self, record: &Record) {
        self.passing = true;
        self.apply(record, &mut Vec::new());
        self.passing = false;
    }

    fn open(&mut self, study: &Study, versions: &Versions, changes: &mut Vec<Change>) {
        let column = |p: &Parameter| Column { name: p.name.clone(), distribution: distribution(&p.domain) };
        self.frame = Some(Frame {
            parameters: study.space().0.clone(),
            columns: study.space().0.iter().map(column).collect(),
            targets: study.targets.iter().map(|target| target.name.clone()).collect(),
            evaluator: Evaluator::new(&study.targets),
            replicates: study.replicates,
        });
        let attribute = |key: &str, value: Json| (format!("freerun:{key}"), value.to_string());
        let user = vec![
            attribute("program", format!("freerun {}", env!("CARGO_PKG_VERSION")).into()),
            attribute("model", versions.model.as_str().into()),
            attribute("mode", mode_name(study.mode).into()),
            attribute("sampler", versions.sampler.as_str().into()),
            // As a text: the numbers of JSON readers end at 2^53.
            attribute("seed", study.seed.to_string().into()),
            attribute("budget", study.budget.trials.into()),
            attribute("replicates", study.replicates.into()),
        ];
        let system = vec![("study:metric_names".to_owned(), json(vec!["loss"]))];
        changes.push(Change::Study { user, system });
    }

    fn begin(
        &mut self,
        trial: TrialId,
        point: &Point,
        at: Tick,
        fixed: Option<String>,
        changes: &mut Vec<Change>,
    ) {
        self.trials = self.trials.max(trial.0.saturating_add(1));
        let values = point.0.iter().map(|value| value.as_f64()).collect();
        changes.push(Change::Begin { number: trial.0, start_utc_us: self.utc_us(at), values, fixed });
    }

    fn step(&mut self, trial: TrialId, replicate: u32, aligned: Aligned, changes: &mut Vec<Change>) {
        let (Some(frame), Some(ended)) = (&self.frame, self.pending.get_mut(&trial)) else { return };
        let Err(position) = ended.numbers.binary_search(&replicate) else { return };
        ended.numbers.insert(position, replicate);
        ended.aligned.insert(position, aligned);
        if self.passing || !is_told(ended.numbers.len(), frame.replicates) {
            return;
        }
        if let Ok(loss) = frame.evaluator.evaluate(&ended.aligned) {
            changes.push(Change::Step { number: trial.0, step: ended.numbers.len() as u32, loss: loss.loss });
        }
    }

    fn end(&mut self, trial: TrialId, verdict: &Verdict, at: Tick, changes: &mut Vec<Change>) {
        self.pending.remove(&trial);
        let end_utc_us = self.utc_us(at);
        let user = self.attributes(verdict);
        changes.push(Change::End { number: trial.0, end_utc_us, loss: verdict.loss(), user });
    }

    fn attributes(&self, verdict: &Verdict) -> Vec<(String, String)> {
        let loss = match verdict {
            Verdict::Failed(failure) => return vec![("failure".to_owned(), json(failure.reason.as_str()))],
            Verdict::Complete(loss) => loss,
        };
        let mut user = Vec::new();
        let mut add = |key: String, value: f64| {
            if value.is_finite() {
                user.push((key, json(value)));
            }
        };
        add("se".to_owned(), loss.se);
        let names = self.frame.iter().flat_map(|frame| &frame.targets);
        for (name, target) in names.zip(&loss.targets) {
            add(format!("loss.{name}"), target.loss);
            add(format!("se.{name}"), target.se);
        }
        if !loss.notes.is_empty() {
            user.push(("notes".to_owned(), json(loss.notes.clone())));
        }
        user
    }

    fn fixed_params(&self, point: &Point) -> String {
        let parameters = self.frame.iter().flat_map(|frame| &frame.parameters);
        let named = parameters.zip(&point.0);
        let fixed = named.map(|(parameter, &value)| (parameter.name.clone(), external(parameter, value)));
        Json::Object(fixed.collect()).to_string()
    }

    fn utc_us(&self, at: Tick) -> i64 {
        let (begun, utc_us) = self.session;
        utc_us.saturating_add(i64::try_from(at.since_us(begun)).unwrap_or(i64::MAX))
    }
}

/// Every step is an evaluation of all replicates so far: with a value for each of many replicates,
/// the cost would grow with their square.
fn is_told(step: usize, replicates: u32) -> bool {
    step <= STEPS_IN_FULL || step.is_power_of_two() || step >= replicates as usize
}

/// A value as a user of Optuna sees it.
fn external(parameter: &Parameter, value: Value) -> Json {
    match (&parameter.domain, value) {
        (Domain::Categorical { choices }, Value::Choice(position)) => {
            choices.get(position as usize).map_or(Json::Null, setting)
        }
        (_, Value::Int(value)) => value.into(),
        (_, value) => value.as_f64().into(),
    }
}

fn mode_name(mode: Mode) -> String {
    match mode {
        Mode::Parallel { in_flight: None } => "parallel".to_owned(),
        Mode::Parallel { in_flight: Some(trials) } => format!("parallel, {trials} trials in flight"),
        Mode::Batched { batch_size } => format!("batched, {batch_size} trials a batch"),
        Mode::Windowed { lag } => format!("windowed, lag {lag}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_replicates_few_steps_are_told_and_the_last_is() {
        let told: Vec<usize> = (1..=1000).filter(|&step| is_told(step, 1000)).collect();
        assert_eq!(told[..64], (1..=64).collect::<Vec<_>>());
        assert_eq!(told[64..], [128, 256, 512, 1000]);
    }
}
