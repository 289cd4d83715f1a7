//! A Parzen estimator: the density of a set of trials as a mixture with one component for each trial
//! and one for the prior, each a product over the axes. Kept up to date trial by trial; the numbers
//! are those of an estimator made anew from the same set, bit for bit.

use super::axis::Axis;
use super::kernels::{Kernels, log_norm_of, narrowest};
use super::mass::Normal;
use crate::ids::TrialId;
use crate::math::ln;

/// Trials whose weight is 1: the newest ones.
const YOUNG: usize = 25;

/// What the estimator knows along one axis.
#[derive(Debug, Clone)]
pub(super) enum Column {
    /// Kernels of a float.
    Real(Kernels),
    /// Kernels of a whole number.
    Whole(Kernels),
    /// Choices by number of trial, and how many there are to choose from.
    Choice(Vec<u32>, u32),
}

/// The estimator of one set of trials.
#[derive(Debug, Clone)]
pub(super) struct Parzen {
    pub(super) prior_weight: f64,
    /// In order.
    trials: Vec<TrialId>,
    /// One for each axis.
    pub(super) columns: Vec<Column>,
    /// For each trial, the sum of its kernels' log norms.
    pub(super) log_norm: Vec<f64>,
    /// The prior's kernel along a numeric axis: centred, as wide as the range.
    pub(super) prior: Normal,
    /// The sum of the log norms of the prior's component.
    pub(super) prior_log_norm: f64,
    /// Of each trial, without the prior's.
    pub(super) weights: Vec<f64>,
    /// With the prior's.
    pub(super) total_weight: f64,
    pub(super) log_total_weight: f64,
    /// All widths are to be set anew.
    stale: bool,
}

impl Column {
    fn new(axis: &Axis) -> Column {
        match axis {
            Axis::Real(..) | Axis::Fine(..) => Column::Real(Kernels::default()),
            Axis::Whole(..) => Column::Whole(Kernels::default()),
            Axis::Choice(size) => Column::Choice(Vec::new(), *size),
        }
    }

    /// Log norm of the prior's kernel: centred, as wide as the range.
    fn prior_log_norm(&self) -> f64 {
        match self {
            Column::Real(_) => log_norm_of(0.5, 1.0, false),
            Column::Whole(_) => log_norm_of(0.5, 1.0, true),
            Column::Choice(..) => 0.0,
        }
    }

    /// Adds what is at `coordinate` as number `place` by trial; gives its place among the sorted.
    fn insert(&mut self, place: usize, trial: TrialId, coordinate: f64) -> usize {
        match self {
            Column::Real(kernels) | Column::Whole(kernels) => kernels.insert(place, trial, coordinate),
            Column::Choice(choices, _) => {
                choices.insert(place, coordinate as u32);
                0
            }
        }
    }

    /// Takes number `place` away; gives what was its place among the sorted.
    fn remove(&mut self, place: usize, trial: TrialId) -> usize {
        match self {
            Column::Real(kernels) | Column::Whole(kernels) => kernels.remove(place, trial),
            Column::Choice(choices, _) => {
                choices.remove(place);
                0
            }
        }
    }

    fn kernels(&mut self) -> Option<(&mut Kernels, bool)> {
        match self {
            Column::Real(kernels) => Some((kernels, false)),
            Column::Whole(kernels) => Some((kernels, true)),
            Column::Choice(..) => None,
        }
    }
}

impl Parzen {
    pub(super) fn new(axes: &[Axis], prior_weight: f64) -> Parzen {
        let columns: Vec<Column> = axes.iter().map(Column::new).collect();
        Parzen {
            prior_weight,
            prior: Normal::new(0.5, 1.0),
            trials: Vec::new(),
            prior_log_norm: columns.iter().map(Column::prior_log_norm).sum(),
            columns,
            log_norm: Vec::new(),
            weights: Vec::new(),
            total_weight: prior_weight,
            log_total_weight: ln(prior_weight),
            stale: false,
        }
    }

    /// Trials in the set.
    pub(super) fn len(&self) -> usize {
        self.trials.len()
    }

    /// Adds a trial that is not in the set, at these coordinates.
    pub(super) fn insert(&mut self, trial: TrialId, coordinates: &[f64]) {
        let place = self.trials.partition_point(|&other| other < trial);
        let clip = narrowest(self.len());
        self.trials.insert(place, trial);
        self.log_norm.insert(place, 0.0);
        let columns = self.columns.iter_mut().zip(coordinates);
        let ranks = columns.map(|(column, &coordinate)| column.insert(place, trial, coordinate)).collect();
        self.refit_after_change(clip, ranks);
    }

    /// Takes a trial out of the set, if it is in it.
    pub(super) fn remove(&mut self, trial: TrialId) {
        let Ok(place) = self.trials.binary_search(&trial) else { return };
        let clip = narrowest(self.len());
        self.trials.remove(place);
        self.log_norm.remove(place);
        let ranks = self.columns.iter_mut().map(|column| column.remove(place, trial)).collect();
        self.refit_after_change(clip, ranks);
    }

    /// Sets the widths next to where a trial came or went; all of them, later, if the narrowest width
    /// was another before.
    fn refit_after_change(&mut self, clip: f64, ranks: Vec<usize>) {
        self.stale = self.stale || clip != narrowest(self.len());
        if !self.stale {
            self.refit_around(&ranks);
        }
    }

