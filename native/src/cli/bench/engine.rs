//! The real loop with its threads, sampler and store, around simulations that do nothing.

use super::{empty_study, median, warn_if_unoptimised};
use crate::cli::failure::Failure;
use crate::cli::{out, text};
use crate::run::{self, Inbox, Watch};
use crate::store::{IfMissing, open};
use clap::{Args, ValueEnum};
use freerun::ids::{Seq, Tick};
use freerun::model::BuiltIn;
use freerun::scheduler::{Record, Rejected, StopReason};
use freerun::spec::{SamplerPlan, Study, TpePlan};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Instant;

/// Trials a second through the real loop, sampler and store, with simulations that do nothing
///
/// Each repeat is a study of five parameters and one replicate, claimed, run and given back.
#[derive(Args)]
pub struct LoopArgs {
    /// Trials of each study
    #[arg(long, default_value = "1000", value_name = "N")]
    trials: NonZeroU32,
    /// Simulations at a time
    #[arg(long, default_value = "16", value_name = "N")]
    slots: NonZeroU32,
    /// Who proposes
    #[arg(long, value_enum, default_value = "tpe")]
    sampler: SamplerName,
    /// memory:, or sqlite: for a file in the temporary directory, removed afterwards, or sqlite:PATH
    /// for a file that must not exist and is removed, too
    #[arg(long, default_value = "memory:", value_name = "URL")]
    store: String,
    /// Studies
    #[arg(long, default_value = "5", value_name = "N")]
    repeats: NonZeroU32,
}

#[derive(Clone, Copy, ValueEnum)]
enum SamplerName {
    Random,
    Sobol,
    Tpe,
}

/// Measures.
pub fn run(args: &LoopArgs) -> Result<(), Failure> {
    warn_if_unoptimised();
    let sampler = match args.sampler {
        SamplerName::Random => SamplerPlan::Random,
        SamplerName::Sobol => SamplerPlan::Sobol,
        SamplerName::Tpe => SamplerPlan::Tpe(TpePlan::default()),
    };
    let study = empty_study(args.trials.get(), sampler);
    let mut rates = Vec::new();
    for repeat in 1..=args.repeats.get() {
        let place = Place::new(&args.store, repeat)?;
        let seconds = one(&study, args.slots.get(), &place)?;
        let rate = f64::from(args.trials.get()) / seconds;
        out::line(format!("repeat {repeat}: {} trials/s", text::number(rate.round())));
        rates.push(rate);
    }
    out::line(format!("median: {} trials/s", text::number(median(&rates).round())));
    Ok(())
}

/// Seconds from before the claim until the last record is durable and the study given back.
fn one(study: &Study, slots: u32, place: &Place) -> Result<f64, Failure> {
    let store = open(&place.url, IfMissing::Create)?;
    let begun = Instant::now();
    let claimed = run::claim(store, &study.name)?;
    let (scheduler, _) = claimed.scheduler(study, &BuiltIn, &run::beginning("bench"))?;
    let (sender, received) = mpsc::channel();
    let reason = run::run(claimed, scheduler, slots, (Inbox(sender), received), &mut Nobody)?;
    let seconds = begun.elapsed().as_secs_f64();
    match reason {
        StopReason::TrialsDone => Ok(seconds),
        other => Err(Failure::failed(format!("the study ended early: {other:?}"))),
    }
}

/// Where a repeat's study is kept; a file is removed at the end.
struct Place {
    url: String,
    folder: Option<PathBuf>,
    file: Option<PathBuf>,
}

impl Place {
    fn new(url: &str, repeat: u32) -> Result<Place, Failure> {
        match url {
            "sqlite:" => {
                let name = format!("freerun-bench-{}-{repeat}", std::process::id());
                let folder = std::env::temp_dir().join(name);
                let failed = |error| Failure::failed(format!("cannot make {}: {error}", folder.display()));
                std::fs::create_dir(&folder).map_err(failed)?;
                let url = format!("sqlite:{}", folder.join("bench.db").display());
                Ok(Place { url, folder: Some(folder), file: None })
            }
            _ => {
                let path = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
                let file = path.map(PathBuf::from);
                if let Some(file) = file.as_ref().filter(|file| file.exists()) {
                    let message = format!("{} exists: a bench needs a file of its own", file.display());
                    return Err(Failure::bad_input(message));
                }
                Ok(Place { url: url.to_owned(), folder: None, file })
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed is small, and named so that its origin can be seen.
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
        if let Some(file) = &self.file {
            for suffix in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
        }
    }
}

/// Nobody looks on.
struct Nobody;

impl Watch for Nobody {
    fn recovered(&mut self, _records: &[Record]) {}
    fn records(&mut self, _first: Seq, _records: &[Record]) {}
    fn tick(&mut self, _now: Tick) {}
    fn note(&mut self, message: &str) {
        out::note(message);
    }
    fn rejected(&mut self, why: &Rejected) {
        out::note(why.to_string());
    }
}
