//! Taking a study up: the claim, its records, and the scheduler that goes on from them.

use super::asker::AskerThread;
use super::inbox::{Broken, Inbox, News};
use super::platform::{Platform, Watch};
use super::threads::Threads;
use super::writer::{LEASE_US, Writer};
use crate::store::{AnyStore, this_process};
use freerun::driver::{
    self, Asker, Beginning, ImportError, Imported, RunError, StoreError, TakeUpError, ready,
};
use freerun::evaluate::Evaluator;
use freerun::ids::Seq;
use freerun::journal::file::ExportedStudy;
use freerun::model;
use freerun::scheduler::{Event, Scheduler, StopReason};
use freerun::spec::Study;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Why a study cannot be taken up or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is in the store cannot be gone on with.
    #[error(transparent)]
    TakeUp(#[from] TakeUpError),
    /// The loop ended in the middle.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Something the loop needs broke.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The model cannot be made.
    #[error("this program cannot run the model `{model}`: {reason}")]
    Model {
        /// Name of the model.
        model: String,
        /// Why.
        reason: String,
    },
    /// The system gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// A study that this program may write.
pub type Claimed = driver::Claimed<AnyStore>;

/// Claims the study called `name` for this process.
///
/// # Errors
/// [`StoreError::Held`] while another program runs it.
pub fn claim(store: AnyStore, name: &str) -> Result<Claimed, StoreError> {
    ready(Claimed::new(store, name, this_process(), LEASE_US))
}

/// Adds to the store what it lacks of an exported study.
///
/// # Errors
/// See [`ImportError`].
pub fn import(store: &mut AnyStore, study: &ExportedStudy) -> Result<Imported, ImportError> {
    ready(driver::import(store, &this_process(), LEASE_US, study))
}

/// A session that begins now, on this engine.
pub fn beginning(engine: &str) -> Beginning {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Beginning { engine: engine.to_owned(), started_utc_us: since.map_or(0, |since| since.as_micros() as i64) }
}

/// Runs the study until it is done or stopped, with so many threads.
///
/// # Errors
/// See [`SessionError`]; what is durable then can be taken up again.
pub fn run(
    claimed: Claimed,
    mut scheduler: Scheduler,
    workers: u32,
    (inbox, received): (Inbox, Receiver<News>),
    watch: &mut dyn Watch,
) -> Result<StopReason, SessionError> {
    let study = scheduler.study();
    let asker = Asker::of(study);
    let evaluator = Arc::new(Evaluator::new(&study.targets));
    let threads = start_threads(study, workers, evaluator, &inbox)?;
    let after = Seq(claimed.records.len() as u64);
    watch.recovered(&claimed.records);
    drop(claimed.records);
    let now = Instant::now();
    let mut platform = Platform {
        threads,
        asker: AskerThread::start(asker, inbox.clone())?,
        writer: Writer::start(claimed.store, &claimed.name, claimed.epoch, after, inbox.clone())?,
        inbox: received,
        watch,
        from: scheduler.now(),
        begun: now,
        tick_at: now,
        broken: None,
    };
    inbox.event(Event::Slots(workers));
    let result = driver::ready(driver::run(&mut scheduler, &mut platform));
    platform.writer.close();
    match platform.broken {
        Some(broken) => Err(broken.into()),
        None => Ok(result?),
    }
}

fn start_threads(
    study: &Study,
    workers: u32,
    evaluator: Arc<Evaluator>,
    inbox: &Inbox,
) -> Result<Threads, SessionError> {
    let plan = study.model.clone();
    let build = move || model::build(&plan).map_err(|problems| refused(&problems));
    build().map_err(|reason| SessionError::Model { model: study.model.model.clone(), reason })?;
    let inbox = inbox.clone();
    Ok(Threads::start(workers, Arc::new(build), evaluator, move |event| inbox.event(event))?)
}

fn refused(problems: &[freerun::spec::SettingProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
