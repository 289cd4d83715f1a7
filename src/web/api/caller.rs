//! A study whose caller runs the simulations: trials are asked for and told. It decides nothing; that
//! only one call is under way at a time is the caller's to see to.

use super::take_up::{self, Choice, Stored};
use super::{Code, Failure, to_js};
use crate::driver::{Beginning, Conversation, Given, MemoryStore, Store, points_of_json, verdicts_of_json};
use crate::ids::Tick;
use crate::journal::file;
use crate::view::{Best, Fold, Outline, Progress};
use crate::web::executor;
use crate::web::host::{Clock, now_us};
use crate::web::store::{AnyStore, CallerStore, StoreObject};
use crate::web::writer::{LEASE_US, RENEW_EVERY_US};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Which study, and who asks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenRequest {
    study: Choice,
    /// Who asks, for people, such as `a worker of node`.
    about: String,
    /// Whether a study of that name may, must or must not be in the store.
    #[serde(default)]
    stored: Stored,
}

/// What an ask came to.
#[derive(Serialize)]
struct GivenShown {
    trials: Vec<crate::driver::AskedTrial>,
    /// Why there are fewer than were asked for.
    short: Option<String>,
}

/// A study whose caller asks and tells. It is the caller's alone until it is closed, or for half a
/// minute after the last call if another program wants it then.
#[wasm_bindgen(js_name = CallerStudy)]
pub struct CallerStudy(Rc<Talk>);

struct Talk {
    /// None while a call is under way, and when it is closed.
    conversation: RefCell<Option<Conversation<AnyStore>>>,
    clock: Clock,
    /// Run time when the session began, and the clock then.
    from: Tick,
    begun_us: u64,
    /// When the lease was last renewed.
    renewed_us: Cell<u64>,
}

/// Opens a study; resolves with a `CallerStudy`.
#[wasm_bindgen(js_name = openStudy)]
pub fn open_study(
    request: JsValue,
    clock: Option<js_sys::Function>,
    store: Option<StoreObject>,
) -> js_sys::Promise {
    executor::promise(async move {
        let request: OpenRequest = super::read(request)?;
        let talk = open(
            request,
            store.map_or_else(
                || AnyStore::Memory(MemoryStore::default()),
                |object| AnyStore::Caller(CallerStore(object)),
            ),
            Clock(clock),
        )
        .await?;
        Ok(CallerStudy(Rc::new(talk)).into())
    })
}

async fn open(request: OpenRequest, store: AnyStore, clock: Clock) -> Result<Talk, Failure> {
    let (claimed, draft) = take_up::claim(store, request.study, &request.about).await?;
    let beginning = Beginning { engine: "caller".to_owned(), started_utc_us: clock.utc_us() };
    let study = draft.map(|draft| take_up::settled(&claimed, draft, request.stored)).transpose();
    let begun = study.and_then(|study| take_up::scheduler(&claimed, study.as_ref(), &beginning));
    let (scheduler, amendment) = match begun {
        Ok(begun) => begun,
        Err(failure) => {
            claimed.release().await;
            return Err(failure);
        }
    };
    let from = scheduler.now();
    let mut conversation = Conversation::new(claimed, scheduler);
    let changes = conversation.records().is_empty() || amendment.is_some();
    if changes && let Err(error) = conversation.begin(from, amendment).await {
        conversation.release().await;
        return Err(error.into());
    }
    Ok(Talk {
        conversation: RefCell::new(Some(conversation)),
        from,
        begun_us: clock.now_us(),
        clock,
        renewed_us: Cell::new(now_us()),
    })
}

impl Talk {
    fn take(&self) -> Result<Conversation<AnyStore>, Failure> {
        let taken = self.conversation.take();
        taken.ok_or_else(|| Failure::new(Code::BadInput, "the study is closed, or another call is under way"))
    }

    fn now(&self) -> Tick {
        self.from.plus_us(self.clock.now_us().saturating_sub(self.begun_us))
    }

