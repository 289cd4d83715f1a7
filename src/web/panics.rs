//! Panics in words. Nothing unwinds here: a panic leaves its module, or its thread, unusable. The hook
//! has the sentence told and throws it as an error of JavaScript, so that whoever called the module
//! catches what happened instead of `unreachable`.

use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::Once;
use wasm_bindgen::JsValue;

/// Told of the panic of its thread.
type Alarm = Box<dyn Fn(&str)>;

thread_local! {
    static ALARM: RefCell<Option<Alarm>> = const { RefCell::new(None) };
}

/// Has every panic, of any thread, thrown as an error called `Panic`. Done once, whoever asks.
pub fn throw() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(panicked)));
}

/// Has `alarm` told when this thread panics, before it ends.
#[cfg(feature = "threads")]
pub fn on_panic(alarm: impl Fn(&str) + 'static) {
    ALARM.set(Some(Box::new(alarm)));
}

fn panicked(info: &PanicHookInfo) {
    let text = words(info);
    ALARM.with_borrow(|alarm| {
        if let Some(alarm) = alarm {
            alarm(&text);
        }
    });
    let error = js_sys::Error::new(&text);
    error.set_name("Panic");
    wasm_bindgen::throw_val(JsValue::from(error));
}

fn words(info: &PanicHookInfo) -> String {
    let message = info.payload_as_str().unwrap_or("panic without a message");
    match info.location() {
        Some(place) => format!("{message} (at {place})"),
        None => message.to_owned(),
    }
}
