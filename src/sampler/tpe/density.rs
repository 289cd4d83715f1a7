//! Density of a Parzen estimator at a point, and draws from it.

use super::axis::Place;
use super::mass::Masses;
use super::parzen::{Column, Parzen};
use crate::math::normal::{norm_cdf, quantile_of_parts};
use crate::math::{exp, fast, ln};
use crate::rng::Stream;

/// A component whose log density is lower than another's by more than this, the weights alike, adds
/// nothing that a double can hold.
const NEGLIGIBLE: f64 = 40.0;

/// Room for the components' log densities at one point, and masses of whole numbers; kept between
/// points to save time.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    terms: Vec<f64>,
    kept: Vec<f64>,
    kept_weights: Vec<f64>,
    alive: Vec<u32>,
    masses: Masses,
}

impl Parzen {
    /// Log density at a point, a place for each axis; for whole numbers and choices, probability.
    /// [`Parzen::prepare`] comes first.
    pub(super) fn log_density(&self, places: &[Place], scratch: &mut Scratch) -> f64 {
        let prior = self.prior_log_density(places, &mut scratch.masses);
        if self.len() == 0 {
            return prior;
        }
        // A prior of little weight is a weak bound; one without weight is none.
        let slack = NEGLIGIBLE - ln(self.prior_weight.min(1.0));
        self.cheap_terms(places, &mut scratch.terms);
        self.add_whole_terms(places, prior - slack, scratch);
        let floor = if self.prior_weight > 0.0 { prior } else { f64::NEG_INFINITY };
        let top = scratch.terms.iter().fold(floor, |top, &term| if term > top { term } else { top });
        if top == f64::NEG_INFINITY {
            return top;
        }
        let sum = self.prior_weight * exp(prior - top) + self.sum_of_terms(top, slack, scratch);
        top + ln(sum) - self.log_total_weight
    }

    fn prior_log_density(&self, places: &[Place], masses: &mut Masses) -> f64 {
        self.columns.iter().zip(places).fold(self.prior_log_norm, |sum, (column, place)| {
            sum + match (place, column) {
                (Place::At(x), _) => -0.5 * (x - 0.5) * (x - 0.5),
                (Place::Cell(cell), _) => masses.log_mass(cell, &self.prior),
                (Place::Choice(_), Column::Choice(_, size)) => -ln(f64::from(*size)),
                (Place::Choice(_), _) => 0.0,
            }
        })
    }

    /// Log densities of the components, without weights, as far as floats and choices go.
    fn cheap_terms(&self, places: &[Place], terms: &mut Vec<f64>) {
        terms.clear();
        terms.extend_from_slice(&self.log_norm);
        for (column, place) in self.columns.iter().zip(places) {
            match (column, place) {
                (Column::Real(kernels), &Place::At(x)) => {
                    let kernels = kernels.mu.iter().zip(&kernels.inverse);
                    for (term, (mu, inverse)) in terms.iter_mut().zip(kernels) {
                        let z = (x - mu) * inverse;
                        *term -= 0.5 * z * z;
                    }
                }
                (Column::Choice(seen, size), &Place::Choice(choice)) => {
                    let [hit, miss] = self.choice_probabilities(*size).map(ln);
                    for (term, seen) in terms.iter_mut().zip(seen) {
                        *term += if *seen == choice { hit } else { miss };
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds what whole numbers contribute to the terms that stay at `least` or above; the others
    /// become -infinity. No axis raises a term, so one that is below can go at once.
    fn add_whole_terms(&self, places: &[Place], least: f64, scratch: &mut Scratch) {
        let Scratch { terms, alive, masses, .. } = scratch;
        let mut first = true;
        for (column, place) in self.columns.iter().zip(places) {
            let (Column::Whole(kernels), Place::Cell(cell)) = (column, place) else { continue };
            if std::mem::take(&mut first) {
                alive.clear();
                alive.extend(0..terms.len() as u32);
            }
            alive.retain(|&at| {
                let at = at as usize;
                let normal = &kernels.normals[at];
                if terms[at] + cell.bound(normal.mu, normal.inverse) < least {
                    terms[at] = f64::NEG_INFINITY;
                    return false;
                }
                terms[at] += masses.log_mass(cell, normal);
                true
            });
        }
    }

    /// Sum of weight times e^(term - top), without what is negligible against the top.
    fn sum_of_terms(&self, top: f64, slack: f64, scratch: &mut Scratch) -> f64 {
        let Scratch { terms, kept, kept_weights, .. } = scratch;
        let least = (top - slack).max(top + fast::LEAST);
        kept.resize(terms.len(), 0.0);
        kept_weights.resize(terms.len(), 0.0);
        let mut count = 0;
        for (&term, &weight) in terms.iter().zip(&self.weights) {
            kept[count] = term - top;
            kept_weights[count] = weight;
            count += usize::from(term >= least);
        }
        fast::exp_all(&mut kept[..count]);
        sum_of_products(&kept[..count], &kept_weights[..count])
    }

    /// A component's probabilities of its own choice and of each other one.
    pub(super) fn choice_probabilities(&self, size: u32) -> [f64; 2] {
        let miss = self.prior_weight / (self.len() + 1) as f64;
        let sum = miss * f64::from(size) + 1.0;
        [(miss + 1.0) / sum, miss / sum]
    }

    /// Draws coordinates, one for each axis. The number of draws from `stream` is always the same.
    pub(super) fn sample(&self, stream: &mut Stream, coordinates: &mut Vec<f64>) {
        let component = self.sample_component(stream.unit());
        coordinates.clear();
        coordinates.extend(self.columns.iter().map(|column| {
            let u = stream.unit();
            match (column, component) {
                (Column::Real(kernels) | Column::Whole(kernels), Some(at)) => {
                    cut_normal_quantile(u, kernels.mu[at], kernels.sigma[at])
                }
                (Column::Real(_) | Column::Whole(_), None) => cut_normal_quantile(u, 0.5, 1.0),
                (Column::Choice(_, size), None) => (u * f64::from(*size)).floor().min(f64::from(*size) - 1.0),
                (Column::Choice(seen, size), Some(at)) => self.sample_choice(u, seen[at], *size),
            }
        }));
    }

    /// `None` is the prior's.
    fn sample_component(&self, u: f64) -> Option<usize> {
        let mut left = u * self.total_weight;
        self.weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        })
    }

    fn sample_choice(&self, u: f64, seen: u32, size: u32) -> f64 {
        let [hit, miss] = self.choice_probabilities(size);
        if u < hit {
            return f64::from(seen);
        }
        let other = (((u - hit) / miss) as u32).min(size.saturating_sub(2));
        f64::from(if other < seen { other } else { other + 1 })
    }
}

/// Four sums side by side, in an order that does not depend on the machine.
fn sum_of_products(a: &[f64], b: &[f64]) -> f64 {
    let (a_fours, a_rest) = a.as_chunks::<4>();
    let (b_fours, b_rest) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in a_fours.iter().zip(b_fours) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Quantile of a normal cut to the unit interval, which holds its centre.
fn cut_normal_quantile(u: f64, mu: f64, sigma: f64) -> f64 {
    let below = norm_cdf(-mu / sigma);
    let above = norm_cdf((mu - 1.0) / sigma);
    let z = quantile_of_parts(below, above, 1.0 - below - above, u);
    (mu + sigma * z).clamp(0.0, 1.0)
}
