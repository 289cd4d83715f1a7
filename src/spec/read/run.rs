//! How a study runs: mode, sampler, budget, attempts and durability.

use super::document::Kind;
use super::field::{Field, Section};
use super::keys::{self, names, options};
use super::problem::Report;
use crate::spec::{
    AttemptRules, Budget, CANDIDATES_MAX, Durability, Mode, REPLICATES_MAX, SamplerPlan, TpePlan,
};

/// More than any study needs; keeps the numbers of trials far from their type's end.
pub(super) const MOST: u32 = 1_000_000_000;

/// How often a lost replicate runs again unless the file says otherwise.
const RETRIES: u32 = 2;

pub(super) fn read_mode(study: &Section, report: &mut Report) -> Option<Mode> {
    study.or("mode", Mode::Parallel { in_flight: None }, report, |field, report| {
        let named = field.named(&names(keys::MODES), report)?;
        let section = named.options(options(keys::MODES, named.name), report);
        let count = "a whole number, 1 or more: it decides which trials are asked, so it has no default";
        match named.name {
            "batched" => section
                .must("batch_size", count, report, |field, report| field.count(1, MOST, report))
                .map(|batch_size| Mode::Batched { batch_size }),
            "windowed" => section
                .must("lag", count, report, |field, report| field.count(1, MOST, report))
                .map(|lag| Mode::Windowed { lag }),
            _ => section
                .or("in_flight", None, report, read_in_flight)
                .map(|in_flight| Mode::Parallel { in_flight }),
        }
    })
}

fn read_in_flight(field: Field, report: &mut Report) -> Option<Option<u32>> {
    match &field.node.kind {
        Kind::Text(text) if text == "auto" => Some(None),
        Kind::Int(_) => field.count(1, MOST, report).map(Some),
        _ => {
            field.refuse("\"auto\" or a whole number, 1 or more", report);
            None
        }
    }
}

pub(super) fn read_sampler(study: &Section, report: &mut Report) -> Option<SamplerPlan> {
    study.or("sampler", SamplerPlan::Tpe(TpePlan::default()), report, |field, report| {
        let named = field.named(&names(keys::SAMPLERS), report)?;
        let section = named.options(options(keys::SAMPLERS, named.name), report);
        match named.name {
            "random" => Some(SamplerPlan::Random),
            "sobol" => Some(SamplerPlan::Sobol),
            "tpe" => read_tpe(&section, report).map(SamplerPlan::Tpe),
            // A name of `keys` that is not read here is a defect, told rather than read as another.
            _ => {
                field.refuse("a sampler that this version can read", report);
                None
            }
        }
    })
}

fn read_tpe(section: &Section, report: &mut Report) -> Option<TpePlan> {
    let default = TpePlan::default();
    let startup =
        section.or("startup", default.startup, report, |field, report| field.count(1, MOST, report));
    let candidates = section
        .or("candidates", default.candidates, report, |field, report| field.count(1, CANDIDATES_MAX, report));
    let good_share =
        section.or("good_share", default.good_share, report, |field, report| field.share(report));
    let good_max =
        section.or("good_max", default.good_max, report, |field, report| field.count(1, MOST, report));
    let prior_weight =
        section.or("prior_weight", default.prior_weight, report, |field, report| field.positive(report));
    Some(TpePlan {
        startup: startup?,
        candidates: candidates?,
        good_share: good_share?,
        good_max: good_max?,
        prior_weight: prior_weight?,
    })
}

pub(super) fn read_budget(study: &Section, report: &mut Report) -> Option<Budget> {
    let section = study.must("budget", "a table with at least `trials`", report, |field, report| {
        field.section(keys::BUDGET, report)
    })?;
    let trials = section
        .must("trials", "a whole number, 1 or more", report, |field, report| field.count(1, MOST, report));
    let wall_us = section.or("wall_time", None, report, |field, report| field.time_us(report).map(Some));
    let target_loss = section.or("target_loss", None, report, |field, report| {
        field.number(|_| true, "a finite number", report).map(Some)
    });
    Some(Budget { trials: trials?, wall_us: wall_us?, target_loss: target_loss? })
}

pub(super) fn read_attempts(study: &Section, report: &mut Report) -> Option<AttemptRules> {
    let default = AttemptRules { retries: RETRIES, retry_failures: false, timeout_us: None };
    study.or("attempts", default, report, |field, report| {
        let section = field.section(keys::ATTEMPTS, report)?;
        let retries = section.or("retries", RETRIES, report, |field, report| field.count(0, 1000, report));
        let retry_failures = section.or("retry_failures", false, report, |field, report| field.flag(report));
        let timeout_us = section.or("timeout", None, report, |field, report| field.time_us(report).map(Some));
        Some(AttemptRules { retries: retries?, retry_failures: retry_failures?, timeout_us: timeout_us? })
    })
}

pub(super) fn read_durability(study: &Section, report: &mut Report) -> Option<Durability> {
    study.or("durability", Durability::Full, report, |field, report| {
        Some(match field.word(keys::DURABILITIES, report)? {
            "relaxed" => Durability::Relaxed,
            _ => Durability::Full,
        })
    })
}

pub(super) fn read_replicates(study: &Section, report: &mut Report) -> Option<u32> {
    study.must("replicates", "a whole number, 1 or more", report, |field, report| {
        field.count(1, REPLICATES_MAX, report)
    })
}

/// The name of a study identifies it in a store, in addresses and on command lines.
pub(super) fn read_name(study: &Section, report: &mut Report) -> Option<String> {
    let allowed = "a text of 1 to 100 characters, none of them a control character or a slash";
    let field = study.need("name", allowed, report)?;
    let name = match &field.node.kind {
        Kind::Text(name) => name.as_str(),
        _ => "",
    };
    let sound = name.chars().all(|c| !c.is_control() && c != '/' && c != '\\');
    if sound && name.trim() == name && (1..=100).contains(&name.chars().count()) {
        return Some(name.to_string());
    }
    field.refuse(allowed, report);
    None
}
