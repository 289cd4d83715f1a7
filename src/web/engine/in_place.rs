//! Simulations right here, between two turns of the event loop: for hosts with one thread. It has one
//! slot, whatever is asked for. A model that waits does not: the time of such a host is not its own.

use super::Group;
use super::simulation::Simulation;
use crate::ids::Attempt;
use crate::model::NoHost;
use crate::scheduler::{Event, LostReason, Outcome};
use crate::web::executor;
use crate::web::host::{Clock, now_us, turn};
use crate::web::inbox::Inbox;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use std::cell::RefCell;
use std::rc::Rc;

/// How long simulations may follow each other before the host gets a turn.
const TURN_US: u64 = 10_000;
/// How many may follow each other where the host's time stands still until it gets a turn.
const TIMELESS_MAX: u32 = 16;

/// The engine.
pub struct InPlace {
    groups: UnboundedSender<Group>,
    cancelled: Rc<RefCell<Vec<Attempt>>>,
}

impl InPlace {
    /// Starts it.
    pub fn start(simulation: Simulation, inbox: Inbox, clock: Clock) -> InPlace {
        let (groups, received) = unbounded();
        let cancelled = Rc::default();
        let work = Work { simulation, inbox, clock, cancelled: Rc::clone(&cancelled), received };
        executor::spawn(work.run());
        InPlace { groups, cancelled }
    }

    /// Runs `group`.
    pub fn launch(&mut self, group: Group) {
        // The task ends only when this sender does.
        let _ = self.groups.unbounded_send(group);
    }

    /// Drops the attempt, if it has not run.
    pub fn cancel(&mut self, attempt: Attempt) {
        self.cancelled.borrow_mut().push(attempt);
    }
}

struct Work {
    simulation: Simulation,
    inbox: Inbox,
    clock: Clock,
    cancelled: Rc<RefCell<Vec<Attempt>>>,
    received: UnboundedReceiver<Group>,
}

impl Work {
    async fn run(mut self) {
        let mut pace = Pace::new();
        while let Ok(group) = self.received.recv().await {
            for (attempt, request) in group {
                let begun = self.clock.now_us();
                self.inbox.event(Event::Started(attempt));
                let outcome = match self.cancelled.borrow().contains(&attempt) {
                    true => Outcome::Lost(LostReason::Cancelled),
                    false => self.simulation.run(&request, &NoHost),
                };
                let run_us = self.clock.now_us().saturating_sub(begun);
                self.inbox.event(Event::Ended { attempt, outcome, run_us });
                pace.step().await;
            }
            self.cancelled.borrow_mut().clear();
        }
    }
}

/// When the host had its last turn, and how many simulations have run since.
struct Pace {
    turn_us: u64,
    run: u32,
}

impl Pace {
    fn new() -> Pace {
        Pace { turn_us: now_us(), run: 0 }
    }

    /// Lets the host have a turn if it is time for one.
    async fn step(&mut self) {
        self.run += 1;
        let since_us = now_us().saturating_sub(self.turn_us);
        if since_us >= TURN_US || (since_us == 0 && self.run >= TIMELESS_MAX) {
            turn().await;
            *self = Pace::new();
        }
    }
}
