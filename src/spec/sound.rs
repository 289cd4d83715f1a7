//! Whether a study that comes from a journal can be one that a study file describes. The journal may
//! be damaged; what is computed from a study relies on what is checked here.

use super::{Domain, Mode, Parameter, Prior, SamplerPlan, Study, Table, Target, TpePlan};

/// Most replicates of a trial: each takes memory as soon as its trial is asked.
pub const REPLICATES_MAX: u32 = 100_000;
/// Most candidates that are drawn for one ask.
pub const CANDIDATES_MAX: u32 = 100_000;

/// Whole numbers up to here are exact as floats.
const EXACT_MAX: u64 = 1 << 53;

impl Study {
    /// The first thing that no study file can say, as a fragment such as "`replicates` is 0"; `None`
    /// if the study is sound. Models and data are not looked at in depth: a model refuses a plan by
    /// itself, and unfit data fail the trials.
    pub fn unsound(&self) -> Option<String> {
        let fault = |broken: bool, what: &str| broken.then(|| what.to_owned());
        let numbers = [
            fault(!(1..=REPLICATES_MAX).contains(&self.replicates), "`replicates` is out of range"),
            fault(self.budget.trials == 0, "`budget.trials` is 0"),
            fault(
                matches!(self.mode, Mode::Batched { batch_size: 0 } | Mode::Windowed { lag: 0 }),
                "the number of its `mode` is 0",
            ),
            fault(self.space().is_empty(), "there are no parameters"),
            fault(self.targets.is_empty(), "there are no targets"),
        ];
        let start = self.start.iter().position(|point| !self.space().contains(point));
        let mut parameters = self.space().0.iter();
        let mut targets = self.targets.iter();
        numbers
            .into_iter()
            .flatten()
            .next()
            .or_else(|| parameters.find(|one| !one.is_sound()).map(|one| format!("parameter `{}`", one.name)))
            .or_else(|| fault(!self.sampler.is_sound(), "an option of the sampler is out of range"))
            .or_else(|| start.map(|at| format!("`start[{at}]` is outside the parameters' bounds")))
            .or_else(|| targets.find(|one| !one.is_sound()).map(|one| format!("target `{}`", one.name)))
    }
}

impl Parameter {
    fn is_sound(&self) -> bool {
        let domain = match &self.domain {
            Domain::Float { low, high, log } => {
                low.is_finite() && high.is_finite() && low <= high && (!log || *low > 0.0)
            }
            Domain::Int { low, high, log } => {
                let exact = low.unsigned_abs() <= EXACT_MAX && high.unsigned_abs() <= EXACT_MAX;
                exact && low <= high && (!log || *low >= 1)
            }
            Domain::Categorical { choices } => !choices.is_empty(),
        };
        let prior = match self.prior {
            Prior::Uniform => true,
            Prior::Normal { mean, sd } => mean.is_finite() && sd.is_finite() && sd > 0.0,
        };
        domain && prior
    }
}

impl SamplerPlan {
    fn is_sound(&self) -> bool {
        let SamplerPlan::Tpe(TpePlan { startup, candidates, good_share, good_max, prior_weight }) = *self
        else {
            return true;
        };
        startup > 0
            && (1..=CANDIDATES_MAX).contains(&candidates)
            && 0.0 < good_share
            && good_share < 1.0
            && good_max > 0
            && prior_weight.is_finite()
            && prior_weight > 0.0
    }
}

impl Target {
    fn is_sound(&self) -> bool {
        self.data.as_ref().is_none_or(|data| data.table.is_even())
    }
}

impl Table {
    /// Whether all columns are equally long.
    pub fn is_even(&self) -> bool {
        self.columns.iter().all(|column| column.cells.len() == self.rows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(low: f64, high: f64, log: bool) -> Parameter {
        Parameter { name: "x".to_owned(), domain: Domain::Float { low, high, log }, prior: Prior::Uniform }
    }

    #[test]
    fn parameters_that_no_study_file_describes_are_unsound() {
        assert!(float(0.0, 1.0, false).is_sound() && float(1e-300, 1e308, true).is_sound());
        for (low, high, log) in [(1.0, 0.0, false), (0.0, 1.0, true), (f64::NAN, 1.0, false)] {
            assert!(!float(low, high, log).is_sound(), "{low} to {high}, log {log}");
        }
        let whole = |low, high| {
            let domain = Domain::Int { low, high, log: false };
            Parameter { domain, ..float(0.0, 1.0, false) }.is_sound()
        };
        assert!(whole(-5, 5) && !whole(5, -5) && !whole(i64::MIN, i64::MAX));
        let prior = Prior::Normal { mean: 0.5, sd: 0.0 };
        assert!(!Parameter { prior, ..float(0.0, 1.0, false) }.is_sound());
    }

    #[test]
    fn sampler_options_out_of_range_are_unsound() {
        let tpe = |candidates| SamplerPlan::Tpe(TpePlan { candidates, ..TpePlan::default() }).is_sound();
        assert!(tpe(1) && !tpe(0) && !tpe(u32::MAX));
    }
}
