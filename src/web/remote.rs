//! Wake-ups from pool threads: they leave the task's number in shared memory and notify the home
//! thread, which waits for that without blocking. A browser may lose a notification, so home looks
//! by itself as well, on a slow tick. It knows nothing of what the tasks do.

use super::executor;
use super::host::{self, Callback};
use js_sys::Int32Array;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// How often home looks by itself.
const TICK_MS: i32 = 50;

/// Tasks that other threads have woken.
static WOKEN: Mutex<Vec<u64>> = Mutex::new(Vec::new());
/// Counts their wake-ups; home waits for it to change.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Atomics, js_name = waitAsync, catch)]
    fn wait_async(memory: &Int32Array, index: u32, value: i32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Atomics, js_name = notify)]
    fn notify(memory: &Int32Array, index: u32) -> i32;
}

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    static ON_SIGNAL: RefCell<Option<Closure<dyn FnMut(JsValue)>>> = const { RefCell::new(None) };
    /// The memory as it was at first: it only grows, and the signal stays where it is.
    static MEMORY: Int32Array = memory();
    static ON_TICK: RefCell<Option<Callback>> = const { RefCell::new(None) };
}

/// Wakes a task of the home thread, from another one.
pub fn wake(task: u64) {
    {
        let mut woken = WOKEN.lock().unwrap_or_else(PoisonError::into_inner);
        if woken.contains(&task) {
            // Home has not looked yet since somebody notified it of this very task.
            return;
        }
        woken.push(task);
    }
    SIGNAL.fetch_add(1, Ordering::SeqCst);
    #[cfg(feature = "checks")]
    if super::engine::checks::loses_wake_up() {
        return;
    }
    MEMORY.with(|memory| notify(memory, index()));
}

/// Begins to listen, once; to be called at home.
pub fn listen() {
    if LISTENING.replace(true) {
        return;
    }
    let tick = Callback::new(take);
    host::every(TICK_MS, &tick);
    ON_TICK.set(Some(tick));
    ON_SIGNAL.set(Some(Closure::new(|_| {
        wait();
    })));
    wait();
}

/// Wakes what was woken, and waits for more.
fn wait() {
    loop {
        let seen = SIGNAL.load(Ordering::SeqCst);
        take();
        // Without `Atomics.waitAsync` the tick alone brings the news.
        let Ok(waiting) = MEMORY.with(|memory| wait_async(memory, index(), seen)) else { return };
        let value = js_sys::Reflect::get(&waiting, &"value".into()).unwrap_or_default();
        // Anything but a promise says that the signal has changed meanwhile.
        if let Ok(promise) = value.dyn_into::<js_sys::Promise>() {
            ON_SIGNAL.with_borrow(|on_signal| {
                if let Some(on_signal) = on_signal {
                    let _ = promise.then(on_signal);
                }
            });
            return;
        }
    }
}

fn take() {
    let woken = std::mem::take(&mut *WOKEN.lock().unwrap_or_else(PoisonError::into_inner));
    woken.into_iter().for_each(executor::wake);
}

fn memory() -> Int32Array {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    Int32Array::new(&memory.buffer())
}

/// Where the signal lies, counted in 32-bit words.
fn index() -> u32 {
    (SIGNAL.as_ptr() as usize / 4) as u32
}
