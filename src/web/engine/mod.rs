//! What runs simulations: threads that share memory, workers that are sent messages, or this very
//! thread. Each reports into the inbox of the run, and knows nothing of trials, losses or stores.

#[cfg(feature = "checks")]
pub mod checks;
mod in_place;
mod messages;
mod simulation;
#[cfg(feature = "threads")]
mod threads;

pub use in_place::InPlace;
pub use messages::{Messages, Pool, Told};
pub use simulation::Simulation;
#[cfg(feature = "threads")]
pub use threads::Threads;

use crate::ids::{Attempt, SlotId};
use crate::model::ReplicateRequest;

/// Attempts with their requests, run one after the other.
pub type Group = Vec<(Attempt, ReplicateRequest)>;

/// Any of the engines.
pub enum Engine {
    /// Right here.
    InPlace(InPlace),
    /// In other workers.
    Messages(Messages),
    /// On threads.
    #[cfg(feature = "threads")]
    Threads(Threads),
}

impl Engine {
    /// Runs `group` on `slot`, which is idle.
    pub fn launch(&mut self, slot: SlotId, group: Group) {
        match self {
            Engine::InPlace(engine) => engine.launch(group),
            Engine::Messages(engine) => engine.launch(slot, group),
            #[cfg(feature = "threads")]
            Engine::Threads(engine) => engine.launch(slot, group),
        }
    }

    /// What was launched and has not begun: it waits for its slot to come up.
    pub fn not_begun(&self) -> Vec<Attempt> {
        match self {
            Engine::Messages(engine) => engine.not_begun().collect(),
            _ => Vec::new(),
        }
    }

    /// Makes the attempt, which was launched on `slot`, end soon.
    pub fn cancel(&mut self, slot: SlotId, attempt: Attempt) {
        match self {
            Engine::InPlace(engine) => engine.cancel(attempt),
            Engine::Messages(engine) => engine.cancel(slot, attempt),
            #[cfg(feature = "threads")]
            Engine::Threads(engine) => engine.cancel(slot, attempt),
        }
    }
}
