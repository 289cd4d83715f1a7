//! Simulations in other workers, each with an instance of the module of its own, spoken to in
//! messages: where memory cannot be shared. Cancelling ends a worker and gets another: it hears
//! nothing while it simulates. The workers themselves are JavaScript's, behind [`Pool`].

use super::Group;
use super::simulation::Simulation;
use crate::ids::{Attempt, SlotId};
use crate::model::{Host, ModelFailure, ReplicateRequest};
use crate::scheduler::{Event, LostReason, Outcome};
use crate::spec::Study;
use crate::web::host;
use crate::web::inbox::Inbox;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The workers, one for each slot.
    pub type Pool;

    /// Has the worker of `slot` run what `order` says.
    #[wasm_bindgen(method)]
    fn post(this: &Pool, slot: u32, order: &str);

    /// Ends the worker of `slot`, whatever it does, and gets another.
    #[wasm_bindgen(method)]
    fn replace(this: &Pool, slot: u32);
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub enum Told {
    /// It began.
    Started(Attempt),
    /// It ended.
    Ended {
        /// Which.
        attempt: Attempt,
        /// How.
        outcome: Outcome,
        /// How long it ran, microseconds.
        run_us: u64,
    },
    /// The worker is of no use any more: the simulation trapped.
    Trapped(String),
    /// The worker is gone.
    Vanished(String),
}

/// The engine.
pub struct Messages {
    pool: Pool,
    slots: Vec<Slot>,
    inbox: Inbox,
}

#[derive(Default)]
struct Slot {
    queue: VecDeque<(Attempt, ReplicateRequest)>,
    /// Whether its worker has begun with the first of them: a new one comes up first.
    begun: bool,
}

impl Messages {
    /// An engine over `pool`, which has `slots` workers.
    pub fn new(pool: Pool, slots: u32, inbox: Inbox) -> Messages {
        Messages { pool, slots: (0..slots).map(|_| Slot::default()).collect(), inbox }
    }

    /// Runs `group` on an idle slot.
    pub fn launch(&mut self, slot: SlotId, group: Group) {
        let Some(entry) = self.slots.get_mut(slot.index()) else { return };
        self.pool.post(slot.0, &order(&group));
        *entry = Slot { queue: group.into(), begun: false };
    }

    /// What was launched and has not begun, because its worker is still coming up.
    pub fn not_begun(&self) -> impl Iterator<Item = Attempt> {
        let waiting = self.slots.iter().filter(|slot| !slot.begun);
        waiting.filter_map(|slot| slot.queue.front()).map(|&(attempt, _)| attempt)
    }

    /// Ends the attempt, and the worker with it if it runs; the rest of its group begins anew.
    pub fn cancel(&mut self, slot: SlotId, attempt: Attempt) {
        let Some(Slot { queue, .. }) = self.slots.get_mut(slot.index()) else { return };
        let Some(position) = queue.iter().position(|(other, _)| *other == attempt) else { return };
        queue.remove(position);
        let outcome = Outcome::Lost(LostReason::Cancelled);
        self.inbox.event(Event::Ended { attempt, outcome, run_us: 0 });
        // The worker has the whole group: even one that waits there cannot be taken back.
        self.replace(slot.index());
    }

    /// Takes what the worker of `slot` told.
    pub fn hear(&mut self, slot: SlotId, told: Told) {
        let Some(Slot { queue, begun }) = self.slots.get_mut(slot.index()) else { return };
        match told {
            Told::Started(attempt) => {
                *begun = true;
                self.inbox.event(Event::Started(attempt));
            }
            Told::Ended { attempt, outcome, run_us } => {
                // What is not in the queue was cancelled before this came.
                if queue.front().is_some_and(|(front, _)| *front == attempt) {
                    queue.pop_front();
                    self.inbox.event(Event::Ended { attempt, outcome, run_us });
                }
            }
            Told::Trapped(reason) => {
                self.fail_front(slot, Outcome::Failed(ModelFailure::Crashed(reason)));
            }
            Told::Vanished(reason) => {
                self.fail_front(slot, Outcome::Lost(LostReason::SlotVanished(reason)));
            }
        }
    }

    fn fail_front(&mut self, slot: SlotId, outcome: Outcome) {
        if let Some((attempt, _)) = self.slots[slot.index()].queue.pop_front() {
            self.inbox.event(Event::Ended { attempt, outcome, run_us: 0 });
        }
        self.replace(slot.index());
    }

    fn replace(&mut self, slot: usize) {
        self.pool.replace(slot as u32);
        let entry = &mut self.slots[slot];
        entry.begun = false;
        let rest = entry.queue.make_contiguous();
        if !rest.is_empty() {
            self.pool.post(slot as u32, &order(rest));
        }
    }
}

fn order(group: &[(Attempt, ReplicateRequest)]) -> String {
    // Attempts and requests hold no map and no failing serializer: encoding cannot fail.
    serde_json::to_string(group).unwrap_or_default()
}

/// A worker's end: an instance of the module that only simulates.
#[wasm_bindgen]
pub struct Simulator(Simulation);

#[wasm_bindgen]
impl Simulator {
    /// A simulator of the study, which is written as in a journal.
    ///
    /// # Errors
    /// When it cannot be read, or its model cannot be made.
    #[wasm_bindgen(constructor)]
    pub fn new(study: &str) -> Result<Simulator, JsError> {
        let study: Study = serde_json::from_str(study)?;
        Ok(Simulator(Simulation::of(&study).map_err(|reason| JsError::new(&reason))?))
    }

    /// Runs what `order` says; `tell` gets a text for each attempt that begins and ends.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn run(&mut self, order: &str, tell: &js_sys::Function) -> Result<(), JsError> {
        let group: Vec<(Attempt, ReplicateRequest)> = serde_json::from_str(order)?;
        for (position, (attempt, request)) in group.into_iter().enumerate() {
            // The others begin when the one before them ends: that needs no telling.
            if position == 0 {
                say(tell, &Told::Started(attempt));
            }
            let begun = host::now_us();
            let outcome = self.0.run(&request, &Alone);
            let run_us = host::now_us().saturating_sub(begun);
            say(tell, &Told::Ended { attempt, outcome, run_us });
        }
        Ok(())
    }
}

fn say(tell: &js_sys::Function, told: &Told) {
    let text = serde_json::to_string(told).unwrap_or_default();
    // A pool that does not listen any more has no use for it.
    let _ = tell.call1(&JsValue::UNDEFINED, &text.into());
}

/// A worker that nobody can reach while it simulates.
struct Alone;

impl Host for Alone {
    fn stopped(&self) -> bool {
        false
    }

    /// There is no way to sleep without shared memory.
    fn wait_us(&self, us: u64) {
        let until = host::now_us() + us;
        while host::now_us() < until {
            std::hint::spin_loop();
        }
    }
}
