//! Tree-structured Parzen estimator, joint over all parameters: proposes where the density of good
//! trials is high against that of all others (Bergstra et al., "Algorithms for hyper-parameter
//! optimization", 2011; Watanabe, "Tree-structured Parzen estimator", 2023), with the rules of
//! Optuna 5. Trials asked and not told count among the others, so that concurrent asks keep away
//! from each other; so do failed ones. It never sees why a trial failed.

mod axis;
mod density;
mod kernels;
mod mass;
#[cfg(test)]
mod oracle;
mod parzen;
mod split;

use super::asked::AskedPoints;
use super::{Observation, Sampler};
use crate::ids::TrialId;
use crate::rng::Stream;
use crate::spec::{Point, Space, TpePlan};
use axis::{Axis, Place};
use density::Scratch;
use parzen::Parzen;
use split::{Move, Split};
use std::collections::BTreeMap;

/// Rounds of candidates drawn before the neighbourhood of the best one is searched for a point that
/// was not asked.
const ROUNDS: usize = 4;

/// A trial that was asked.
#[derive(Debug)]
struct Trial {
    coordinates: Vec<f64>,
    told: bool,
}

/// The sampler.
///
/// The first trials are drawn from the priors until [`TpePlan::startup`] trials have been told with
/// a loss. As in Optuna, what is asked before those are told is random too: with W trials in flight
/// the first model-based trial is number `startup + W - 1` or so. A model of fewer losses than that
/// would only follow noise. Its densities know the bounds and scales of the parameters, not their
/// priors.
#[derive(Debug)]
pub(super) struct Tpe {
    plan: TpePlan,
    asked: AskedPoints,
    /// Of the parameters with several values, in order of their names: position and axis.
    positions: Vec<usize>,
    axes: Vec<Axis>,
    trials: BTreeMap<TrialId, Trial>,
    split: Split,
    good: Parzen,
    rest: Parzen,
    /// Single-valued parameters have their value here, the others any.
    blank: Point,
    scratch: Scratch,
}

/// A point drawn from the density of good trials.
struct Candidate {
    point: Point,
    score: f64,
    fresh: bool,
}

impl Tpe {
    pub(super) fn new(plan: TpePlan, space: &Space) -> Tpe {
        let asked = AskedPoints::new(space);
        let (positions, axes): (Vec<usize>, Vec<Axis>) = asked
            .order()
            .iter()
            .filter_map(|&position| Some((position, Axis::new(&space.0[position].domain)?)))
            .unzip();
        Tpe {
            plan,
            positions,
            trials: BTreeMap::new(),
            split: Split::new(&plan),
            good: Parzen::new(&axes, plan.prior_weight),
            rest: Parzen::new(&axes, plan.prior_weight),
            blank: asked.at(|_| 0.0),
            scratch: Scratch::default(),
            asked,
            axes,
        }
    }

    fn note_ask(&mut self, trial: TrialId, point: &Point) {
        if !self.asked.space().contains(point) || self.trials.contains_key(&trial) {
            return;
        }
        self.asked.insert(point);
        let values = self.positions.iter().map(|&position| point.0[position]);
        let coordinates: Vec<f64> =
            self.axes.iter().zip(values).map(|(axis, value)| axis.coordinate(value)).collect();
        self.rest.insert(trial, &coordinates);
        self.trials.insert(trial, Trial { coordinates, told: false });
    }

    fn note_tell(&mut self, trial: TrialId, loss: Option<f64>) {
        match self.trials.get_mut(&trial) {
            Some(entry) if !entry.told => entry.told = true,
            _ => return,
        }
        for change in self.split.finish(trial, loss.filter(|loss| !loss.is_nan())) {
            let (Move::ToGood(mover) | Move::ToRest(mover)) = change;
            let Some(Trial { coordinates, .. }) = self.trials.get(&mover) else { continue };
            let (from, to) = match change {
                Move::ToGood(_) => (&mut self.rest, &mut self.good),
                Move::ToRest(_) => (&mut self.good, &mut self.rest),
            };
            from.remove(mover);
            to.insert(mover, coordinates);
        }
    }

    /// The best of [`TpePlan::candidates`] that was not asked, or the best of all.
    fn best_candidate(&mut self, stream: &mut Stream) -> Candidate {
        let mut coordinates = Vec::with_capacity(self.axes.len());
        let mut places = Vec::with_capacity(self.axes.len());
        let mut best = Candidate { point: self.blank.clone(), score: f64::NEG_INFINITY, fresh: false };
        for number in 0..self.plan.candidates.max(1) {
            self.good.sample(stream, &mut coordinates);
            let point = self.point_at(&coordinates);
            self.place(&point, &mut places);
            let score = self.good.log_density(&places, &mut self.scratch)
                - self.rest.log_density(&places, &mut self.scratch);
            if best.fresh && score <= best.score {
                continue;
            }
            let fresh = !self.asked.contains(&point);
            if number == 0 || (fresh, score) > (best.fresh, best.score) {
                best = Candidate { point, score, fresh };
            }
        }
        best
    }

    fn point_at(&self, coordinates: &[f64]) -> Point {
        let mut point = self.blank.clone();
        for ((axis, &position), &coordinate) in self.axes.iter().zip(&self.positions).zip(coordinates) {
            point.0[position] = axis.value(coordinate);
        }
        point
    }

    fn place(&self, point: &Point, places: &mut Vec<Place>) {
        places.clear();
        let axes = self.axes.iter().zip(&self.positions);
        places.extend(axes.map(|(axis, &position)| axis.place(point.0[position])));
    }

    fn propose_by_model(&mut self, stream: &mut Stream) -> Point {
        self.good.prepare();
        self.rest.prepare();
        let mut best = self.best_candidate(stream);
        for _ in 1..ROUNDS {
            if best.fresh || self.asked.exhausted() {
                return best.point;
            }
            let next = self.best_candidate(stream);
            if (next.fresh, next.score) > (false, best.score) {
                best = next;
            }
        }
        self.asked.unasked_near(best.point)
    }
}

impl Sampler for Tpe {
    fn version(&self) -> &'static str {
        "tpe/1"
    }

    fn observe(&mut self, observation: &Observation) {
        match observation {
            Observation::Asked { trial, point } => self.note_ask(*trial, point),
            Observation::Told { trial, loss } => self.note_tell(*trial, *loss),
        }
    }

    fn propose(&mut self, _trial: TrialId, mut stream: Stream) -> Point {
        if self.split.complete() < self.plan.startup as usize || self.axes.is_empty() {
            let first = self.asked.draw(&mut stream);
            return self.asked.fresh(first, &mut stream);
        }
        self.propose_by_model(&mut stream)
    }
}
