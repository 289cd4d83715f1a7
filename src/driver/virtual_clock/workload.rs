//! What a replicate answers in a virtual world, and how long it takes there.

use crate::model::{Host, Model, ModelFailure, Outputs, ReplicateRequest};
use std::cell::Cell;

/// Answers requests at once and says how long they would have run.
pub trait Workload {
    /// Result and run time in microseconds: pure functions of the request.
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64);
}

impl<F: FnMut(&ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64)> Workload for F {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        self(request)
    }
}

/// A model whose waiting is its run time, such as `synthetic`.
pub struct WaitingModel(pub Box<dyn Model>);

#[derive(Default)]
struct VirtualHost {
    waited_us: Cell<u64>,
}

impl Host for VirtualHost {
    fn stopped(&self) -> bool {
        false
    }

    fn wait_us(&self, us: u64) {
        self.waited_us.set(self.waited_us.get().saturating_add(us));
    }
}

impl Workload for WaitingModel {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        let host = VirtualHost::default();
        let result = self.0.run(request, &host);
        (result, host.waited_us.get())
    }
}
