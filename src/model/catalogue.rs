//! The built-in models by name.

use super::{Model, seir, synthetic, typhoid};
use crate::spec::{Catalogue, ModelCard, ModelPlan, SettingProblem, Table};

/// The models that come with the program.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

type Built = Result<Box<dyn Model>, Vec<SettingProblem>>;

/// What the catalogue knows of one model.
struct Entry {
    name: &'static str,
    card: fn() -> ModelCard,
    build: fn(&ModelPlan) -> Built,
    index: fn(&ModelPlan, &str) -> Option<Table>,
}

const ENTRIES: [Entry; 3] = [
    Entry {
        name: typhoid::NAME,
        card: typhoid::card,
        build: |plan| Ok(Box::new(typhoid::Typhoid::new(plan)?)),
        index: typhoid::index,
    },
    Entry {
        name: seir::NAME,
        card: seir::card,
        build: |plan| Ok(Box::new(seir::Seir::new(plan)?)),
        index: seir::index,
    },
    Entry {
        name: synthetic::NAME,
        card: synthetic::card,
        build: |plan| Ok(Box::new(synthetic::Synthetic::new(plan)?)),
        index: synthetic::index,
    },
];

fn entry(name: &str) -> Option<&'static Entry> {
    const { &ENTRIES }.iter().find(|entry| entry.name == name)
}

/// The model that `plan` describes, ready to run at points of its space.
///
/// # Errors
/// Every setting and parameter that the model refuses, or its name if there is no such model.
pub fn build(plan: &ModelPlan) -> Result<Box<dyn Model>, Vec<SettingProblem>> {
    match entry(&plan.model) {
        Some(entry) => (entry.build)(plan),
        None => Err(vec![SettingProblem {
            name: "model".to_owned(),
            found: format!("`{}`", plan.model),
            allowed: BuiltIn.names().join(", "),
        }]),
    }
}

impl Catalogue for BuiltIn {
    fn names(&self) -> Vec<String> {
        ENTRIES.iter().map(|entry| entry.name.to_owned()).collect()
    }

    fn card(&self, model: &str) -> Option<ModelCard> {
        entry(model).map(|entry| (entry.card)())
    }

    fn problems(&self, plan: &ModelPlan) -> Vec<SettingProblem> {
        build(plan).err().unwrap_or_default()
    }

    fn index(&self, plan: &ModelPlan, output: &str) -> Option<Table> {
        (entry(&plan.model)?.index)(plan, output)
    }
}
