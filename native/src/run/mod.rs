//! Running a study on this machine: the scheduler's loop with threads for the models, the sampler
//! and the store, and the real clock. Every thread reports into one inbox; the loop is the only one
//! to touch the scheduler. What people see is none of its business.

mod asker;
mod inbox;
mod panics;
mod platform;
mod session;
mod threads;
mod writer;

pub use inbox::Inbox;
pub use panics::{caught, quiet_panics};
pub use platform::Watch;
pub use session::{Claimed, SessionError, beginning, claim, import, run};
