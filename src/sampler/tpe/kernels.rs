//! The kernels of a Parzen estimator along one numeric axis: one for each trial, a normal cut to the
//! unit interval, as wide as the gap to its neighbours. Kept sorted, so that a trial that comes or
//! goes changes the widths of its neighbours only.

use super::mass::Normal;
use crate::ids::TrialId;
use crate::math::ln;
use crate::math::normal::{LN_SQRT_TWO_PI, log_norm_mass};

/// Kernels by number of trial, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Kernels {
    /// Centres.
    pub(super) mu: Vec<f64>,
    /// Standard deviations.
    pub(super) sigma: Vec<f64>,
    /// Their inverses.
    pub(super) inverse: Vec<f64>,
    /// The kernels before they are cut.
    pub(super) normals: Vec<Normal>,
    /// Logarithms of what the kernel's normal function is multiplied with to have mass 1; for a
    /// whole number, of what its mass within a cell is.
    pub(super) log_norm: Vec<f64>,
    /// Centres in order, ties by trial.
    sorted: Vec<(f64, TrialId)>,
}

/// Smallest width of a kernel among `trials` of them, as a share of the range: Optuna's "magic
/// clip". The prior counts as a kernel.
pub(super) fn narrowest(trials: usize) -> f64 {
    1.0 / 100.0f64.min(trials as f64 + 2.0)
}

/// Logarithm of the factor that makes the mass of a normal cut to the unit interval 1: of its
/// density at a coordinate, or of its uncut mass in a cell.
pub(super) fn log_norm_of(mu: f64, sigma: f64, whole: bool) -> f64 {
    let mass = log_norm_mass((0.0 - mu) / sigma, (1.0 - mu) / sigma);
    if whole { -mass } else { -mass - ln(sigma) - LN_SQRT_TWO_PI }
}

impl Kernels {
    /// Adds a kernel as number `place` by trial, without its width; gives its place among the sorted.
    pub(super) fn insert(&mut self, place: usize, trial: TrialId, mu: f64) -> usize {
        let rank = self.sorted.partition_point(|entry| before(entry, mu, trial));
        self.sorted.insert(rank, (mu, trial));
        self.mu.insert(place, mu);
        self.sigma.insert(place, 0.0);
        self.inverse.insert(place, 0.0);
        self.normals.insert(place, Normal::default());
        self.log_norm.insert(place, 0.0);
        rank
    }

    /// Takes kernel number `place` away; gives what was its place among the sorted.
    pub(super) fn remove(&mut self, place: usize, trial: TrialId) -> usize {
        let mu = self.mu.remove(place);
        self.sigma.remove(place);
        self.inverse.remove(place);
        self.normals.remove(place);
        self.log_norm.remove(place);
        let rank = self.sorted.partition_point(|entry| before(entry, mu, trial));
        self.sorted.remove(rank);
        rank
    }

    /// The trial at this place among the sorted.
    pub(super) fn trial_at(&self, rank: usize) -> Option<TrialId> {
        self.sorted.get(rank).map(|entry| entry.1)
    }

    /// Sets width and norm of the kernel that is at `rank` among the sorted and number `place` by
    /// trial.
    pub(super) fn refit(&mut self, rank: usize, place: usize, whole: bool) {
        let sigma = self.gap(rank).clamp(narrowest(self.sorted.len()), 1.0);
        if sigma.to_bits() == self.sigma[place].to_bits() {
            return;
        }
        self.sigma[place] = sigma;
        self.inverse[place] = 1.0 / sigma;
        self.normals[place] = Normal::new(self.mu[place], sigma);
        self.log_norm[place] = log_norm_of(self.mu[place], sigma, whole);
    }

    /// The larger gap to a neighbour, the ends of the range being neighbours too; but the first and
    /// the last of several kernels look inwards only.
    fn gap(&self, rank: usize) -> f64 {
        let mu = self.sorted[rank].0;
        let below = rank.checked_sub(1).map(|rank| mu - self.sorted[rank].0);
        let above = self.sorted.get(rank + 1).map(|entry| entry.0 - mu);
        match (below, above) {
            (None, None) => mu.max(1.0 - mu),
            (Some(gap), None) | (None, Some(gap)) => gap,
            (Some(below), Some(above)) => below.max(above),
        }
    }
}

fn before(entry: &(f64, TrialId), mu: f64, trial: TrialId) -> bool {
    entry.0.total_cmp(&mu).then(entry.1.cmp(&trial)).is_lt()
}
