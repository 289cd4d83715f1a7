//! A checked study whose seed may still be open, and what of it a command line may override.

use crate::spec::{Mode, Study};
use std::num::NonZeroU32;

/// A study file that was read and found sound. [`Draft::freeze`] makes it a [`Study`].
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    study: Study,
    seed: Option<u64>,
}

impl Draft {
    /// The seed in `study` is ignored.
    pub(super) fn new(study: Study, seed: Option<u64>) -> Draft {
        Draft { study, seed }
    }

    /// The name of the study.
    pub fn name(&self) -> &str {
        &self.study.name
    }

    /// Whether the study file, or an override, gives a seed.
    pub fn has_seed(&self) -> bool {
        self.seed.is_some()
    }

    /// The study with another name.
    #[must_use]
    pub fn with_name(mut self, name: String) -> Draft {
        self.study.name = name;
        self
    }

    /// The study with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Draft {
        self.seed = Some(seed);
        self
    }

    /// The study with another budget of trials.
    #[must_use]
    pub fn with_trials(mut self, trials: NonZeroU32) -> Draft {
        self.study.budget.trials = trials.get();
        self
    }

    /// The study in another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Draft {
        self.study.mode = mode;
        self
    }

    /// The study, ready to run; `seed_if_none` is used if there is no seed yet.
    pub fn freeze(self, seed_if_none: u64) -> Study {
        Study { seed: self.seed.unwrap_or(seed_if_none), ..self.study }
    }
}
