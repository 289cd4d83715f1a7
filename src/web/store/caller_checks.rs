//! The store's promises tried on a caller's store, for tests: rejects with the first broken one.

use super::caller::{CallerStore, StoreObject};
use crate::driver::conformance::{Bench, check_store};
use crate::web::executor;
use wasm_bindgen::prelude::*;

struct Callers {
    connect: js_sys::Function,
    let_leases_end: js_sys::Function,
}

impl Bench for Callers {
    type Store = CallerStore;

    fn connect(&mut self) -> CallerStore {
        let object = self.connect.call0(&JsValue::UNDEFINED).expect("the test connects");
        CallerStore(object.unchecked_into::<StoreObject>())
    }

    fn let_leases_end(&mut self, ttl_us: u64) {
        let ms = JsValue::from_f64(ttl_us as f64 / 1e3);
        self.let_leases_end.call1(&JsValue::UNDEFINED, &ms).expect("the test's time passes");
    }
}

/// Tries the store that `connect` gives connections to. `let_leases_end` gets milliseconds that are to
/// pass.
#[wasm_bindgen(js_name = checkCallerStore)]
pub fn check_caller_store(connect: js_sys::Function, let_leases_end: js_sys::Function) -> js_sys::Promise {
    executor::promise(async move {
        check_store(&mut Callers { connect, let_leases_end }).await;
        Ok(JsValue::UNDEFINED)
    })
}
