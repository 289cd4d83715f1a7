//! `enqueue`, `ask` and `tell`: points from the user, and trials that the user runs elsewhere. The
//! study must not be running: it has one writer.

mod point;
mod verdict;

use super::failure::Failure;
use super::{StoreArgs, out, text};
use crate::run::{Claimed, beginning, claim};
use crate::store::{IfMissing, open};
use clap::{ArgGroup, Args};
use freerun::driver::{Asker, Conversed, converse, ready};
use freerun::evaluate::{TargetLoss, TrialLoss};
use freerun::ids::TrialId;
use freerun::model::BuiltIn;
use freerun::rng::replicate_seed;
use freerun::scheduler::{Command, Event, Record, TrialFailure, Verdict, What};
use freerun::spec::{Point, Study};
use freerun::view::Parameters;
use serde_json::{Value as Json, json};
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

JSON is an object or a list of objects with: trial; loss, and with it se and targets (for each
target by name its loss, or an object with loss and se); or failed, a reason. Of a list, either all
is told or nothing.";

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
    let (_, conversed) = with_study(&args.study, &args.store, |study, _| {
        let points = match &json {
            Some(json) => point::from_json(study.space(), json),
            None => point::from_pairs(study.space(), &args.set).map(|point| vec![point]),
        };
        let enqueue = |point: Point| Event::Command(Command::Enqueue(point));
        Ok(points.map_err(Failure::bad_input)?.into_iter().map(enqueue).collect())
    })?;
    refusal(&conversed)?;
    let is_point = |record: &&Record| matches!(record.what, What::Commanded(Command::Enqueue(_)));
    let points = text::count(conversed.records.iter().filter(is_point).count() as u64, "point");
    out::line(format!("study `{}` tries {points} next when it runs and has trials left", args.study));
    Ok(())
}

/// Begins trials and prints them.
pub fn ask(args: &AskArgs) -> Result<(), Failure> {
    let wanted = args.count.get();
    let (study, conversed) = with_study(&args.study, &args.store, |study, _| {
        // One more than the budget, so that the refusal is heard.
        let most = study.budget.trials.saturating_add(1);
        Ok((0..wanted.min(most)).map(|_| Event::Command(Command::AskForCaller)).collect())
    })?;
    let asked = conversed.records.iter().filter_map(|record| match &record.what {
        What::Asked { trial, point, .. } => Some((*trial, point)),
        _ => None,
    });
    let mut given = 0;
    for (trial, point) in asked {
        given += 1;
        out::json(&asked_json(&study, trial, point));
    }
    if given < wanted {
        let reason = conversed.refused.map_or_else(
            || "the next proposal must know the loss of a trial given out before: tell it first".to_owned(),
            |refused| refused.to_string(),
        );
        if given == 0 {
            return Err(Failure::bad_input(reason));
        }
        out::note(format!("{} only: {reason}", text::count(u64::from(given), "trial")));
    }
    Ok(())
}

fn asked_json(study: &Study, trial: TrialId, point: &Point) -> Json {
    let seed = |replicate| replicate_seed(study.seed, trial, replicate, study.common_random_numbers);
    let seeds: Vec<String> = (0..study.replicates).map(|replicate| seed(replicate).to_string()).collect();
    json!({"trial": trial, "parameters": Parameters::of(study.space(), point), "seeds": seeds})
}

/// Tells trials.
pub fn tell(args: &TellArgs) -> Result<(), Failure> {
    let json = args.json.as_deref().map(read_json).transpose()?;
    let mut told = Vec::new();
    let (_, conversed) = with_study(&args.study, &args.store, |study, records| {
        let verdicts = match &json {
            Some(json) => verdict::from_json(study, json).map_err(Failure::bad_input)?,
            None => vec![(TrialId(args.trial.unwrap_or_default()), verdict(args, study)?)],
        };
        verdict::check_asked(&verdicts, records).map_err(Failure::bad_input)?;
        told = verdicts.iter().map(|(trial, _)| trial.0.to_string()).collect();
        let tell = |(trial, verdict)| Event::Command(Command::TellByCaller { trial, verdict });
        Ok(verdicts.into_iter().map(tell).collect())
    })?;
    refusal(&conversed)?;
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

fn refusal(conversed: &Conversed) -> Result<(), Failure> {
    conversed.refused.as_ref().map_or(Ok(()), |refused| Err(Failure::bad_input(refused)))
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

/// Tells the study some events; gives the study and the records that follow.
fn with_study(
    name: &str,
    store: &StoreArgs,
    events: impl FnOnce(&Study, &[Record]) -> Result<Vec<Event>, Failure>,
) -> Result<(Study, Conversed), Failure> {
    let mut store = open(&store.store, IfMissing::Refuse)?;
    let known = ready(freerun::driver::Store::studies(&mut store))?;
    if known.iter().all(|row| row.name != name) {
        return Err(freerun::driver::StoreError::NotFound(name.to_owned()).into());
    }
    let mut claimed = claim(store, name)?;
    let result = told(&mut claimed, events);
    ready(claimed.release());
    result
}

fn told(
    claimed: &mut Claimed,
    events: impl FnOnce(&Study, &[Record]) -> Result<Vec<Event>, Failure>,
) -> Result<(Study, Conversed), Failure> {
    let mut scheduler = claimed.scheduler_as_is(&BuiltIn, &beginning("caller"))?;
    let study = scheduler.study().clone();
    let events = events(&study, &claimed.records)?;
    let conversed = ready(converse(claimed, &mut scheduler, &mut Asker::of(&study), events))?;
    Ok((study, conversed))
}
