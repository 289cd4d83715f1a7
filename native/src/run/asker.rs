//! The sampler on a thread of its own, so that proposals are off the loop's path.

use super::inbox::{Alarm, Inbox};
use freerun::driver::Asker;
use freerun::ids::TrialId;
use freerun::sampler::Observation;
use std::sync::mpsc::{self, Sender};

enum Order {
    Observe(Observation),
    Propose(TrialId),
}

/// A running sampler. Its thread ends with it.
pub struct AskerThread {
    orders: Sender<Order>,
}

impl AskerThread {
    /// Starts it; `inbox` gets each [`freerun::scheduler::Event::Proposed`].
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut asker: Asker, inbox: Inbox) -> std::io::Result<AskerThread> {
        let (orders, received) = mpsc::channel();
        let body = move || {
            let alarm = Alarm { thread: "sampler", inbox };
            for order in received {
                match order {
                    Order::Observe(observation) => asker.observe(&observation),
                    Order::Propose(trial) => alarm.inbox.event(asker.propose(trial)),
                }
            }
        };
        std::thread::Builder::new().name("sampler".to_owned()).spawn(body)?;
        Ok(AskerThread { orders })
    }

    /// Lets the sampler take note. A sampler that panicked has said so by its alarm.
    pub fn observe(&self, observation: Observation) {
        let _ = self.orders.send(Order::Observe(observation));
    }

    /// Has the sampler propose.
    pub fn propose(&self, trial: TrialId) {
        let _ = self.orders.send(Order::Propose(trial));
    }
}
