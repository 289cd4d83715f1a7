//! `studies`, `show` and `best`: looking at studies, running ones too.

use super::failure::Failure;
use super::watch::{Lines, Live};
use super::{StoreArgs, out, summary, text};
use crate::run::Watch;
use crate::store::{AnyStore, IfMissing, block_on, open};
use clap::Args;
use freerun::driver::{Store, StudyRow};
use freerun::ids::Seq;
use freerun::view::{TrialRow, TrialState};
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

/// Show the best trial, the trials that noise cannot tell from it, and parameters at their bounds
#[derive(Args)]
#[command(after_help = "Examples:\n  freerun best typhoid\n  freerun best typhoid --json")]
pub struct BestArgs {
    /// Name of the study
    study: String,
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
    for row in block_on(store.studies())? {
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
        out::json(&live.to_json());
    } else {
        summary::print(&live.progress(), live.best().as_ref(), &live.failures());
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
        let cells = [trial.trial.to_string(), state.to_owned(), optional(trial.loss), optional(trial.se)];
        let values = trial.parameters.0.iter().map(|(_, value)| value.to_string());
        cells.into_iter().chain(values).collect()
    };
    out::table(&head, &numbers, &trials.iter().map(row).collect::<Vec<_>>());
}

/// Follows the study until it is finished, or its run has ended.
fn follow(store: &mut AnyStore, study: &str, live: &mut Live) -> Result<(), Failure> {
    let mut lines = Lines::new(std::mem::take(live));
    loop {
        let held = block_on(store.studies())?.iter().any(|row| row.name == study && row.held_by.is_some());
        let last = lines.live.last();
        let records = block_on(store.read(study, last, PAGE))?;
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

/// Prints the best trial.
pub fn best(args: &BestArgs) -> Result<(), Failure> {
    let mut store = open(&args.store.store, IfMissing::Refuse)?;
    let mut live = Live::default();
    catch_up(&mut store, &args.study, &mut live)?;
    match live.best() {
        Some(best) if args.json => out::json(&best),
        Some(best) => summary::print_best(&best),
        None => return Err(Failure::failed(format!("no trial of study `{}` has a loss", args.study))),
    }
    Ok(())
}

fn catch_up(store: &mut AnyStore, study: &str, live: &mut Live) -> Result<(), Failure> {
    loop {
        let last: Seq = live.last();
        let records = block_on(store.read(study, last, PAGE))?;
        if records.is_empty() {
            return Ok(());
        }
        live.observe(last.next(), &records);
    }
}
