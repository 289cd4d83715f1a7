//! `enqueue`, `ask` and `tell`: points from the user, and trials that the user runs elsewhere. The
//! study must not be running: it has one writer.

use super::failure::Failure;
use super::{StoreArgs, out, text};
use crate::run::{beginning, claim};
use crate::store::{AnyStore, IfMissing, open};
use clap::{ArgGroup, Args};
use freerun::driver::{Conversation, StoreError, point_of_pairs, points_of_json, ready, verdicts_of_json};
use freerun::evaluate::{TargetLoss, TrialLoss};
use freerun::ids::TrialId;
use freerun::model::BuiltIn;
use freerun::scheduler::{TrialFailure, Verdict};
use freerun::spec::Study;
use serde_json::Value as Json;
use std::num::NonZeroU32;

/// Have a study try points next
#[derive(Args)]
#[command(
    group = ArgGroup::new("point").required(true).args(["set", "json"]),
    after_help = "Examples:\n  freerun enqueue typhoid --set tai=42000 --set teer=7\n  freerun enqueue typhoid --json '{\"tai\": 42000, \"teer\": 7}'"
)]
pub struct EnqueueArgs {
    /// Name of the study
    study: String,
    /// A parameter and its value; every parameter once
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// A point as a JSON object, or a list of points; `-` reads standard input
    #[arg(long)]
    json: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Begin trials that you run yourself: prints each as a line of JSON
#[derive(Args)]
#[command(
    after_help = "Example:\n  freerun ask typhoid\n  {\"trial\":12,\"parameters\":{\"tai\":42000.0},\"seeds\":[\"16294208416658607535\"]}\n\nSeeds, one for each replicate, have 64 bits: they are texts, because many readers of JSON round\nnumbers to 53 bits."
)]
pub struct AskArgs {
    /// Name of the study
    study: String,
    /// How many trials
    #[arg(short = 'n', long = "count", value_name = "N", default_value = "1")]
    count: NonZeroU32,
    /// As JSON; it always is
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

const TELL_EXAMPLES: &str = "\
Examples:
  freerun tell typhoid --trial 12 --loss 34.5 --se 0.7
  freerun tell typhoid --trial 12 --failed 'the node went down'
  freerun tell typhoid --json '{\"trial\": 12, \"loss\": 34.5, \"se\": 0.7, \"targets\": {\"cases\": 34.5}}'
  freerun tell typhoid --json - < verdicts.json

JSON is an object or a list of objects with: trial; and one of
  loss        with it se and targets (for each target by name its loss, or an object with loss and se)
  replicates  what each gave, {\"OUTPUT\": {\"COLUMN\": [CELLS]}}: the study's targets make the loss
  failed      a reason
Of a list, either all is told or nothing.";

/// Tell the loss of trials that `ask` gave out, or why they have none
#[derive(Args)]
#[command(
    group = ArgGroup::new("verdict").required(true).args(["loss", "failed", "json"]),
    after_help = TELL_EXAMPLES
)]
pub struct TellArgs {
    /// Name of the study
    study: String,
    /// Number of the trial
    #[arg(long, required_unless_present = "json", conflicts_with = "json")]
    trial: Option<u32>,
    /// Its loss
    #[arg(long, allow_negative_numbers = true)]
    loss: Option<f64>,
    /// Standard error of the loss
    #[arg(long, requires = "loss")]
    se: Option<f64>,
    /// Loss of each target, in the order of the study
    #[arg(long, requires = "loss", allow_negative_numbers = true, value_delimiter = ',')]
    targets: Vec<f64>,
    /// Why it has no loss
    #[arg(long, value_name = "REASON")]
    failed: Option<String>,
    /// All of it as JSON, of one trial or a list; `-` reads standard input
    #[arg(long)]
    json: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Enqueues the points.
pub fn enqueue(args: &EnqueueArgs) -> Result<(), Failure> {
    let json = args.json.as_deref().map(read_json).transpose()?;
    let points = with_study(&args.study, &args.store, |study| {
        let space = study.study().space();
        let points = match &json {
            Some(json) => points_of_json(space, json),
            None => point_of_pairs(space, &args.set).map(|point| vec![point]),
        };
        let points = points.map_err(Failure::bad_input)?;
        let count = points.len() as u64;
        ready(study.enqueue(study.now(), points))?;
        Ok(text::count(count, "point"))
    })?;
    out::line(format!("study `{}` tries {points} next when it runs and has trials left", args.study));
    Ok(())
}

/// Begins trials and prints them.
pub fn ask(args: &AskArgs) -> Result<(), Failure> {
    let wanted = args.count.get();
    let given = with_study(&args.study, &args.store, |study| Ok(ready(study.ask(study.now(), wanted))?))?;
    for trial in &given.trials {
        out::json(trial);
    }
    match given.short {
        Some(reason) if given.trials.is_empty() => Err(Failure::bad_input(reason)),
        Some(reason) => {
            out::note(format!("{} only: {reason}", text::count(given.trials.len() as u64, "trial")));
            Ok(())
        }
        None => Ok(()),
    }
}

/// Tells trials.
pub fn tell(args: &TellArgs) -> Result<(), Failure> {
    let json = args.json.as_deref().map(read_json).transpose()?;
    let told = with_study(&args.study, &args.store, |study| {
        let verdicts = match &json {
            Some(json) => verdicts_of_json(study.study(), json).map_err(Failure::bad_input)?,
            None => vec![(TrialId(args.trial.unwrap_or_default()), verdict(args, study.study())?)],
        };
        let told: Vec<String> = verdicts.iter().map(|(trial, _)| trial.0.to_string()).collect();
        ready(study.tell(study.now(), verdicts))?;
        Ok(told)
    })?;
    let (noun, verb) = if told.len() == 1 { ("trial", "is") } else { ("trials", "are") };
    out::line(format!("{noun} {} of study `{}` {verb} told", told.join(", "), args.study));
    Ok(())
}

/// The JSON in `text`, or on standard input if that is `-`.
fn read_json(text: &str) -> Result<Json, Failure> {
    let (text, place) = match text {
        "-" => {
            let read = std::io::read_to_string(std::io::stdin());
            let failed = |error| Failure::failed(format!("cannot read standard input: {error}"));
            (read.map_err(failed)?, "standard input")
        }
        given => (given.to_owned(), "--json"),
    };
    serde_json::from_str(&text).map_err(|error| Failure::bad_input(format!("{place} is no JSON: {error}")))
}

fn verdict(args: &TellArgs, study: &Study) -> Result<Verdict, Failure> {
    let Some(loss) = args.loss else {
        let reason = args.failed.clone().unwrap_or_default();
        return Ok(Verdict::Failed(TrialFailure { replicate: None, reason }));
    };
    let numbers = || args.targets.iter().chain([&loss]).chain(args.se.as_ref());
    if !numbers().all(|number| number.is_finite()) {
        return Err(Failure::bad_input(
            "a loss must be a finite number: tell a trial without one by --failed",
        ));
    }
    if !args.targets.is_empty() && args.targets.len() != study.targets.len() {
        let (found, wanted) = (args.targets.len(), study.targets.len());
        return Err(Failure::bad_input(format!("--targets has {found} losses, the study {wanted} targets")));
    }
    let target = |&loss: &f64| TargetLoss { loss, se: f64::NAN, factors: Vec::new() };
    Ok(Verdict::Complete(TrialLoss {
        loss,
        se: args.se.unwrap_or(f64::NAN),
        targets: args.targets.iter().map(target).collect(),
        notes: Vec::new(),
    }))
}

/// What `talk` gives, for a study that is nobody else's meanwhile. What is durable of the study does
/// not change if `talk` says nothing to it.
fn with_study<T>(
    name: &str,
    store: &StoreArgs,
    talk: impl FnOnce(&mut Conversation<AnyStore>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut store = open(&store.store, IfMissing::Refuse)?;
    let known = ready(freerun::driver::Store::studies(&mut store))?;
    if known.iter().all(|row| row.name != name) {
        return Err(StoreError::NotFound(name.to_owned()).into());
    }
    let claimed = claim(store, name)?;
    let scheduler = match claimed.scheduler_as_is(&BuiltIn, &beginning("caller")) {
        Ok(scheduler) => scheduler,
        Err(error) => {
            ready(claimed.release());
            return Err(error.into());
        }
    };
    let mut study = Conversation::new(claimed, scheduler);
    let result = talk(&mut study);
    ready(study.release());
    result
}
