//! A running study as JavaScript sees it.

use super::take_up::{self, Choice, Stored};
use super::{Code, Failure, to_js};
use crate::driver::{Beginning, Claimed, MemoryStore};
use crate::ids::{Seq, SlotId};
use crate::scheduler::{Amendment, Command, Event, Scheduler, StopReason};
use crate::spec::{Draft, Study};
use crate::view::Outline;
use crate::web::engine::{Engine, InPlace, Messages, Pool, Simulation, Told};
use crate::web::executor;
use crate::web::host::{self, Clock};
use crate::web::inbox::{Inbox, News};
use crate::web::session::{Ended, Session};
use crate::web::store::{AnyStore, CallerStore, StoreObject, indexed_db_exists};
use crate::web::watch::Watch;
use futures_channel::mpsc::UnboundedReceiver;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

/// What to run, and how.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunRequest {
    study: Choice,
    /// Simulations at a time, at least 1.
    workers: u32,
    engine: EngineChoice,
    /// Who runs it, for people, such as `a tab of Firefox`.
    about: String,
    /// Whether a study of that name may, must or must not be in the store.
    #[serde(default)]
    stored: Stored,
    /// Where it is kept; without a choice in IndexedDB, where the host has it.
    #[serde(default)]
    store: Option<StoreChoice>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum StoreChoice {
    IndexedDb,
    Memory,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum EngineChoice {
    Threads,
    Messages,
    InPlace,
}

/// How a run ended.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum EndedShown {
    /// It is over or stopped.
    Done {
        /// Why, such as `trials_done`.
        reason: &'static str,
    },
    /// It goes on when it is run again, in a new module.
    Restart {
        /// Why, for a person.
        why: String,
    },
}

/// What a run begins with.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Begun<'a> {
    /// The study is claimed and its records are read.
    #[serde(rename_all = "camelCase")]
    Begun {
        outline: Outline,
        workers: u32,
        /// Trials of earlier sessions are there.
        resumed: bool,
        /// For simulators: the study as in its journal.
        study: &'a str,
    },
}

/// A study being run.
#[wasm_bindgen]
pub struct Run {
    inbox: Inbox,
    ended: js_sys::Promise,
}

/// Has `call` told of a trap, which leaves the module unusable.
#[wasm_bindgen(js_name = onTrap)]
pub fn on_trap(call: &js_sys::Function) {
    host::on_trap(call);
}

/// What a run needs from JavaScript.
struct Host {
    store: AnyStore,
    pool: Option<Pool>,
    /// Name of the channel on which lost threads are told.
    watch: String,
    report: js_sys::Function,
    clock: Clock,
}

#[wasm_bindgen]
impl Run {
    /// Begins to run what `request` says. `report` gets what there is to show; `pool` is needed for the
    /// engine `messages`, and has as many workers; `watch` names a channel for lost threads. Without a
    /// `clock`, which gives milliseconds since 1970-01-01 UTC, the host's is read; with a `store`
    /// the choice of the request does not count.
    ///
    /// # Errors
    /// When the request cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(
        request: JsValue,
        pool: Option<Pool>,
        watch: Option<String>,
        report: js_sys::Function,
        clock: Option<js_sys::Function>,
        store: Option<StoreObject>,
    ) -> Result<Run, JsValue> {
        let request: RunRequest = super::read(request)?;
        let (inbox, received) = Inbox::new();
        let store = store.map_or_else(|| open(request.store), |object| AnyStore::Caller(CallerStore(object)));
        let host = Host { store, pool, watch: watch.unwrap_or_default(), report, clock: Clock(clock) };
        let sender = inbox.clone();
        let ended = executor::promise(async move {
            let ended = run(request, host, (sender, received)).await?;
            Ok(to_js(&ended)?)
        });
        Ok(Run { inbox, ended })
    }

    /// Resolves with how the run ended; rejects with a failure.
    #[wasm_bindgen(getter)]
    pub fn ended(&self) -> js_sys::Promise {
        self.ended.clone()
    }

    /// Says `pause`, `resume`, `stop` or `abandon`.
    ///
    /// # Errors
    /// For anything else.
    pub fn command(&self, command: &str) -> Result<(), JsError> {
        let command = match command {
            "pause" => Command::Pause,
            "resume" => Command::Resume,
            "stop" => Command::Stop,
            "abandon" => Command::Abandon,
            other => return Err(JsError::new(&format!("there is no command `{other}`"))),
        };
        self.inbox.event(Event::Command(command));
        Ok(())
    }

    /// Takes what the worker of `slot` told, for the engine `messages`.
    ///
    /// # Errors
    /// When it cannot be read.
    #[wasm_bindgen(js_name = workerTold)]
    pub fn worker_told(&self, slot: u32, told: &str) -> Result<(), JsError> {
        let told: Told = serde_json::from_str(told)?;
        self.inbox.send(News::Worker { slot: SlotId(slot), told });
        Ok(())
    }

    /// Takes that the thread of `slot` is lost, for the engine `threads`.
    #[wasm_bindgen(js_name = threadLost)]
    pub fn thread_lost(&self, slot: u32, reason: String) {
        self.inbox.send(News::SlotDied { slot: SlotId(slot), reason });
    }
}

