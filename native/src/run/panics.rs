//! Panics of models: caught, kept off the terminal, and put into words. A simulation that panics is
//! a simulation that failed, not a program that did.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// Whether a panic of this thread is caught.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// Where this thread panicked last.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps panics inside [`caught`] off the terminal. To be called once.
pub fn quiet_panics() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if CATCHING.get() {
            let at = info.location().map(ToString::to_string);
            PANICKED_AT.with(|place| *place.borrow_mut() = at);
        } else {
            loud(info);
        }
    }));
}

/// What `run` gives, or the message of its panic. What it panicked over must not be used again.
///
/// # Errors
/// The message, with its place after [`quiet_panics`].
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    CATCHING.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    CATCHING.set(false);
    result.map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic without a message");
    match PANICKED_AT.with(|place| place.borrow_mut().take()) {
        Some(at) => format!("{text} (at {at})"),
        None => text.to_owned(),
    }
}
