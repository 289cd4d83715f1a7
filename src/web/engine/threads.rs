//! Simulations on threads that share this module's memory: one thread of the pool for each slot, fed
//! through a channel. A thread whose simulation traps is lost without a word of its own, so each
//! enrols with a watch that tells. It knows nothing of studies beyond how to simulate.

use super::Group;
use super::simulation::Simulation;
use crate::ids::{Attempt, SlotId};
use crate::model::Host;
use crate::scheduler::{Event, LostReason, Outcome};
use crate::spec::Study;
use crate::web::host;
use crate::web::inbox::{Inbox, News};
use crate::web::panics;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/engine/threads.js")]
extern "C" {
    /// Makes this worker tell the channel `watch` if it is lost, as the thread of `slot`.
    fn enrol(watch: &str, slot: u32);
}

/// The slots.
pub struct Threads {
    slots: Vec<Slot>,
}

struct Slot {
    groups: Sender<Group>,
    control: Arc<Control>,
}

/// What the loop and a slot's thread share.
#[derive(Default)]
struct Control {
    stop: AtomicBool,
    state: Mutex<Running>,
    stopped: Condvar,
}

#[derive(Default)]
struct Running {
    current: Option<Attempt>,
    /// To be dropped when their turn comes.
    cancelled: Vec<Attempt>,
}

impl Threads {
    /// Takes `count` threads of the pool, which has as many. The name of the channel on which lost
    /// threads are told is `watch`.
    pub fn start(study: &Arc<Study>, count: u32, watch: &str, inbox: &Inbox) -> Threads {
        let start = |slot| {
            let (groups, received) = mpsc::channel();
            let control = Arc::new(Control::default());
            let (study, inbox, watch) = (Arc::clone(study), inbox.clone(), watch.to_owned());
            let thread = Thread { slot: SlotId(slot), inbox, control: Arc::clone(&control) };
            rayon::spawn(move || {
                enrol(&watch, slot);
                thread.run(&study, &received);
            });
            Slot { groups, control }
        };
        Threads { slots: (0..count).map(start).collect() }
    }

    /// Runs `group` on an idle slot.
    pub fn launch(&mut self, slot: SlotId, group: Group) {
        if let Some(slot) = self.slots.get(slot.index()) {
            // A thread that was lost has said so.
            let _ = slot.groups.send(group);
        }
    }

    /// Makes the attempt, which was launched on `slot`, end soon.
    pub fn cancel(&mut self, slot: SlotId, attempt: Attempt) {
        if let Some(slot) = self.slots.get(slot.index()) {
            slot.control.cancel(attempt);
        }
    }
}

/// The inside of a slot's thread.
struct Thread {
    slot: SlotId,
    inbox: Inbox,
    control: Arc<Control>,
}

impl Thread {
    fn run(&self, study: &Study, received: &Receiver<Group>) {
        let (inbox, slot) = (self.inbox.clone(), self.slot);
        panics::on_panic(move |reason| inbox.send(News::SlotDied { slot, reason: reason.to_owned() }));
        let mut simulation = match Simulation::of(study) {
            Ok(simulation) => simulation,
            Err(reason) => return self.inbox.send(News::SlotDied { slot: self.slot, reason }),
        };
        while let Ok(group) = received.recv() {
            for (position, (attempt, request)) in group.iter().enumerate() {
                if !self.control.begin(*attempt) {
                    let outcome = Outcome::Lost(LostReason::Cancelled);
                    self.inbox.event(Event::Ended { attempt: *attempt, outcome, run_us: 0 });
                    continue;
                }
                // The others begin when the one before them ends: that needs no telling.
                if position == 0 {
                    self.inbox.event(Event::Started(*attempt));
                }
                let begun = host::now_us();
                let outcome = simulation.run(request, &*self.control);
                let run_us = host::now_us().saturating_sub(begun);
                self.control.end();
                self.inbox.event(Event::Ended { attempt: *attempt, outcome, run_us });
            }
            let of_group = |cancelled: &Attempt| group.iter().any(|(attempt, _)| attempt == cancelled);
            self.control.lock().cancelled.retain(|cancelled| !of_group(cancelled));
        }
    }
}

impl Control {
    fn lock(&self) -> MutexGuard<'_, Running> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel(&self, attempt: Attempt) {
        let mut running = self.lock();
        if running.current == Some(attempt) {
            self.stop.store(true, Ordering::Relaxed);
            self.stopped.notify_all();
        } else {
            running.cancelled.push(attempt);
        }
    }

    /// Makes `attempt` the running one; false if it was cancelled before.
    fn begin(&self, attempt: Attempt) -> bool {
        let mut running = self.lock();
        self.stop.store(false, Ordering::Relaxed);
        if running.cancelled.contains(&attempt) {
            return false;
        }
        running.current = Some(attempt);
        true
    }

    fn end(&self) {
        self.lock().current = None;
    }
}

impl Host for Control {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn wait_us(&self, us: u64) {
        let until = host::now_us() + us;
        let mut running = self.lock();
        while !self.stopped() {
            let left_us = until.saturating_sub(host::now_us());
            if left_us == 0 {
                return;
            }
            let woken = self.stopped.wait_timeout(running, Duration::from_micros(left_us));
            running = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
