//! `enqueue`, `ask` and `tell`: points from the user, and trials that the user runs elsewhere. The
//! study must not be running: it has one writer.

use super::failure::Failure;
use super::{StoreArgs, out};
use crate::run::{Claimed, SessionError, converse};
use crate::store::{IfMissing, open};
use clap::{ArgGroup, Args};
use freerun::evaluate::{TargetLoss, TrialLoss};
use freerun::ids::TrialId;
use freerun::scheduler::{Command, Event, Record, TrialFailure, Verdict, What};
use freerun::spec::{Domain, Parameter, Point, Setting, Space, Study, Value};
use freerun::view::{Parameters, Plain};
use serde_json::json;

/// Have a study try a point next
#[derive(Args)]
#[command(after_help = "Example:\n  freerun enqueue typhoid --set tai=42000 --set teer=7")]
pub struct EnqueueArgs {
    /// Name of the study
    study: String,
    /// A parameter and its value; every parameter once
    #[arg(long = "set", value_name = "NAME=VALUE", required = true)]
    set: Vec<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Begin a trial that you run yourself: prints its number and parameters as JSON
#[derive(Args)]
#[command(after_help = "Example:\n  freerun ask typhoid\n  {\"trial\":12,\"parameters\":{\"tai\":42000.0}}")]
pub struct AskArgs {
    /// Name of the study
    study: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Tell the loss of a trial that `ask` gave out, or why it has none
#[derive(Args)]
#[command(
    group = ArgGroup::new("verdict").required(true).args(["loss", "failed"]),
    after_help = "Examples:\n  freerun tell typhoid --trial 12 --loss 34.5 --se 0.7\n  freerun tell typhoid --trial 12 --failed \"the node went down\""
)]
pub struct TellArgs {
    /// Name of the study
    study: String,
    /// Number of the trial
    #[arg(long)]
    trial: u32,
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
    #[command(flatten)]
    store: StoreArgs,
}

/// Enqueues the point.
pub fn enqueue(args: &EnqueueArgs) -> Result<(), Failure> {
    with_study(&args.study, &args.store, |study| {
        let point = point(study.space(), &args.set).map_err(Failure::bad_input)?;
        Ok(Event::Command(Command::Enqueue(point)))
    })?;
    out::line(format!("study `{}` tries this point next when it runs and has trials left", args.study));
    Ok(())
}

/// Begins a trial and prints it.
pub fn ask(args: &AskArgs) -> Result<(), Failure> {
    let (study, records) =
        with_study(&args.study, &args.store, |_| Ok(Event::Command(Command::AskForCaller)))?;
    let asked = records.iter().find_map(|record| match &record.what {
        What::Asked { trial, point, .. } => Some((trial, point)),
        _ => None,
    });
    let (trial, point) = asked.ok_or_else(|| {
        Failure::failed("the next proposal must know the loss of a trial given out before: tell it first")
    })?;
    out::json(&json!({"trial": trial, "parameters": Parameters::of(study.space(), point)}));
    Ok(())
}

/// Tells a trial.
pub fn tell(args: &TellArgs) -> Result<(), Failure> {
    with_study(&args.study, &args.store, |study| {
        let verdict = verdict(args, study)?;
        Ok(Event::Command(Command::TellByCaller { trial: TrialId(args.trial), verdict }))
    })?;
    out::line(format!("trial {} of study `{}` is told", args.trial, args.study));
    Ok(())
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

/// Tells the study the event; gives the study and the records that follow.
fn with_study(
    name: &str,
    store: &StoreArgs,
    event: impl FnOnce(&Study) -> Result<Event, Failure>,
) -> Result<(Study, Vec<Record>), Failure> {
    let mut store = open(&store.store, IfMissing::Refuse)?;
    let known = crate::store::block_on(freerun::driver::Store::studies(&mut store))?;
    if known.iter().all(|row| row.name != name) {
        return Err(freerun::driver::StoreError::NotFound(name.to_owned()).into());
    }
    let mut claimed = Claimed::new(store, name)?;
    let result = told(&mut claimed, event);
    claimed.release();
    result
}

fn told(
    claimed: &mut Claimed,
    event: impl FnOnce(&Study) -> Result<Event, Failure>,
) -> Result<(Study, Vec<Record>), Failure> {
    let mut scheduler = claimed.scheduler_as_is("caller")?;
    let study = scheduler.study().clone();
    let event = event(&study)?;
    let records = converse(claimed, &mut scheduler, vec![event]).map_err(|error| match error {
        SessionError::Store(error) => error.into(),
        other => Failure::from(other),
    })?;
    Ok((study, records))
}

/// The point that `NAME=VALUE` pairs give.
fn point(space: &Space, pairs: &[String]) -> Result<Point, String> {
    let mut values = vec![None; space.len()];
    for pair in pairs {
        let (name, text) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not NAME=VALUE"))?;
        let names = || space.0.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>().join(", ");
        let position = space
            .position(name)
            .ok_or_else(|| format!("the study has no parameter `{name}`: it has {}", names()))?;
        if values[position].replace(value(&space.0[position], text)?).is_some() {
            return Err(format!("`{name}` is given twice"));
        }
    }
    let named = space.0.iter().zip(values);
    let given =
        named.map(|(parameter, value)| value.ok_or_else(|| format!("`{}` is missing", parameter.name)));
    given.collect::<Result<_, _>>().map(Point)
}

fn value(parameter: &Parameter, text: &str) -> Result<Value, String> {
    let (value, allowed) = match &parameter.domain {
        Domain::Float { low, high, .. } => {
            (text.parse().ok().map(Value::Float), format!("a number from {low} to {high}"))
        }
        Domain::Int { low, high, .. } => {
            (text.parse().ok().map(Value::Int), format!("a whole number from {low} to {high}"))
        }
        Domain::Categorical { choices } => {
            let shown = |choice: &Setting| Plain::from(choice).to_string();
            let position = choices.iter().position(|choice| shown(choice) == text);
            let allowed = choices.iter().map(shown).collect::<Vec<_>>().join(", ");
            (position.map(|position| Value::Choice(position as u32)), allowed)
        }
    };
    let value = value.filter(|&value| parameter.domain.contains(value));
    value.ok_or_else(|| format!("`{}` is {text}, allowed: {allowed}", parameter.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::study;

    fn read(pairs: &[&str]) -> Result<Point, String> {
        point(study("s").space(), &pairs.iter().map(|&pair| pair.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_point_is_read_in_any_order() {
        let found = read(&["kind=b", "n=7", "x=-0.5"]);
        assert_eq!(found, Ok(Point(vec![Value::Float(-0.5), Value::Int(7), Value::Choice(1)])));
    }

    #[test]
    fn every_mistake_of_a_point_is_named() {
        for (pairs, says) in [
            (&["x"][..], "`x` is not NAME=VALUE"),
            (&["y=1"], "no parameter `y`: it has x, n, kind"),
            (&["x=6"], "`x` is 6, allowed: a number from -5 to 5"),
            (&["n=1.5"], "`n` is 1.5, allowed: a whole number from 1 to 100"),
            (&["kind=c"], "`kind` is c, allowed: a, b"),
            (&["x=1", "x=2"], "`x` is given twice"),
            (&["x=1", "n=1"], "`kind` is missing"),
        ] {
            let error = read(pairs).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
