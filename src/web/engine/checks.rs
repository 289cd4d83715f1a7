//! What the tests in a browser provoke and measure: lost wake-ups, their round trip, and a coordinator
//! that panics or hangs. No page calls any of it.

use crate::web::executor;
use wasm_bindgen::prelude::*;

/// Does what no coordinator should: `panic` or `hang` at once, or `panic_later` in a task.
///
/// # Errors
/// For anything else.
#[wasm_bindgen]
pub fn provoke(what: &str) -> Result<(), JsError> {
    match what {
        "panic" => panic!("as the test asks for"),
        "panic_later" => {
            executor::spawn(async { panic!("as the test asks for, later") });
            Ok(())
        }
        "hang" => loop {
            std::hint::spin_loop();
        },
        other => Err(JsError::new(&format!("there is no `{other}` to provoke"))),
    }
}

#[cfg(feature = "threads")]
pub use threads::*;

#[cfg(feature = "threads")]
mod threads {
    use crate::web::{executor, host};
    use futures_channel::mpsc::unbounded;
    use js_sys::Float64Array;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::mpsc;
    use wasm_bindgen::prelude::*;

    static LOSING: AtomicBool = AtomicBool::new(false);
    static LOST: AtomicU32 = AtomicU32::new(0);

    /// From now on no wake-up from a thread reaches home, or all do again.
    #[wasm_bindgen(js_name = loseWakeUps)]
    pub fn lose_wake_ups(lose: bool) {
        LOSING.store(lose, Ordering::SeqCst);
    }

    /// How many wake-ups were lost on purpose.
    #[wasm_bindgen(js_name = lostWakeUps)]
    pub fn lost_wake_ups() -> u32 {
        LOST.load(Ordering::SeqCst)
    }

    /// Whether this wake-up is to be lost.
    pub fn loses_wake_up() -> bool {
        let loses = LOSING.load(Ordering::SeqCst);
        if loses {
            LOST.fetch_add(1, Ordering::SeqCst);
        }
        loses
    }

    /// Sends a word to a thread of the pool and waits for its answer, `count` times; how long each
    /// took, microseconds.
    #[wasm_bindgen(js_name = wakeRoundTrips)]
    pub fn wake_round_trips(count: u32) -> js_sys::Promise {
        executor::promise(async move {
            let (ask, asked) = mpsc::channel();
            let (answer, mut answers) = unbounded();
            rayon::spawn(move || {
                while asked.recv().is_ok() {
                    let _ = answer.unbounded_send(());
                }
            });
            let mut took_us = Vec::new();
            for _ in 0..count {
                let begun = host::now_ms();
                let _ = ask.send(());
                let _ = answers.recv().await;
                took_us.push((host::now_ms() - begun) * 1e3);
            }
            Ok(Float64Array::from(took_us.as_slice()).into())
        })
    }
}
