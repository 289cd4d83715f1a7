//! Typhoid fever in one well-mixed population with a shared environmental pool of bacteria: the model
//! of typhoidsim 1.0 (Institute for Disease Modeling) in the configuration of its last public
//! Pakistan/Sindh calibration example, its quirks included, computed by events instead of agent by
//! agent and day by day. It knows nothing of data, losses or trials.
//!
//! A day's phases: births; background deaths are marked; the pool decays; transitions; infection from
//! the pool as it was the evening before; shedding; the marked are removed; the day is recorded.
//! Quirks that are kept: entry into susceptibility by age applies twice at the start, and timers of
//! earlier infections are never cleared, so that they cut later infections short.

mod calendar;
mod cards;
mod durations;
mod natural_history;
mod outputs;
mod population;
mod record;
mod settings;
mod step;
mod tables;

#[cfg(test)]
mod tests;

use super::inputs::Reader;
use super::{Host, Model, ModelFailure, Outputs, ReplicateRequest};
use crate::math::ln_1p;
use crate::spec::{ModelCard, ModelPlan, SettingProblem, Table};
use durations::Durations;
use population::Population;
use record::Record;
use settings::{Inputs, Parameters, Settings};
use tables::{AgeDistribution, Gallstones, Mortality};

pub(super) use settings::{NAME, card};

/// What all runs of a model share.
#[derive(Debug, Clone)]
struct Fixed {
    settings: Settings,
    ages: AgeDistribution,
    mortality: Mortality,
    gallstones: Gallstones,
    durations: Durations,
    /// Per agent and day.
    birth_hazard: f64,
}

/// What decides one run, but its seed.
struct Rules<'a> {
    fixed: &'a Fixed,
    parameters: Parameters,
}

/// The model, with the memory it keeps from run to run.
pub(super) struct Typhoid {
    card: ModelCard,
    fixed: Fixed,
    inputs: Inputs,
    outputs: Vec<outputs::Output>,
    population: Population,
    record: Record,
}

impl Typhoid {
    /// The model under `plan`.
    ///
    /// # Errors
    /// Every setting or parameter that it refuses.
    pub(super) fn new(plan: &ModelPlan) -> Result<Typhoid, Vec<SettingProblem>> {
        let card = card();
        let mut reader = Reader::new(plan, &card);
        let inputs = Inputs::read(&mut reader);
        let settings = Settings::read(&mut reader);
        let settings = reader.finish(settings)?;
        let outputs = outputs::wanted(&plan.outputs);
        let record = Record::new(outputs::needs(&outputs, &settings), &settings.age_bins, settings.years);
        let fixed = Fixed {
            ages: AgeDistribution::new(),
            mortality: Mortality::new(settings.start, settings.steps()),
            gallstones: Gallstones::new(),
            durations: Durations::new(),
            birth_hazard: -ln_1p(-settings.birth_probability),
            settings,
        };
        Ok(Typhoid { card, fixed, inputs, outputs, population: Population::new(), record })
    }
}

impl Model for Typhoid {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    fn run(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<Outputs, ModelFailure> {
        let rules = Rules { fixed: &self.fixed, parameters: self.inputs.at(&request.point)? };
        step::simulate(&rules, request.seed, &mut self.population, &mut self.record, host)?;
        let tables = self
            .outputs
            .iter()
            .map(|output| output.table(&self.fixed.settings, &rules.parameters, &self.record));
        Ok(Outputs(tables.collect()))
    }
}

/// The index columns of `output`, with all rows; `None` if the plan has problems or no such output.
pub(super) fn index(plan: &ModelPlan, output: &str) -> Option<Table> {
    let card = card();
    let mut reader = Reader::new(plan, &card);
    let settings = Settings::read(&mut reader);
    let settings = reader.finish(settings).ok()?;
    outputs::index(&settings, output)
}