async fn run(
    request: RunRequest,
    host: Host,
    inbox: (Inbox, UnboundedReceiver<News>),
) -> Result<EndedShown, Failure> {
    let Host { store, pool, watch, report, clock } = host;
    let (mut claimed, draft) = take_up::claim(store, request.study, &request.about).await?;
    let beginning = Beginning { engine: request.engine.name().to_owned(), started_utc_us: clock.utc_us() };
    let taken = match take_up(&claimed, draft, request.stored, &beginning) {
        Ok(taken) => taken,
        Err(failure) => {
            claimed.release().await;
            return Err(failure);
        }
    };
    let mut watch_fold = Watch::new(report);
    let (scheduler, amendment) = match taken {
        Taken::GoesOn(scheduler, amendment) => (*scheduler, amendment),
        Taken::Over(reason) => {
            watch_fold.records(Seq(1), &claimed.records);
            watch_fold.show_now(watch_fold.last_at());
            claimed.release().await;
            return Ok(EndedShown::done(reason));
        }
    };
    let slots = if request.engine == EngineChoice::InPlace { 1 } else { request.workers.max(1) };
    let study = scheduler.study();
    announce(&watch_fold, study, slots, !claimed.records.is_empty());
    let engine = match start(request.engine, study, slots, pool, &watch, &inbox.0, &clock) {
        Ok(engine) => engine,
        Err(failure) => {
            claimed.release().await;
            return Err(failure);
        }
    };
    let amended = amendment.as_ref().and_then(|amendment| amendment.durability);
    claimed.store.set_durability(amended.unwrap_or(scheduler.study().durability));
    let session = Session { claimed, scheduler, amendment, engine, slots, inbox, clock };
    match session.run(&mut watch_fold).await {
        Ok(Ended::Done(reason)) => Ok(EndedShown::done(reason)),
        Ok(Ended::Restart(why)) => Ok(EndedShown::Restart { why }),
        Err(message) => Err(Failure::new(Code::Store, message)),
    }
}

fn open(choice: Option<StoreChoice>) -> AnyStore {
    let usual = if indexed_db_exists() { StoreChoice::IndexedDb } else { StoreChoice::Memory };
    match choice.unwrap_or(usual) {
        StoreChoice::IndexedDb => AnyStore::of_this_browser(),
        StoreChoice::Memory => AnyStore::Memory(MemoryStore::default()),
    }
}

/// What taking a study up came to.
enum Taken {
    GoesOn(Box<Scheduler>, Option<Amendment>),
    /// Nothing is left to do.
    Over(StopReason),
}

fn take_up(
    claimed: &Claimed<AnyStore>,
    draft: Option<Draft>,
    stored: Stored,
    beginning: &Beginning,
) -> Result<Taken, Failure> {
    let study = draft.map(|draft| take_up::settled(claimed, draft, stored)).transpose()?;
    let over = match &study {
        Some(study) => claimed.finished(study),
        None => claimed.over(),
    };
    if let Some(reason) = over {
        return Ok(Taken::Over(reason));
    }
    let (scheduler, amendment) = take_up::scheduler(claimed, study.as_ref(), beginning)?;
    Ok(Taken::GoesOn(Box::new(scheduler), amendment))
}

/// Tells what begins.
pub(super) fn announce(watch: &Watch, study: &Study, workers: u32, resumed: bool) {
    let text = serde_json::to_string(study).unwrap_or_default();
    let outline = Outline::of(study, Some(study.seed));
    watch.tell(&Begun::Begun { outline, workers, resumed, study: &text });
}

fn start(
    choice: EngineChoice,
    study: &Study,
    slots: u32,
    pool: Option<Pool>,
    watch: &str,
    inbox: &Inbox,
    clock: &Clock,
) -> Result<Engine, Failure> {
    let simulation = Simulation::of(study).map_err(|reason| {
        Failure::new(Code::BadInput, format!("the model `{}` cannot be run: {reason}", study.model.model))
    })?;
    match choice {
        EngineChoice::InPlace => {
            Ok(Engine::InPlace(InPlace::start(simulation, inbox.clone(), clock.clone())))
        }
        EngineChoice::Messages => {
            let pool = pool.ok_or_else(|| Failure::new(Code::Broken, "no workers were given"))?;
            Ok(Engine::Messages(Messages::new(pool, slots, inbox.clone())))
        }
        EngineChoice::Threads => threads(study, slots, watch, inbox),
    }
}

#[cfg(feature = "threads")]
fn threads(study: &Study, slots: u32, watch: &str, inbox: &Inbox) -> Result<Engine, Failure> {
    let study = std::sync::Arc::new(study.clone());
    Ok(Engine::Threads(crate::web::engine::Threads::start(&study, slots, watch, inbox)))
}

#[cfg(not(feature = "threads"))]
fn threads(_study: &Study, _slots: u32, _watch: &str, _inbox: &Inbox) -> Result<Engine, Failure> {
    Err(Failure::new(Code::Broken, "this module has no threads"))
}

impl EngineChoice {
    fn name(self) -> &'static str {
        match self {
            EngineChoice::Threads => "web threads",
            EngineChoice::Messages => "web workers",
            EngineChoice::InPlace => "in place",
        }
    }
}

impl EndedShown {
    fn done(reason: StopReason) -> EndedShown {
        EndedShown::Done {
            reason: match reason {
                StopReason::TrialsDone => "trials_done",
                StopReason::WallTime => "wall_time",
                StopReason::TargetLoss => "target_loss",
                StopReason::Stopped => "stopped",
                StopReason::WaitsForCaller => "waits_for_caller",
                StopReason::Fenced => "fenced",
                StopReason::NoSlots => "no_slots",
            },
        }
    }
}
