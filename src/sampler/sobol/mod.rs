//! A scrambled Sobol sequence through the priors: point k of the sequence is trial k, whatever was
//! observed, so that trials fill the space evenly however many run at once.

mod directions;
mod sequence;

use super::asked::AskedPoints;
use super::{Observation, Sampler};
use crate::ids::TrialId;
use crate::rng::{Purpose, Stream};
use crate::spec::{Point, Space};
use sequence::Dimension;

/// The sequence, with the parameters in order of their names as its dimensions.
#[derive(Debug)]
pub(super) struct Sobol {
    asked: AskedPoints,
    dimensions: Vec<Dimension>,
}

impl Sobol {
    pub(super) fn new(space: &Space, study_seed: u64) -> Sobol {
        let asked = AskedPoints::new(space);
        let names = asked.order().iter().map(|&position| space.0[position].name.as_str());
        let dimensions =
            names.enumerate().map(|(rank, name)| Dimension::new(rank, scramble_key(study_seed, name)));
        Sobol { dimensions: dimensions.collect(), asked }
    }
}

/// The scrambling of a parameter: a function of its name, so that parameters with equal domains
/// differ.
fn scramble_key(study_seed: u64, name: &str) -> u64 {
    let hash = fnv1a(name.as_bytes());
    Stream::new(study_seed, Purpose::Scramble, hash as u32, (hash >> 32) as u32).next_u64()
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl Sampler for Sobol {
    fn version(&self) -> &'static str {
        "sobol/1"
    }

    fn observe(&mut self, observation: &Observation) {
        if let Observation::Asked { point, .. } = observation {
            self.asked.insert(point);
        }
    }

    fn propose(&mut self, trial: TrialId, mut stream: Stream) -> Point {
        let first = self.asked.at(|rank| self.dimensions[rank].unit(trial.0));
        self.asked.fresh(first, &mut stream)
    }
}
