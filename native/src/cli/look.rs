//! `studies`, `show` and `best`: looking at studies, running ones too.

use super::failure::Failure;
use super::watch::Lines;
use super::{StoreArgs, fit, out, summary, text};
use crate::run::Watch;
use crate::store::{AnyStore, IfMissing, open};
use clap::Args;
use freerun::driver::{Store, StudyRow, ready};
use freerun::ids::{Seq, TrialId};
use freerun::scheduler::Record;
use freerun::view::{Fit, FitSummary, Fold, Live, TrialRow, TrialState};
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

/// List the studies of a store
#[derive(Args)]
#[command(after_help = "Example:\n  freerun studies --store sqlite:freerun.db")]
pub struct StudiesArgs {
    /// As JSON, one line a study
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Show how far a study is, and follow it while it runs
#[derive(Args)]
#[command(
    after_help = "Examples:\n  freerun show typhoid\n  freerun show typhoid --follow\n  freerun show typhoid --trials --json > trials.jsonl"
)]
pub struct ShowArgs {
    /// Name of the study
    study: String,
    /// Go on until the study is finished
    #[arg(long)]
    follow: bool,
    /// Every trial instead of the summary
    #[arg(long)]
    trials: bool,
    /// As JSON; with --trials, one line a trial
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Show the best trial or another one beside the data, and how far to trust it
#[derive(Args)]
#[command(
    after_help = "Examples:\n  freerun best typhoid\n  freerun best typhoid --trial 12\n  freerun best typhoid --json\n\nTables round to five digits; --json has all of them."
)]
pub struct BestArgs {
    /// Name of the study
    study: String,
    /// Number of a trial to show instead
    #[arg(long, value_name = "NUMBER")]
    trial: Option<u32>,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Records read at a time.
const PAGE: usize = 4096;
/// How often a study that is followed is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Prints the studies.
pub fn studies(args: &StudiesArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    let mut rows = Vec::new();
    for row in ready(store.studies())? {
        let mut live = Live::default();
        catch_up(&mut store, &row.name, &mut live)?;
        let progress = live.progress();
        if args.json {
            out::json(&json!({"study": row.name, "held_by": row.held_by, "progress": progress}));
        }
        let best = progress.best.map(|best| text::number(best.loss)).unwrap_or_default();
        let trials = format!("{} of {}", progress.trials_told, progress.trials_budget);
        rows.push(vec![row.name.clone(), trials, best, state(&row, progress.finished)]);
    }
    if !args.json {
        out::table(&["study", "trials", "best loss", "state"], &[1, 2], &rows);
    }
    Ok(())
}

fn state(row: &StudyRow, finished: bool) -> String {
    match &row.held_by {
        Some(by) => format!("run by {by}"),
        None if finished => "finished".to_owned(),
        None => "resting".to_owned(),
    }
}

/// Prints how far a study is.
pub fn show(args: &ShowArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    let mut live = Live::default();
    catch_up(&mut store, &args.study, &mut live)?;
    if args.follow {
        follow(&mut store, &args.study, &mut live)?;
    }
    if args.trials {
        print_trials(&live.trials(), args.json);
    } else if args.json {
        out::json(&live.overview());
    } else {
        summary::print(&live);
    }
    Ok(())
}

fn print_trials(trials: &[TrialRow], json: bool) {
    if json {
        trials.iter().for_each(out::json);
        return;
    }
    let names = trials.first().map(|trial| &trial.parameters.0[..]).unwrap_or_default();
    let mut head = vec!["trial", "state", "loss", "se"];
    head.extend(names.iter().map(|(name, _)| name.as_str()));
    let numbers: Vec<usize> = (2..head.len()).collect();
    let optional = |value: Option<f64>| value.map(text::number).unwrap_or_default();
    let row = |trial: &TrialRow| {
        let state = match trial.state {
            TrialState::Pending => "pending",
            TrialState::Complete => "complete",
            TrialState::Failed => "failed",
        };
        let cells = [trial.trial.0.to_string(), state.to_owned(), optional(trial.loss), optional(trial.se)];
        let values = trial.parameters.0.iter().map(|(_, value)| text::plain(value));
        cells.into_iter().chain(values).collect()
    };
    out::table(&head, &numbers, &trials.iter().map(row).collect::<Vec<_>>());
}

/// Follows the study until it is finished, or its run has ended.
fn follow(store: &mut AnyStore, study: &str, live: &mut Live) -> Result<(), Failure> {
    let mut lines = Lines::new(std::mem::take(live));
    loop {
        let held = ready(store.studies())?.iter().any(|row| row.name == study && row.held_by.is_some());
        let last = lines.live.last();
        let records = ready(store.read(study, last, PAGE))?;
        lines.records(last.next(), &records);
        lines.tick(lines.live.last_at());
        if lines.live.progress().finished || (records.is_empty() && !held) {
            break;
        }
        if records.is_empty() {
            std::thread::sleep(LOOK_EVERY);
        }
    }
    *live = lines.live;
    Ok(())
}

/// Prints the best trial, or the one asked for.
pub fn best(args: &BestArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    let mut live = Live::default();
    let mut fit = args.trial.map_or_else(Fit::default, |number| Fit::of_trial(TrialId(number)));
    each_page(&mut store, &args.study, Seq(0), |first, records| {
        live.observe(first, records);
        (first.0..).map(Seq).zip(records).for_each(|(seq, record)| fit.observe(seq, record));
    })?;
    let fit = fit.summary().map_err(Failure::failed)?;
    match args.trial {
        Some(number) => print_trial(args, &live, TrialId(number), fit.as_ref()),
        None => print_best(args, &live, fit.as_ref()),
    }
}

/// What `best --json` prints: the trial, and its fit if this study simulated it.
#[derive(Serialize)]
struct WithFit<'a, T: Serialize> {
    #[serde(flatten)]
    trial: T,
    fit: Option<&'a FitSummary>,
}

fn print_best(args: &BestArgs, live: &Live, fit: Option<&FitSummary>) -> Result<(), Failure> {
    let none = || Failure::failed(format!("no trial of study `{}` has a loss", args.study));
    let best = live.best().ok_or_else(none)?;
    if args.json {
        out::json(&WithFit { trial: &best, fit });
        return Ok(());
    }
    summary::print_best(&best, live.space());
    fit.into_iter().for_each(fit::print);
    Ok(())
}

fn print_trial(
    args: &BestArgs,
    live: &Live,
    trial: TrialId,
    fit: Option<&FitSummary>,
) -> Result<(), Failure> {
    let none = || Failure::bad_input(format!("study `{}` has no trial {}", args.study, trial.0));
    let row = live.trial(trial).ok_or_else(none)?;
    if args.json {
        out::json(&WithFit { trial: &row, fit });
        return Ok(());
    }
    summary::print_trial("Trial", &row, live.space(), &[]);
    summary::print_bounds(&live.at_bounds(&row));
    fit.into_iter().for_each(fit::print);
    Ok(())
}

fn catch_up(store: &mut AnyStore, study: &str, live: &mut Live) -> Result<(), Failure> {
    let last = live.last();
    each_page(store, study, last, |first, records| live.observe(first, records))
}

/// Shows `observe` the records of the study after `last`, with the position of the first.
fn each_page(
    store: &mut AnyStore,
    study: &str,
    mut last: Seq,
    mut observe: impl FnMut(Seq, &[Record]),
) -> Result<(), Failure> {
    loop {
        let records = ready(store.read(study, last, PAGE))?;
        if records.is_empty() {
            return Ok(());
        }
        observe(last.next(), &records);
        last = Seq(last.0 + records.len() as u64);
    }
}
