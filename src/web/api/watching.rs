//! A study that another tab runs, shown as it goes on: its journal is read again whenever that tab
//! says that it has grown, and now and then without a word.

use super::Failure;
use super::run::announce;
use crate::driver::Store;
use crate::ids::Seq;
use crate::scheduler::{Record, What};
use crate::web::executor;
use crate::web::host::{Alarm, now_us, sleep_us};
use crate::web::store::{DATABASE, IndexedDb, Nudges, browser};
use crate::web::watch::Watch;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Records read at a time.
const PAGE: usize = 1000;
/// How often the journal is read without a word.
const LOOK_EVERY_US: u64 = 1_000_000;
/// How often it is read at most: a writer may commit hundreds of times a second.
const REST_US: u64 = 100_000;

/// A study being watched.
#[wasm_bindgen]
pub struct Watching {
    stopped: Rc<Cell<bool>>,
    wake: UnboundedSender<()>,
    ended: js_sys::Promise,
}

#[wasm_bindgen]
impl Watching {
    /// Ends it.
    pub fn stop(&self) {
        self.stopped.set(true);
        // It may have ended by itself.
        let _ = self.wake.unbounded_send(());
    }

    /// Resolves with `null` when it was stopped; rejects with a failure.
    #[wasm_bindgen(getter)]
    pub fn ended(&self) -> js_sys::Promise {
        self.ended.clone()
    }
}

/// Shows the study called `name` to `report`, as a run of it would.
#[wasm_bindgen(js_name = watchStudy)]
pub fn watch_study(name: String, report: js_sys::Function) -> Watching {
    let (wake, woken) = unbounded();
    let stopped = Rc::new(Cell::new(false));
    let nudges = Nudges::new(DATABASE, &name, wake.clone());
    let look = Look { name, woken, stopped: Rc::clone(&stopped), watch: Watch::new(report), last: Seq(0) };
    let ended = executor::promise(async move {
        let _nudges = nudges;
        look.until_stopped().await?;
        Ok(JsValue::NULL)
    });
    Watching { stopped, wake, ended }
}

/// Whoever looks on.
struct Look {
    name: String,
    woken: UnboundedReceiver<()>,
    stopped: Rc<Cell<bool>>,
    watch: Watch,
    /// The last record seen.
    last: Seq,
}

impl Look {
    async fn until_stopped(mut self) -> Result<(), Failure> {
        let (mut store, mut alarm) = (browser(), Alarm::default());
        while !self.stopped.get() {
            self.catch_up(&mut store).await?;
            self.watch.show(self.watch.last_at(), now_us());
            sleep_us(REST_US).await;
            // A word and the lack of one are both reasons to look again.
            let _ = alarm.within_us(LOOK_EVERY_US, self.woken.recv()).await;
            while self.woken.try_recv().is_ok() {}
        }
        Ok(())
    }

    async fn catch_up(&mut self, store: &mut IndexedDb) -> Result<(), Failure> {
        loop {
            let records = store.read(&self.name, self.last, PAGE).await?;
            if self.last == Seq(0) {
                begin(&self.watch, &records);
            }
            self.watch.records(self.last.next(), &records);
            self.last = Seq(self.last.0 + records.len() as u64);
            if records.len() < PAGE {
                return Ok(());
            }
        }
    }
}

/// Tells what the study is, if its first record is there.
fn begin(watch: &Watch, records: &[Record]) {
    if let Some(What::Opened { study, .. }) = records.first().map(|record| &record.what) {
        let slots = records.iter().rev().find_map(|record| match record.what {
            What::Slots { capacity } => Some(capacity),
            _ => None,
        });
        announce(watch, study, slots.unwrap_or_default(), true);
    }
}
