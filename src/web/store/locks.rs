//! Who writes what, as long as they live: the browser's own locks, which end with the worker that
//! holds them. A live writer is never robbed, however long it sleeps, and a dead one frees its study
//! at once. It knows studies by name only.

use crate::driver::StoreError;
use crate::ids::Epoch;
use js_sys::futures::JsFuture;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// How long a lock that another has is waited for: one that is just ending gives it back meanwhile.
const PATIENCE_MS: f64 = 2_500.0;

#[wasm_bindgen(module = "/src/web/store/locks.js")]
extern "C" {
    #[wasm_bindgen(js_name = locksExist)]
    fn locks_exist() -> bool;
    #[wasm_bindgen(js_name = takeLock)]
    fn take_lock(name: &str, patience_ms: f64) -> js_sys::Promise;
    #[wasm_bindgen(js_name = heldLocks)]
    fn held_locks() -> js_sys::Promise;
}

/// A lock that is held until this is dropped.
pub struct Lock(js_sys::Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // It cannot fail: it is a promise's own.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// What asking for a lock came to.
pub enum Asked {
    /// Nobody had it.
    Taken(Lock),
    /// This worker has it already.
    Ours,
    /// Another has it.
    Others,
    /// There are no locks here: leases must do.
    NoLocks,
}

/// The locks that a worker holds for the studies it writes.
#[derive(Clone)]
pub struct Locks(Option<Rc<RefCell<Held>>>);

type Held = BTreeMap<String, (Epoch, Lock)>;

thread_local! {
    static WORKER: Locks = Locks::new();
}

impl Locks {
    /// Those of this worker: all connections share them.
    pub fn of_this_worker() -> Locks {
        WORKER.with(Locks::clone)
    }

    /// Those of a worker of its own.
    pub fn new() -> Locks {
        Locks(locks_exist().then(Rc::default))
    }

    /// As where the browser has none.
    #[cfg(feature = "checks")]
    pub fn none() -> Locks {
        Locks(None)
    }

    /// Gives all back, as if the worker had ended.
    #[cfg(feature = "checks")]
    pub fn drop_all(&self) {
        if let Some(held) = &self.0 {
            held.borrow_mut().clear();
        }
    }

    /// Asks for the lock called `name`.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the browser refuses to have any.
    pub async fn ask(&self, name: &str) -> Result<Asked, StoreError> {
        let Some(held) = &self.0 else { return Ok(Asked::NoLocks) };
        if held.borrow().contains_key(name) {
            return Ok(Asked::Ours);
        }
        let answer = JsFuture::from(take_lock(name, PATIENCE_MS)).await.map_err(refused)?;
        Ok(match answer.dyn_into() {
            Ok(give_back) => Asked::Taken(Lock(give_back)),
            Err(_) => Asked::Others,
        })
    }

    /// Holds `lock`, called `name`, for the writer of `epoch`.
    pub fn hold(&self, name: String, epoch: Epoch, lock: Lock) {
        if let Some(held) = &self.0 {
            held.borrow_mut().insert(name, (epoch, lock));
        }
    }

    /// A newer writer of this worker goes on under the lock.
    pub fn pass_on(&self, name: &str, epoch: Epoch) {
        if let Some(held) = &self.0
            && let Some((writer, _)) = held.borrow_mut().get_mut(name)
        {
            *writer = epoch;
        }
    }

    /// Gives the lock back, unless a writer of another epoch has it.
    pub fn give_back(&self, name: &str, epoch: Epoch) {
        if let Some(held) = &self.0 {
            let mut held = held.borrow_mut();
            if held.get(name).is_some_and(|(writer, _)| *writer == epoch) {
                held.remove(name);
            }
        }
    }

    /// The names of all locks that anybody holds; `None` if there are no locks here.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the browser refuses to tell.
    pub async fn all_held(&self) -> Result<Option<BTreeSet<String>>, StoreError> {
        if self.0.is_none() {
            return Ok(None);
        }
        let names = JsFuture::from(held_locks()).await.map_err(refused)?;
        Ok(Some(js_sys::Array::from(&names).iter().filter_map(|name| name.as_string()).collect()))
    }
}

fn refused(error: JsValue) -> StoreError {
    let why = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let why = why.or_else(|| error.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::message));
    StoreError::Broken(format!("this browser gives no locks: {}", why.unwrap_or_default()))
}