    /// Sets the widths of the kernels next to where one came or went, a place for each axis.
    fn refit_around(&mut self, ranks: &[usize]) {
        for (axis, &rank) in ranks.iter().enumerate() {
            for rank in rank.saturating_sub(1)..=rank + 1 {
                self.refit(axis, rank);
            }
        }
    }

    fn refit(&mut self, axis: usize, rank: usize) {
        let Some((kernels, whole)) = self.columns[axis].kernels() else { return };
        let Some(trial) = kernels.trial_at(rank) else { return };
        let Ok(place) = self.trials.binary_search(&trial) else { return };
        kernels.refit(rank, place, whole);
        self.log_norm[place] = log_norm_at(&self.columns, place);
    }

    /// Makes everything ready for densities and samples. To be called after any change of the set.
    pub(super) fn prepare(&mut self) {
        if self.stale {
            for axis in 0..self.columns.len() {
                for rank in 0..self.len() {
                    self.refit(axis, rank);
                }
            }
            self.stale = false;
        }
        if self.weights.len() != self.len() {
            self.weights = weights(self.len());
            self.total_weight = self.weights.iter().sum::<f64>() + self.prior_weight;
            self.log_total_weight = ln(self.total_weight);
        }
    }
}

fn log_norm_at(columns: &[Column], place: usize) -> f64 {
    columns.iter().fold(0.0, |sum, column| match column {
        Column::Real(kernels) | Column::Whole(kernels) => sum + kernels.log_norm[place],
        Column::Choice(..) => sum,
    })
}

/// Weights of trials from old to new: a ramp that ends at 1, then the young ones.
fn weights(count: usize) -> Vec<f64> {
    let old = count.saturating_sub(YOUNG);
    let first = 1.0 / count as f64;
    let step = (1.0 - first) / (old.max(2) - 1) as f64;
    let ramp = (0..old).map(|age| if age + 1 == old && old > 1 { 1.0 } else { first + age as f64 * step });
    ramp.chain(std::iter::repeat_n(1.0, count - old)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};
    use crate::spec::{Domain, Setting};

    fn axes() -> Vec<Axis> {
        let domains = [
            Domain::Float { low: -1.0, high: 2.0, log: false },
            Domain::Int { low: 0, high: 30, log: false },
            Domain::Categorical { choices: (0..3).map(Setting::Int).collect() },
        ];
        domains.iter().filter_map(Axis::new).collect()
    }

    /// Every number that a density is made of.
    fn bits(parzen: &Parzen) -> Vec<u64> {
        let mut numbers = parzen.log_norm.clone();
        numbers.extend(&parzen.weights);
        numbers.push(parzen.log_total_weight);
        for column in &parzen.columns {
            match column {
                Column::Real(kernels) | Column::Whole(kernels) => {
                    numbers.extend(kernels.mu.iter().chain(&kernels.sigma).chain(&kernels.inverse));
                }
                Column::Choice(seen, _) => numbers.extend(seen.iter().map(|&choice| f64::from(choice))),
            }
        }
        numbers.into_iter().map(f64::to_bits).collect()
    }

    /// Made at once from the set, all widths set together.
    fn anew(set: &[(TrialId, Vec<f64>)]) -> Parzen {
        let mut parzen = Parzen::new(&axes(), 1.0);
        for (trial, coordinates) in set.iter().rev() {
            parzen.insert(*trial, coordinates);
        }
        for column in &mut parzen.columns {
            if let Some((kernels, _)) = column.kernels() {
                kernels.sigma.fill(0.0);
            }
        }
        parzen.stale = true;
        parzen.prepare();
        parzen
    }

    #[test]
    fn an_estimator_kept_up_to_date_is_one_made_anew_bit_for_bit() {
        let mut stream = Stream::new(11, Purpose::Test, 0, 0);
        let mut parzen = Parzen::new(&axes(), 1.0);
        let mut set: Vec<(TrialId, Vec<f64>)> = Vec::new();
        for number in 0..600 {
            // Grows past the number of trials at which the narrowest width is constant, and back.
            let grow = stream.below(10) < if number < 400 { 7 } else { 2 };
            if grow || set.is_empty() {
                let whole = (f64::from(stream.below(31)) + 0.5) / 31.0;
                let entry =
                    (TrialId((number * 7) % 600), vec![stream.unit(), whole, f64::from(stream.below(3))]);
                parzen.insert(entry.0, &entry.1);
                set.push(entry);
            } else {
                let (trial, _) = set.swap_remove(stream.below(set.len() as u32) as usize);
                parzen.remove(trial);
            }
            if number % 5 == 0 {
                parzen.prepare();
                assert_eq!(bits(&parzen), bits(&anew(&set)), "after {number} changes");
            }
        }
    }

    #[test]
    fn weights_ramp_up_to_the_young() {
        assert_eq!(weights(0), [0.0; 0]);
        assert_eq!(weights(25), [1.0; 25]);
        assert_eq!(weights(26)[..2], [1.0 / 26.0, 1.0]);
        let many = weights(100);
        assert_eq!((many[0], many[74], many[75]), (0.01, 1.0, 1.0));
        assert!((many[1] - (0.01 + 0.99 / 74.0)).abs() < 1e-15);
    }
}
