//! Taking a study up: the claim, its records, and the scheduler that goes on from them.

use super::asker::AskerThread;
use super::inbox::{Broken, Inbox, News};
use super::platform::{Platform, Watch};
use super::threads::Threads;
use super::writer::{LEASE_US, Writer};
use crate::store::{AnyStore, block_on, this_process};
use freerun::driver::{self, Asker, Holder, RunError, Store, StoreError};
use freerun::evaluate::Evaluator;
use freerun::ids::{Epoch, Seq};
use freerun::model::{self, BuiltIn};
use freerun::scheduler::{
    Amendment, Effect, Event, Record, Rejected, Scheduler, SessionInfo, StopReason, Versions, What,
};
use freerun::spec::{Catalogue, Difference, Study};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Why a study cannot be taken up or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its records make no sense, or an event does not.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The loop ended in the middle.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Something the loop needs broke.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It is another study than the one in the store.
    #[error("the study in the store is another one")]
    Differs(Vec<Difference>),
    /// Its records were made by another version of this program.
    #[error(
        "the study was begun with {was}, this program has {is}: finish it with the program it was begun with, or begin a new study"
    )]
    Versions {
        /// What made the records.
        was: String,
        /// What this program has.
        is: String,
    },
    /// This program does not have its model.
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

/// A study that this program may write, with its records so far.
pub struct Claimed {
    /// Where it is.
    pub store: AnyStore,
    /// Its name.
    pub name: String,
    /// Under which epoch it was claimed.
    pub epoch: Epoch,
    /// Its records; none for a new study.
    pub records: Vec<Record>,
    holder: Holder,
}

impl Claimed {
    /// Claims the study called `name`.
    ///
    /// # Errors
    /// [`StoreError::Held`] while another program runs it.
    pub fn new(mut store: AnyStore, name: &str) -> Result<Claimed, StoreError> {
        let holder = this_process();
        let epoch = block_on(store.claim(name, &holder, LEASE_US))?;
        let records = block_on(store.read(name, Seq(0), usize::MAX))?;
        Ok(Claimed { store, name: name.to_owned(), epoch, records, holder })
    }

    /// The study as it was opened; `None` for a new one.
    pub fn opened(&self) -> Option<&Study> {
        match self.records.first().map(|record| &record.what) {
            Some(What::Opened { study, .. }) => Some(study),
            _ => None,
        }
    }

    /// Gives the study back.
    pub fn release(mut self) {
        // A lease that cannot be ended now ends by itself.
        let _ = block_on(self.store.release(&self.name, self.epoch));
    }

    /// A scheduler that goes on from the records, or that begins `study` if there are none. An
    /// amendment comes with it where `study` changes what may be changed.
    ///
    /// # Errors
    /// [`SessionError::Differs`] if `study` is another one, [`SessionError::Versions`],
    /// [`SessionError::Rejected`] for records that make no sense.
    pub fn scheduler(
        &self,
        study: &Study,
        engine: &str,
    ) -> Result<(Scheduler, Option<Amendment>), SessionError> {
        let versions = versions(study)?;
        let session = self.session(engine);
        let Some(opened) = self.opened() else {
            return Ok((Scheduler::open(study.clone(), versions, &session)?, None));
        };
        let differences = opened.differences(study);
        if !differences.is_empty() {
            return Err(SessionError::Differs(differences));
        }
        let scheduler = self.recover(&session, &versions)?;
        let amendment = amendment(scheduler.study(), study);
        Ok((scheduler, amendment))
    }

    /// A scheduler that goes on from the records with the study as it stands there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there are none; else as [`Claimed::scheduler`].
    pub fn scheduler_as_is(&self, engine: &str) -> Result<Scheduler, SessionError> {
        let study = self.opened().ok_or_else(|| StoreError::NotFound(self.name.clone()))?;
        self.recover(&self.session(engine), &versions(study)?)
    }

    fn recover(&self, session: &SessionInfo, is: &Versions) -> Result<Scheduler, SessionError> {
        let scheduler = Scheduler::recover(&self.records, session)?;
        let was = scheduler.versions();
        if was != is {
            return Err(SessionError::Versions { was: shown(was), is: shown(is) });
        }
        Ok(scheduler)
    }

    fn session(&self, engine: &str) -> SessionInfo {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        SessionInfo {
            epoch: self.epoch,
            started_utc_us: since.map_or(0, |since| since.as_micros() as i64),
            engine: engine.to_owned(),
            host: self.holder.about.clone(),
        }
    }
}

/// What this program makes the records of `study` with.
fn versions(study: &Study) -> Result<Versions, SessionError> {
    let name = &study.model.model;
    let unknown = || SessionError::Model { model: name.clone(), reason: "there is no such model".to_owned() };
    let card = BuiltIn.card(name).ok_or_else(unknown)?;
    Ok(driver::versions(study, card.version))
}

fn shown(versions: &Versions) -> String {
    let Versions { journal, streams, sampler, model } = versions;
    format!("{sampler}, {model}, streams/{streams} and journal/{journal}")
}

fn amendment(was: &Study, is: &Study) -> Option<Amendment> {
    let amendment = Amendment {
        budget: (was.budget != is.budget).then_some(is.budget),
        attempts: (was.attempts != is.attempts).then_some(is.attempts),
        durability: (was.durability != is.durability).then_some(is.durability),
    };
    (amendment != Amendment::default()).then_some(amendment)
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
    let result = driver::run(&mut scheduler, &mut platform);
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

/// What came of telling a scheduler some events.
#[derive(Debug)]
pub struct Conversed {
    /// The records that followed; they are durable.
    pub records: Vec<Record>,
    /// Why the scheduler refused the event after which no more were told.
    pub refused: Option<Rejected>,
}

/// Tells the scheduler of `claimed` some events without running anything, up to the first that it
/// refuses.
///
/// # Errors
/// [`StoreError`] of the store.
pub fn converse(
    claimed: &mut Claimed,
    scheduler: &mut Scheduler,
    events: Vec<Event>,
) -> Result<Conversed, StoreError> {
    let study = scheduler.study();
    let mut asker = Asker::of(study);
    let mut last = Seq(claimed.records.len() as u64);
    let mut answers = std::collections::VecDeque::from(events);
    let mut written = Vec::new();
    loop {
        let mut records = Vec::new();
        while let Some(effect) = scheduler.poll() {
            match effect {
                Effect::Observe(observation) => asker.observe(&observation),
                Effect::Propose { trial, .. } => answers.push_front(asker.propose(trial)),
                Effect::Append { record, .. } => records.push(record),
                Effect::Launch { .. } | Effect::Cancel { .. } | Effect::Done(_) => {}
            }
        }
        let event = if records.is_empty() {
            answers.pop_front()
        } else {
            last = block_on(claimed.store.append(&claimed.name, claimed.epoch, last, &records))?;
            written.extend(records);
            Some(Event::Durable { upto: last })
        };
        let Some(event) = event else { return Ok(Conversed { records: written, refused: None }) };
        if let Err(refused) = scheduler.handle(scheduler.now(), event) {
            return Ok(Conversed { records: written, refused: Some(refused) });
        }
    }
}
