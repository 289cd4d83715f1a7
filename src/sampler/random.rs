//! Independent draws from the priors.

use super::asked::AskedPoints;
use super::{Observation, Sampler};
use crate::ids::TrialId;
use crate::rng::Stream;
use crate::spec::{Point, Space};

/// Draws every parameter from its prior.
#[derive(Debug)]
pub(super) struct Random {
    asked: AskedPoints,
}

impl Random {
    pub(super) fn new(space: &Space) -> Random {
        Random { asked: AskedPoints::new(space) }
    }
}

impl Sampler for Random {
    fn version(&self) -> &'static str {
        "random/1"
    }

    fn observe(&mut self, observation: &Observation) {
        if let Observation::Asked { point, .. } = observation {
            self.asked.insert(point);
        }
    }

    fn propose(&mut self, _trial: TrialId, mut stream: Stream) -> Point {
        let first = self.asked.draw(&mut stream);
        self.asked.fresh(first, &mut stream)
    }
}
