//! Decides what to run next for one study.
//!
//! It never reads a clock, starts a thread, takes a lock, touches storage or computes a proposal:
//! time and news come in through [`Event`], everything to be done goes out through [`Effect`].

mod event;
mod record;

pub use event::*;
pub use record::*;
