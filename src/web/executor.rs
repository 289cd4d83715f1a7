//! Runs futures on the thread that took the module first, its *home*: a page's coordinator, or the
//! only thread there is. The executor of `wasm-bindgen-futures` resumes a task in a later turn of the
//! event loop when memory is shared, and by then an IndexedDB transaction has committed itself; here
//! a task woken at home runs within the callback that woke it. It knows nothing of studies.

use super::host::{self, Callback};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use wasm_bindgen::JsValue;

type Task = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    static HOME: RefCell<Home> = RefCell::new(Home::default());
}

#[derive(Default)]
struct Home {
    tasks: BTreeMap<u64, Task>,
    ready: VecDeque<u64>,
    born: u64,
    /// Made with the first task, and kept: a browser calls it.
    turn: Option<Callback>,
    /// Whether the browser has been asked to call it.
    turning: bool,
}

/// Runs `future` to its end, beginning before this turn of the event loop is over.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    #[cfg(feature = "threads")]
    super::remote::listen();
    let task = HOME.with_borrow_mut(|home| {
        home.born += 1;
        home.tasks.insert(home.born, Box::pin(future));
        home.born
    });
    wake(task);
}

/// A promise of what `future` gives; a trap rejects it.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> js_sys::Promise {
    let mut future = Some(future);
    js_sys::Promise::new(&mut |resolve, reject| {
        if let Some(future) = future.take() {
            host::unsettled(&reject);
            spawn(async move {
                let result = future.await;
                host::settled(&reject);
                // Neither can fail: they are the promise's own.
                let _ = match result {
                    Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
                    Err(error) => reject.call1(&JsValue::UNDEFINED, &error),
                };
            });
        }
    })
}

/// Makes `task` run soon. To be called at home.
pub fn wake(task: u64) {
    HOME.with_borrow_mut(|home| {
        if !home.ready.contains(&task) {
            home.ready.push_back(task);
        }
        if !home.turning {
            home.turning = true;
            host::queue_microtask(home.turn.get_or_insert_with(|| Callback::new(turn)));
        }
    });
}

/// Runs what is ready, and what becomes so meanwhile.
fn turn() {
    HOME.with_borrow_mut(|home| home.turning = false);
    while let Some(id) = HOME.with_borrow_mut(|home| home.ready.pop_front()) {
        // Out of the map while it runs: it may spawn and wake others.
        let Some(mut task) = HOME.with_borrow_mut(|home| home.tasks.remove(&id)) else { continue };
        let waker = waker(id);
        if task.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
            HOME.with_borrow_mut(|home| home.tasks.insert(id, task));
        }
    }
}

/// Wakes a task, from any thread.
struct TaskWaker {
    task: u64,
    #[cfg(feature = "threads")]
    home: std::thread::ThreadId,
}

fn waker(task: u64) -> Waker {
    Waker::from(Arc::new(TaskWaker {
        task,
        #[cfg(feature = "threads")]
        home: std::thread::current().id(),
    }))
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        #[cfg(feature = "threads")]
        if std::thread::current().id() != self.home {
            super::remote::wake(self.task);
            return;
        }
        wake(self.task);
    }
}
