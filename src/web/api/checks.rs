//! What only the tests in a browser call: the conformance suite of stores against IndexedDB, single
//! steps of a writer, and measurements. Nothing here is in a page.

use super::{Failure, to_js};
use crate::driver::conformance::{Bench, check_store, sample_journal};
use crate::driver::{Holder, Store};
use crate::ids::{Epoch, Seq};
use crate::scheduler::Record;
use crate::spec::Durability;
use crate::web::executor;
use crate::web::host::now_us;
use crate::web::store::{IndexedDb, Locks};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

const TTL_US: u64 = 30_000_000;

/// Connections of one worker after the other to the same database.
struct Databases {
    name: String,
    locks: Locks,
    with_locks: bool,
}

impl Databases {
    fn new(name: &str, with_locks: bool) -> Databases {
        let locks = if with_locks { Locks::new() } else { Locks::none() };
        Databases { name: name.to_owned(), locks, with_locks }
    }
}

impl Bench for Databases {
    type Store = IndexedDb;

    fn connect(&mut self) -> IndexedDb {
        IndexedDb::new(&self.name, self.locks.clone())
    }

    fn let_leases_end(&mut self, ttl_us: u64) {
        if self.with_locks {
            // The worker ends, and another begins.
            self.locks.drop_all();
            self.locks = Locks::new();
        } else {
            let until = now_us() + ttl_us + 1_000;
            while now_us() < until {}
        }
    }
}

/// Checks every promise of a store against the database called `database`, which is new; a broken one
/// is a panic with a sentence.
#[wasm_bindgen(js_name = checkStore)]
pub fn check_indexed_db(database: String, with_locks: bool) -> js_sys::Promise {
    executor::promise(async move {
        check_store(&mut Databases::new(&database, with_locks)).await;
        Ok(JsValue::NULL)
    })
}

/// Records of common kinds that follow each other; only their number and their length matter.
fn records(count: usize) -> Vec<Record> {
    sample_journal("measured").into_iter().cycle().take(count).collect()
}

/// A writer whose steps are told one by one.
#[wasm_bindgen]
pub struct StoreWriter {
    steps: Rc<RefCell<Steps>>,
}

struct Steps {
    store: Option<IndexedDb>,
    epoch: Epoch,
    last: Seq,
    study: String,
}

#[wasm_bindgen]
impl StoreWriter {
    /// A writer of `study` that has not claimed it.
    #[wasm_bindgen(constructor)]
    pub fn new(database: &str, study: String) -> StoreWriter {
        let store = Some(IndexedDb::new(database, Locks::of_this_worker()));
        let steps = Steps { store, epoch: Epoch(0), last: Seq(0), study };
        StoreWriter { steps: Rc::new(RefCell::new(steps)) }
    }

    /// Claims the study as `about`; gives its number of records.
    pub fn claim(&self, about: String) -> js_sys::Promise {
        self.step(async move |store, steps| {
            let holder = Holder { id: about.clone(), about };
            steps.epoch = store.claim(&steps.study, &holder, TTL_US).await?;
            steps.last = Seq(store.read(&steps.study, Seq(0), usize::MAX).await?.len() as u64);
            Ok(steps.last.0)
        })
    }

    /// Appends so many records as one group; gives the number of records.
    pub fn append(&self, count: usize) -> js_sys::Promise {
        self.step(async move |store, steps| {
            steps.last = store.append(&steps.study, steps.epoch, steps.last, &records(count)).await?;
            Ok(steps.last.0)
        })
    }

    /// Gives the study back.
    pub fn release(&self) -> js_sys::Promise {
        self.step(async |store, steps| {
            store.release(&steps.study, steps.epoch).await?;
            Ok(steps.last.0)
        })
    }

    /// Deletes the study.
    pub fn delete(&self) -> js_sys::Promise {
        self.step(async |store, steps| {
            store.delete(&steps.study).await?;
            Ok(0)
        })
    }
}

impl StoreWriter {
    /// One step at a time: the store is away meanwhile.
    fn step(
        &self,
        step: impl AsyncFnOnce(&mut IndexedDb, &mut Steps) -> Result<u64, crate::driver::StoreError> + 'static,
    ) -> js_sys::Promise {
        let shared = Rc::clone(&self.steps);
        executor::promise(async move {
            let (mut store, mut steps) = {
                let mut steps = shared.borrow_mut();
                let store = steps.store.take().ok_or_else(|| JsValue::from("a step is not over yet"))?;
                let mine =
                    Steps { store: None, epoch: steps.epoch, last: steps.last, study: steps.study.clone() };
                (store, mine)
            };
            let result = step(&mut store, &mut steps).await;
            steps.store = Some(store);
            shared.replace(steps);
            Ok((result.map_err(Failure::from)? as f64).into())
        })
    }
}

#[derive(Serialize)]
struct Throughput {
    appended_per_second: f64,
    read_per_second: f64,
}

/// Appends `count` records to a new study in groups of `group`, and reads them.
#[wasm_bindgen(js_name = throughput)]
pub fn throughput(database: String, count: usize, group: usize, strict: bool) -> js_sys::Promise {
    executor::promise(async move {
        let mut store = IndexedDb::new(&database, Locks::of_this_worker());
        store.set_durability(if strict { Durability::Full } else { Durability::Relaxed });
        let measured = measure(&mut store, &records(count), group).await.map_err(Failure::from)?;
        Ok(to_js(&measured)?)
    })
}

async fn measure(
    store: &mut IndexedDb,
    records: &[Record],
    group: usize,
) -> Result<Throughput, crate::driver::StoreError> {
    let study = "measured";
    let holder = Holder { id: study.to_owned(), about: study.to_owned() };
    let epoch = store.claim(study, &holder, TTL_US).await?;
    let begun = now_us();
    let mut last = Seq(0);
    for group in records.chunks(group) {
        last = store.append(study, epoch, last, group).await?;
    }
    let appended = now_us();
    let found = store.read(study, Seq(0), usize::MAX).await?.len();
    let read = now_us();
    store.release(study, epoch).await?;
    store.delete(study).await?;
    let per_second = |us: u64| found as f64 / (us as f64 / 1e6);
    Ok(Throughput {
        appended_per_second: per_second(appended - begun),
        read_per_second: per_second(read - appended),
    })
}
