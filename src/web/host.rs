//! The few functions of the JavaScript host that everything here is made from: turns of the event
//! loop, timers and clocks. All of them exist in pages, workers, Node, Deno and workerd.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn js_queue_microtask(call: &js_sys::Function);
    #[wasm_bindgen(js_name = setTimeout)]
    fn js_set_timeout(call: &js_sys::Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn js_clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_name = setInterval)]
    fn js_set_interval(call: &js_sys::Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    fn guarded(call: &js_sys::Function) -> js_sys::Function;
    #[wasm_bindgen(js_name = onTrap)]
    fn js_on_trap(call: &js_sys::Function);
    fn promised(reject: &js_sys::Function);
    fn kept(reject: &js_sys::Function);
    fn settle(value: &JsValue, call: &js_sys::Function) -> js_sys::Function;
    #[wasm_bindgen(js_name = afterTurn)]
    fn js_after_turn(call: &js_sys::Function);
}

/// Has `call` told of a trap in anything that [`Callback`] wraps, instead of rejecting all promises
/// that have not settled. The module is unusable then.
pub fn on_trap(call: &js_sys::Function) {
    js_on_trap(call);
}

/// A function that the host may call any number of times, as long as this lives.
pub struct Callback {
    function: js_sys::Function,
    _closure: Closure<dyn FnMut()>,
}

impl Callback {
    /// What the host calls.
    pub fn new(call: impl FnMut() + 'static) -> Callback {
        let closure = Closure::<dyn FnMut()>::new(call);
        Callback { function: guarded(closure.as_ref().unchecked_ref()), _closure: closure }
    }
}

/// Has a trap reject this promise as well, until [`settled`].
pub fn unsettled(reject: &js_sys::Function) {
    promised(reject);
}

/// The promise settles by itself.
pub fn settled(reject: &js_sys::Function) {
    kept(reject);
}

/// A panic ends the module with its message as what is thrown. With threads it must not: a lock is held
/// where it is told.
#[cfg(not(feature = "threads"))]
pub fn tell_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
            let text = info.payload_as_str().unwrap_or("a panic without a message");
            wasm_bindgen::throw_str(&format!("{text}{place}"));
        }));
    });
}

/// Has the host call back before this turn of the event loop is over.
pub fn queue_microtask(callback: &Callback) {
    js_queue_microtask(&callback.function);
}

/// Has the host call back every so many milliseconds, without end.
#[cfg(feature = "threads")]
pub fn every(ms: i32, callback: &Callback) {
    js_set_interval(&callback.function, f64::from(ms));
}

/// Microseconds since some moment before this module was made; monotonic.
pub fn now_us() -> u64 {
    (performance_now() * 1e3) as u64
}

/// Where time comes from: the host, or a caller's function that gives milliseconds since
/// 1970-01-01 UTC.
#[derive(Clone, Default)]
pub struct Clock(pub Option<js_sys::Function>);

impl Clock {
    fn told_ms(&self) -> Option<f64> {
        self.0.as_ref()?.call0(&JsValue::UNDEFINED).ok()?.as_f64()
    }

    /// Microseconds since some moment.
    pub fn now_us(&self) -> u64 {
        self.told_ms().map_or_else(now_us, |ms| (ms * 1e3) as u64)
    }

    /// Wall-clock time, microseconds since 1970-01-01 UTC.
    pub fn utc_us(&self) -> i64 {
        (self.told_ms().unwrap_or_else(js_sys::Date::now) * 1e3) as i64
    }
}

/// What a callback and who waits for it share.
struct Awaited<T> {
    came: RefCell<Option<T>>,
    waker: RefCell<Option<Waker>>,
}

impl<T> Awaited<T> {
    fn new() -> Rc<Awaited<T>> {
        Rc::new(Awaited { came: RefCell::new(None), waker: RefCell::new(None) })
    }

    fn give(&self, value: T) {
        self.came.replace(Some(value));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    async fn get(&self) -> T {
        poll_fn(|context| match self.came.take() {
            Some(value) => Poll::Ready(value),
            None => {
                self.waker.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

/// Waits; the host may make it longer, never shorter.
pub async fn sleep_us(us: u64) {
    let timer = Awaited::new();
    let rings = Rc::clone(&timer);
    let callback = Callback::new(move || rings.give(()));
    let handle = js_set_timeout(&callback.function, us as f64 / 1e3);
    // Also when the future is dropped: then the callback must not be called any more.
    let _cleared = Cleared(handle);
    timer.get().await;
}

struct Cleared(JsValue);

impl Drop for Cleared {
    fn drop(&mut self) {
        js_clear_timeout(&self.0);
    }
}

/// Lets the host have a turn. Not to be dropped before it is ready.
pub async fn turn() {
    let turn = Awaited::new();
    let over = Rc::clone(&turn);
    let callback = Callback::new(move || over.give(()));
    js_after_turn(&callback.function);
    turn.get().await;
}

/// What `value` is, or what it is a promise of.
///
/// # Errors
/// What the promise was rejected with.
pub async fn awaited(value: &JsValue) -> Result<JsValue, JsValue> {
    let promise = Awaited::new();
    let settles = Rc::clone(&promise);
    let closure = Closure::<dyn FnMut(bool, JsValue)>::new(move |came: bool, value| {
        settles.give(if came { Ok(value) } else { Err(value) });
    });
    let _forgotten = Forgotten(settle(value, closure.as_ref().unchecked_ref()));
    promise.get().await
}

/// What makes the host forget a callback that is not there any more.
struct Forgotten(js_sys::Function);

impl Drop for Forgotten {
    fn drop(&mut self) {
        // It throws nothing.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// What `future` gives, or `None` if it takes longer. A future dropped so must lose nothing.
pub async fn within_us<T>(us: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut timer = pin!(sleep_us(us));
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
