//! The few functions of the JavaScript host that everything here is made from: turns of the event
//! loop, timers and clocks. All of them exist in pages, workers, Node, Deno and workerd.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn js_queue_microtask(call: &js_sys::Function);
    #[wasm_bindgen(js_name = setInterval)]
    fn js_set_interval(call: &js_sys::Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    fn guarded(call: &js_sys::Function) -> js_sys::Function;
    #[wasm_bindgen(js_name = nextTurn)]
    fn js_next_turn(call: &js_sys::Function);
    #[wasm_bindgen(js_name = onTrap)]
    fn js_on_trap(call: &js_sys::Function);
    #[wasm_bindgen(js_name = begun)]
    fn js_begun();
    #[wasm_bindgen(js_name = setTimer)]
    fn js_set_timer(call: &js_sys::Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimer)]
    fn js_clear_timer(timer: &JsValue);
    fn promised(reject: &js_sys::Function);
    fn kept(reject: &js_sys::Function);
    fn settle(value: &JsValue, call: &js_sys::Function) -> js_sys::Function;
}

/// An instance of the module begins: callbacks of an older one are not called any more.
pub fn begun() {
    js_begun();
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

/// Has a trap reject this promise as well, until it [settles](settled).
pub fn unsettled(reject: &js_sys::Function) {
    promised(reject);
}

/// The promise settles by itself.
pub fn settled(reject: &js_sys::Function) {
    kept(reject);
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

/// The same in milliseconds.
#[cfg(all(feature = "threads", feature = "checks"))]
pub fn now_ms() -> f64 {
    performance_now()
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

/// What the host calls back and who waits for it share.
#[derive(Default)]
struct Bell {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Bell {
    fn ring(&self) {
        self.rung.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Ready once it has rung; it can ring again.
    fn poll(&self, context: &Context) -> Poll<()> {
        if self.rung.take() {
            return Poll::Ready(());
        }
        self.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

/// Waits; the host may make it longer, never shorter.
pub async fn sleep_us(us: u64) {
    let bell = Rc::new(Bell::default());
    let rings = Rc::clone(&bell);
    let callback = Callback::new(move || rings.ring());
    // Also when the future is dropped: then the callback must not be called any more.
    let _cleared = Cleared(set_timeout(&callback, us));
    poll_fn(|context| bell.poll(context)).await;
}

/// Lets the host do what waits: news from elsewhere, timers that are due, commits. Unlike a timer it
/// takes no longer than that.
pub async fn turn() {
    let bell = Rc::new(Bell::default());
    let rings = Rc::clone(&bell);
    js_next_turn(&guarded(Closure::once_into_js(move || rings.ring()).unchecked_ref()));
    poll_fn(|context| bell.poll(context)).await;
}

fn set_timeout(callback: &Callback, us: u64) -> JsValue {
    js_set_timer(&callback.function, us as f64 / 1e3)
}

struct Cleared(JsValue);

impl Drop for Cleared {
    fn drop(&mut self) {
        js_clear_timer(&self.0);
    }
}

/// What `value` is, or what it is a promise of.
///
/// # Errors
/// What the promise was rejected with.
pub async fn awaited(value: &JsValue) -> Result<JsValue, JsValue> {
    let bell = Rc::new(Bell::default());
    let result = Rc::new(RefCell::new(None));
    let (rings, comes) = (Rc::clone(&bell), Rc::clone(&result));
    let closure = Closure::<dyn FnMut(bool, JsValue)>::new(move |came: bool, value| {
        comes.replace(Some(if came { Ok(value) } else { Err(value) }));
        rings.ring();
    });
    let _forgotten = Forgotten(settle(value, closure.as_ref().unchecked_ref()));
    poll_fn(|context| bell.poll(context)).await;
    result.take().unwrap_or(Ok(JsValue::UNDEFINED))
}

/// What makes the host forget a callback that is not there any more.
struct Forgotten(js_sys::Function);

impl Drop for Forgotten {
    fn drop(&mut self) {
        // It throws nothing.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// A timer for somebody who waits again and again: it is set as seldom as possible.
pub struct Alarm {
    bell: Rc<Bell>,
    callback: Callback,
    /// When it rings, if it is set.
    set: Option<(u64, Cleared)>,
}

impl Default for Alarm {
    fn default() -> Alarm {
        let bell = Rc::new(Bell::default());
        let rings = Rc::clone(&bell);
        Alarm { bell, callback: Callback::new(move || rings.ring()), set: None }
    }
}

impl Alarm {
    /// What `future` gives, or `None` if it takes longer, or sometimes before. A future dropped so must
    /// lose nothing.
    pub async fn within_us<T>(&mut self, us: u64, future: impl Future<Output = T>) -> Option<T> {
        let at_us = now_us() + us;
        if self.set.as_ref().is_none_or(|(set_us, _)| *set_us > at_us) {
            self.set = Some((at_us, Cleared(set_timeout(&self.callback, us))));
        }
        let mut future = pin!(future);
        let bell = Rc::clone(&self.bell);
        let value = poll_fn(|context| {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                return Poll::Ready(Some(value));
            }
            bell.poll(context).map(|()| None)
        })
        .await;
        if value.is_none() {
            self.set = None;
        }
        value
    }
}