    async fn renew(&self, conversation: &mut Conversation<AnyStore>) -> Result<(), Failure> {
        if now_us().saturating_sub(self.renewed_us.get()) >= RENEW_EVERY_US {
            let claimed = conversation.claimed();
            claimed.store.renew(&claimed.name, claimed.epoch, LEASE_US).await?;
            self.renewed_us.set(now_us());
        }
        Ok(())
    }
}

impl CallerStudy {
    fn call(
        &self,
        what: impl AsyncFnOnce(&mut Conversation<AnyStore>, Tick) -> Result<JsValue, Failure> + 'static,
    ) -> js_sys::Promise {
        let talk = Rc::clone(&self.0);
        executor::promise(async move {
            let mut conversation = talk.take()?;
            let result = match talk.renew(&mut conversation).await {
                Ok(()) => what(&mut conversation, talk.now()).await,
                Err(failure) => Err(failure),
            };
            talk.conversation.replace(Some(conversation));
            Ok(result?)
        })
    }
}

/// Each resolves when all of it is durable, and rejects with a failure.
#[wasm_bindgen(js_class = CallerStudy)]
impl CallerStudy {
    /// Begins up to `count` trials; gives them and why there are not more of them.
    pub fn ask(&self, count: u32) -> js_sys::Promise {
        self.call(async move |study, now| {
            let Given { trials, short } = study.ask(now, count).await?;
            Ok(to_js(&GivenShown { trials, short })?)
        })
    }

    /// Tells a verdict, or a list of verdicts: JSON.
    pub fn tell(&self, verdicts: String) -> js_sys::Promise {
        self.call(async move |study, now| {
            let verdicts = verdicts_of_json(study.study(), &json(&verdicts)?).map_err(bad)?;
            study.tell(now, verdicts).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Has the study try a point, or a list of points, next: JSON.
    pub fn enqueue(&self, points: String) -> js_sys::Promise {
        self.call(async move |study, now| {
            let points = points_of_json(study.study().space(), &json(&points)?).map_err(bad)?;
            study.enqueue(now, points).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The trials that were given out and not told yet.
    pub fn waiting(&self) -> js_sys::Promise {
        self.call(async |study, _| Ok(to_js(&study.waiting())?))
    }

    /// All trials.
    pub fn trials(&self) -> js_sys::Promise {
        self.call(async |study, _| Ok(to_js(&study.trials().rows())?))
    }

    /// The best trial, or null.
    pub fn best(&self) -> js_sys::Promise {
        self.call(async |study, _| Ok(to_js(&Best::of(study.records()).summary())?))
    }

    /// How far the study is.
    pub fn progress(&self) -> js_sys::Promise {
        self.call(async |study, now| Ok(to_js(&Progress::of(study.records()).summary(now))?))
    }

    /// What the study is, in short.
    pub fn outline(&self) -> js_sys::Promise {
        self.call(async |study, _| Ok(to_js(&Outline::of(study.study(), Some(study.study().seed)))?))
    }

    /// The whole study as one text, for `freerun import`.
    #[wasm_bindgen(js_name = exportText)]
    pub fn export_text(&self) -> js_sys::Promise {
        self.call(async |study, _| {
            let records = study.records();
            let header = file::header(&study.study().name, records.len() as u64);
            Ok((header + &file::lines(records)).into())
        })
    }

    /// Gives the study back.
    pub fn close(&self) -> js_sys::Promise {
        let talk = Rc::clone(&self.0);
        executor::promise(async move {
            talk.take()?.release().await;
            Ok(JsValue::UNDEFINED)
        })
    }
}

fn json(text: &str) -> Result<serde_json::Value, Failure> {
    serde_json::from_str(text).map_err(|error| bad(error.to_string()))
}

fn bad(reason: String) -> Failure {
    Failure::new(Code::BadInput, reason)
}
