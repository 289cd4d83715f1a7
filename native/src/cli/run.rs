//! `run`: a study from its file to its end, or on from where it stopped.

use super::check::describe;
use super::failure::Failure;
use super::watch::Shown;
use super::{StoreArgs, out, study_file, summary, text};
use crate::run::{self, Claimed, Inbox, Watch, quiet_panics};
use crate::store::{IfMissing, open};
use clap::Args;
use freerun::driver::ready;
use freerun::model::BuiltIn;
use freerun::scheduler::{Command, Event, StopReason};
use freerun::spec::{self, Draft, Mode, Study};
use freerun::view::{Live, Overview};
use serde::Serialize;
use serde_json::json;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

const EXAMPLES: &str = "\
Examples:
  freerun run studies/typhoid-sindh.toml
  freerun run study.toml --workers 16 --trials 500 --seed 7
  freerun run study.toml --mode windowed:16     the same trials on any machine
  freerun run study.toml --json > trials.jsonl

A study that is in the store already goes on where it stopped; a larger --trials adds trials to a
finished one. Ctrl-C lets running simulations end and keeps everything; a second Ctrl-C cancels
them. Nothing in a store is ever overwritten: to begin anew, give the run another --name, or
`freerun delete` the old study first.";

/// Run a study, or go on with one that was stopped
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct RunArgs {
    /// The study file, TOML or JSON
    study: PathBuf,
    /// Simulations at a time [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    workers: Option<NonZeroU32>,
    /// parallel, parallel:IN_FLIGHT, batched:BATCH_SIZE or windowed:LAG, instead of the file's
    #[arg(long, value_parser = spec::parse_mode)]
    mode: Option<Mode>,
    /// Trials in all, instead of the file's
    #[arg(long, value_name = "N")]
    trials: Option<NonZeroU32>,
    /// Seed of the study, instead of the file's
    #[arg(long)]
    seed: Option<u64>,
    /// Name of the study in the store, instead of the file's
    #[arg(long)]
    name: Option<String>,
    /// Only go on with a study that is in the store
    #[arg(long, conflicts_with = "new")]
    resume: bool,
    /// Only begin a study; one of its name in the store is kept, and an error
    #[arg(long)]
    new: bool,
    /// Every finished trial and the summary as JSON lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Runs it.
pub fn run(args: RunArgs) -> Result<(), Failure> {
    let draft = overridden(study_file::read(&args.study)?, &args);
    let store = open(&args.store.store, IfMissing::Create)?;
    let claimed = run::claim(store, draft.name())?;
    if let Err(failure) = check_intent(&args, &claimed) {
        ready(claimed.release());
        return Err(failure);
    }
    let seed = claimed.opened().map(|study| study.seed);
    let study = draft.freeze(seed.unwrap_or_else(fresh_seed));
    match claimed.finished(&study) {
        Some(reason) => {
            let mut live = Live::default();
            live.observe(freerun::ids::Seq(1), &claimed.records);
            ready(claimed.release());
            finish(&args, live, reason, false)
        }
        None => go_on(&args, claimed, &study),
    }
}

fn overridden(draft: Draft, args: &RunArgs) -> Draft {
    let draft = args.name.iter().cloned().fold(draft, Draft::with_name);
    let draft = args.mode.into_iter().fold(draft, Draft::with_mode);
    let draft = args.trials.into_iter().fold(draft, Draft::with_trials);
    args.seed.into_iter().fold(draft, Draft::with_seed)
}

fn check_intent(args: &RunArgs, claimed: &Claimed) -> Result<(), Failure> {
    let name = &claimed.name;
    match claimed.opened() {
        Some(_) if args.new => Err(Failure::bad_input(format!(
            "the store has a study `{name}` already: go on with it without --new, give this one another --name, or `freerun delete {name}` first"
        ))),
        None if args.resume => {
            Err(Failure::bad_input(format!("the store has no study `{name}` to go on with")))
        }
        _ => Ok(()),
    }
}

fn go_on(args: &RunArgs, claimed: Claimed, study: &Study) -> Result<(), Failure> {
    let (scheduler, amendment) = match claimed.scheduler(study, &BuiltIn, &run::beginning("threads")) {
        Ok(begun) => begun,
        Err(error) => {
            ready(claimed.release());
            return Err(error.into());
        }
    };
    let (sender, received) = mpsc::channel();
    let inbox = Inbox(sender);
    let presses = stop_on_signals(inbox.clone())?;
    quiet_panics();
    let workers = args.workers.or_else(|| std::thread::available_parallelism().ok()?.try_into().ok());
    let workers = workers.map_or(1, NonZeroU32::get);
    let mut shown = Shown::new(args.json);
    announce(args, &claimed, study, workers, shown.watch());
    if let Some(amendment) = amendment {
        inbox.event(Event::Amend(amendment));
    }
    let result = run::run(claimed, scheduler, workers, (inbox, received), shown.watch());
    let live = shown.into_live();
    let stopped = presses.load(Ordering::Relaxed) > 0;
    finish(args, live, result?, stopped)
}

fn announce(args: &RunArgs, claimed: &Claimed, study: &Study, workers: u32, watch: &mut dyn Watch) {
    if args.json {
        let resumed = !claimed.records.is_empty();
        out::json(&json!({
            "event": "start", "study": study.name, "seed": study.seed, "workers": workers, "resumed": resumed
        }));
        return;
    }
    let workers = text::count(u64::from(workers), "worker");
    watch.note(&format!("{}, {workers}, seed {}", describe(study), study.seed));
}

/// The first signal stops the study, the second what runs, too, the third the program.
fn stop_on_signals(inbox: Inbox) -> Result<Arc<AtomicU32>, Failure> {
    let presses = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&presses);
    let handler = move || match counted.fetch_add(1, Ordering::Relaxed) {
        0 => {
            inbox.note("stopping: what runs may end; Ctrl-C again cancels it");
            inbox.event(Event::Command(Command::Stop));
        }
        1 => {
            inbox.note("cancelling what runs; Ctrl-C again ends at once");
            inbox.event(Event::Command(Command::Abandon));
        }
        _ => std::process::exit(130),
    };
    ctrlc::set_handler(handler)
        .map_err(|error| Failure::failed(format!("cannot listen to signals: {error}")))?;
    Ok(presses)
}

