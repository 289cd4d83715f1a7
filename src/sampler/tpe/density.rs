//! Density of a Parzen estimator at a point, and draws from it.

use super::axis::Place;
use super::kernels::Kernels;
use super::parzen::{Column, Parzen};
use crate::math::normal::{log_norm_mass, norm_cdf, quantile_of_parts};
use crate::math::{exp, ln};
use crate::rng::Stream;

/// A component whose log density is lower than the prior's by more than this adds nothing that a
/// double can hold.
const NEGLIGIBLE: f64 = 40.0;

/// Components still in question for one point, with upper bounds of their log densities; kept
/// between points to save allocations.
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<(u32, f64)>);

impl Parzen {
    /// Log density at a point, a place for each axis; for whole numbers and choices, probability.
    /// [`Parzen::prepare`] comes first.
    pub(super) fn log_density(&self, places: &[Place], scratch: &mut Scratch) -> f64 {
        let prior = self.prior_log_density(places);
        if self.len() == 0 {
            return prior;
        }
        let prior_weight = self.prior_weight;
        let least =
            if prior_weight > 0.0 { prior + ln(prior_weight) - NEGLIGIBLE } else { f64::NEG_INFINITY };
        self.components_above(least, places, &mut scratch.0);
        let top = scratch
            .0
            .iter()
            .fold(if prior_weight > 0.0 { prior } else { f64::NEG_INFINITY }, |top, &(_, term)| {
                top.max(term)
            });
        if top == f64::NEG_INFINITY {
            return top;
        }
        let sum = scratch.0.iter().fold(prior_weight * exp(prior - top), |sum, &(place, term)| {
            sum + self.weights[place as usize] * exp(term - top)
        });
        top + ln(sum) - ln(self.total_weight())
    }

    fn total_weight(&self) -> f64 {
        self.prior_weight + self.weights.iter().sum::<f64>()
    }

    fn prior_log_density(&self, places: &[Place]) -> f64 {
        self.columns.iter().zip(places).fold(self.prior_log_norm, |sum, (column, &place)| {
            sum + match (place, column) {
                (Place::At(x), _) => -0.5 * (x - 0.5) * (x - 0.5),
                (Place::Cell(low, high), _) => log_norm_mass(low - 0.5, high - 0.5),
                (Place::Choice(_), Column::Choice(_, size)) => -ln(f64::from(*size)),
                (Place::Choice(_), _) => 0.0,
            }
        })
    }

    /// Leaves in `terms` the log densities (without weight) of the components that have at least
    /// `least`, in order of trials. No axis raises a term, so one that is below can go at once; the
    /// cheap axes come first.
    fn components_above(&self, least: f64, places: &[Place], terms: &mut Vec<(u32, f64)>) {
        terms.clear();
        terms.extend((0u32..).zip(self.log_norm.iter().copied()));
        for (column, &place) in self.columns.iter().zip(places) {
            if let (Column::Real(kernels), Place::At(x)) = (column, place) {
                keep_above(terms, least, |at| {
                    let z = (x - kernels.mu[at]) * kernels.inverse[at];
                    -0.5 * z * z
                });
            }
        }
        for (column, &place) in self.columns.iter().zip(places) {
            if let (Column::Choice(seen, size), Place::Choice(choice)) = (column, place) {
                let [hit, miss] = self.log_choice_probabilities(*size);
                keep_above(terms, least, |at| if seen[at] == choice { hit } else { miss });
            }
        }
        for (column, &place) in self.columns.iter().zip(places) {
            if let (Column::Whole(kernels), Place::Cell(low, high)) = (column, place) {
                terms.retain_mut(|(at, term)| {
                    let at = *at as usize;
                    if *term + cell_bound(kernels, at, low, high) < least {
                        return false;
                    }
                    let (mu, inverse) = (kernels.mu[at], kernels.inverse[at]);
                    *term += log_norm_mass((low - mu) * inverse, (high - mu) * inverse);
                    *term >= least
                });
            }
        }
    }

    fn log_choice_probabilities(&self, size: u32) -> [f64; 2] {
        let [hit, miss] = self.choice_probabilities(size);
        [ln(hit), ln(miss)]
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
        let mut left = u * self.total_weight();
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

fn keep_above(terms: &mut Vec<(u32, f64)>, least: f64, log_factor: impl Fn(usize) -> f64) {
    terms.retain_mut(|(at, term)| {
        *term += log_factor(*at as usize);
        *term >= least
    });
}

/// An upper bound of the log mass in a cell, without a transcendental function: a cell that does not
/// hold the centre has less than the tail beyond its nearer edge, which is below exp(-z^2 / 2).
fn cell_bound(kernels: &Kernels, at: usize, low: f64, high: f64) -> f64 {
    let (mu, inverse) = (kernels.mu[at], kernels.inverse[at]);
    let distance = (low - mu).max(mu - high).max(0.0) * inverse;
    -0.5 * distance * distance
}

/// Quantile of a normal cut to the unit interval, which holds its centre.
fn cut_normal_quantile(u: f64, mu: f64, sigma: f64) -> f64 {
    let below = norm_cdf(-mu / sigma);
    let above = norm_cdf((mu - 1.0) / sigma);
    let z = quantile_of_parts(below, above, 1.0 - below - above, u);
    (mu + sigma * z).clamp(0.0, 1.0)
}
