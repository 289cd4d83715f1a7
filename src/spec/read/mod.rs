//! From the text of a study file to a checked draft. The text becomes a document first, and every
//! check reads that: a file with ten mistakes gets ten messages. It reads no file itself and runs no
//! model.

mod align;
mod data;
mod document;
mod draft;
mod field;
mod keys;
mod measure;
mod mode_text;
mod model;
mod parameters;
mod problem;
mod run;
mod sheet;
mod targets;
mod units;

#[cfg(test)]
mod tests;

pub use draft::Draft;
pub use mode_text::parse_mode;
pub use problem::Problem;
pub use units::parse_time_us;

use super::{Catalogue, Files, ModelPlan, Study};
use field::{Field, Section};
use problem::Report;

/// How a study file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML 1.0.
    Toml,
    /// JSON with the same keys; the order of `parameters` counts here too.
    Json,
}

/// A study file.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name, for messages.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// How it is written.
    pub format: Format,
}

/// Reads and checks a study file and the data files that it names.
///
/// # Errors
/// Every mistake that could be found, at least one, in the order of the file. A mistake hides only
/// what cannot be checked without the field it is in.
pub fn read(source: &Source, files: &dyn Files, catalogue: &dyn Catalogue) -> Result<Draft, Vec<Problem>> {
    let mut report = Report::new(source.file);
    let draft = document::parse(source, &mut report).and_then(|root| {
        let root = Field { path: String::new(), node: &root };
        let study = root.section(keys::STUDY, &mut report)?;
        check(&study, files, catalogue, &mut report)
    });
    match draft {
        Some(draft) if report.count() == 0 => Ok(draft),
        _ => Err(report.into_problems()),
    }
}

/// `None` only after a report. Everything is read before anything is given up.
fn check(
    study: &Section,
    files: &dyn Files,
    catalogue: &dyn Catalogue,
    report: &mut Report,
) -> Option<Draft> {
    let name = run::read_name(study, report);
    let seed = study.or("seed", None, report, |field, report| field.seed(report).map(Some));
    let replicates = run::read_replicates(study, report);
    let common = study.or("common_random_numbers", false, report, |field, report| field.flag(report));
    let mode = run::read_mode(study, report);
    let sampler = run::read_sampler(study, report);
    let budget = run::read_budget(study, report);
    let attempts = run::read_attempts(study, report);
    let durability = run::read_durability(study, report);
    let before = report.count();
    let model = model::read_model(study, catalogue, report);
    let settled = model.is_some() && report.count() == before;
    let space = parameters::read_parameters(study, model.as_ref(), report);
    let complete = report.count() == before;
    let start = parameters::read_start(study, &space, complete, report);
    let targets = targets::read_targets(study, model.as_ref().map(|model| &model.card), files, report);
    let plan = ModelPlan {
        model: model.as_ref().map_or(String::new(), |model| model.card.name.clone()),
        settings: model.map_or_else(Default::default, |model| model.settings),
        space,
        outputs: targets::outputs_of(&targets),
    };
    // A setting that was refused would be taken at its default: what follows from that is no news.
    if settled {
        let refused = check_settings(study, &plan, catalogue, report);
        if !refused {
            targets::check_alignment(&targets, &plan, catalogue, report);
        }
    }
    if let Some(budget) = &budget {
        check_start_fits(study, start.len(), budget.trials, report);
    }
    let study = Study {
        name: name?,
        seed: 0,
        model: plan,
        targets: targets.into_iter().map(|read| read.target).collect(),
        start,
        replicates: replicates?,
        common_random_numbers: common?,
        mode: mode?,
        sampler: sampler?,
        budget: budget?,
        attempts: attempts?,
        durability: durability?,
    };
    Some(Draft::new(study, seed?))
}

/// Reports what only the model can refuse, such as settings that contradict each other, and says
/// whether there was any.
fn check_settings(study: &Section, plan: &ModelPlan, catalogue: &dyn Catalogue, report: &mut Report) -> bool {
    let section = |key: &str| study.get(key).and_then(|field| field.as_section());
    let settings = section("model").and_then(|model| model.get("settings")?.as_section());
    let parameters = section("parameters");
    let problems = catalogue.problems(plan);
    let refused = !problems.is_empty();
    for problem in problems {
        let field = [&settings, &parameters]
            .into_iter()
            .find_map(|section| section.as_ref().and_then(|section| section.get(&problem.name)));
        match field {
            Some(field) => report.add(field.node.line, field.path, problem.found, problem.allowed),
            None => {
                let line = study.get("model").and_then(|field| field.node.line);
                let found = format!("{}: {}", problem.name, problem.found);
                report.add(line, "model", found, problem.allowed);
            }
        }
    }
    refused
}

fn check_start_fits(study: &Section, points: usize, trials: u32, report: &mut Report) {
    if let Some(field) = study.get("start").filter(|_| points > trials as usize) {
        let found = format!("{points} starting points");
        report.add(field.node.line, field.path, found, format!("at most budget.trials ({trials})"));
    }
}
