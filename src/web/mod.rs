//! Freerun in JavaScript hosts: a browser's coordinator with its pool of web workers and IndexedDB,
//! and edge runtimes with a caller's store. The scheduler, the loop and the views are the core's; what
//! is here only brings time, storage and simulations to them. No page is known here: it is spoken to
//! in plain objects.
//!
//! | module | what it holds |
//! |---|---|
//! | `host`, `executor`, `remote` | timers and tasks of a JavaScript host |
//! | `panics` | what a panic leaves behind |
//! | `inbox`, `running`, `platform`, `writer`, `session` | a running study |
//! | `engine` | simulations on threads, in other workers, or right here |
//! | `store` | IndexedDB, a caller's own store, memory |
//! | `api` | what JavaScript sees |

mod api;
mod engine;
mod executor;
mod host;
mod inbox;
mod panics;
mod platform;
#[cfg(feature = "threads")]
mod remote;
mod running;
mod session;
mod store;
mod watch;
mod writer;

// Linked in for what it exports to JavaScript: `initThreadPool`.
#[cfg(feature = "threads")]
use wasm_bindgen_rayon as _;