/// The last line of `run --json`.
#[derive(Serialize)]
struct End {
    event: &'static str,
    reason: &'static str,
    #[serde(flatten)]
    overview: Overview,
}

fn finish(args: &RunArgs, live: Live, reason: StopReason, stopped: bool) -> Result<(), Failure> {
    if args.json {
        out::json(&End { event: "end", reason: reason_word(reason), overview: live.overview() });
    } else {
        summary::print(&live);
    }
    if reason == StopReason::Stopped {
        out::note(how_to_go_on(args, &live));
    }
    match reason {
        StopReason::TrialsDone | StopReason::WallTime | StopReason::TargetLoss => Ok(()),
        StopReason::Stopped if stopped => Err(Failure::interrupted()),
        StopReason::Stopped => Ok(()),
        StopReason::Fenced => Err(Failure::held("another program has taken the study over")),
        StopReason::WaitsForCaller => Err(Failure::failed(
            "the next proposal must know the loss of a trial that `freerun ask` gave out: tell it, then run again",
        )),
        StopReason::NoSlots => {
            Err(Failure::failed("every worker is stuck in a simulation that does not stop when told to"))
        }
    }
}

/// What is kept of a study that was stopped, and how to go on with it.
fn how_to_go_on(args: &RunArgs, live: &Live) -> String {
    let told = text::count(u64::from(live.progress().trials_told), "trial");
    if args.store.is_memory() {
        return format!("stopped: {told} were kept in memory and are gone");
    }
    let store = &args.store.store;
    format!("stopped: {told} are kept in {store}; the same command goes on")
}

fn reason_word(reason: StopReason) -> &'static str {
    match reason {
        StopReason::TrialsDone => "trials_done",
        StopReason::WallTime => "wall_time",
        StopReason::TargetLoss => "target_loss",
        StopReason::Stopped => "stopped",
        StopReason::WaitsForCaller => "waits_for_caller",
        StopReason::Fenced => "fenced",
        StopReason::NoSlots => "no_slots",
    }
}

/// A seed for a study that has none. It is written down in the study's first record; the keys of
/// the standard library's hasher are the one source of chance that needs no further crate.
fn fresh_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
