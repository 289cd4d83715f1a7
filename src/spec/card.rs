//! What a model says of itself: its parameters, settings and outputs, with units. Checks of study
//! files and `freerun models` read cards; they never run a model.

use super::{Setting, Space, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Which model a study runs, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelPlan {
    /// Name of the model, such as `typhoid`.
    pub model: String,
    /// Settings and parameters held fixed, by name; the rest take the model's defaults.
    pub settings: BTreeMap<String, Setting>,
    /// The parameters that a point gives, in its order.
    pub space: Space,
    /// The outputs wanted; a model may skip the others.
    pub outputs: Vec<String>,
}

/// One parameter or setting of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputCard {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its unit; empty if it has none.
    pub unit: String,
    /// Value used when the study gives none.
    pub default: Setting,
    /// Smallest allowed number, if any.
    pub low: Option<f64>,
    /// Largest allowed number, if any.
    pub high: Option<f64>,
    /// For texts: what is allowed; empty means anything.
    pub choices: Vec<String>,
    /// Whether it can be calibrated (a parameter) or only set (a setting).
    pub calibrated: bool,
}

/// One column of an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnCard {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its unit; empty if it has none.
    pub unit: String,
}

/// One table that a replicate ends with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputCard {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Columns that tell its rows apart, such as year and age.
    pub index: Vec<ColumnCard>,
    /// Columns of results.
    pub values: Vec<ColumnCard>,
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Its name in study files.
    pub name: String,
    /// One line on what it simulates.
    pub about: String,
    /// Version of its results: a change of any result's bits changes it.
    pub version: u32,
    /// Parameters and settings.
    pub inputs: Vec<InputCard>,
    /// The tables of a replicate.
    pub outputs: Vec<OutputCard>,
}

/// A setting that a model refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// Which one.
    pub name: String,
    /// What was found, as a person would write it.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: found {}, allowed: {}", self.name, self.found, self.allowed)
    }
}

/// The models that a study file may name.
pub trait Catalogue {
    /// The names of all models.
    fn names(&self) -> Vec<String>;
    /// The card of one.
    fn card(&self, model: &str) -> Option<ModelCard>;
    /// Every setting of `plan` that its model refuses.
    fn problems(&self, plan: &ModelPlan) -> Vec<SettingProblem>;
    /// The index columns, with all their rows, that `output` will have under `plan`; `None` if that
    /// is not known before a replicate ran.
    fn index(&self, plan: &ModelPlan, output: &str) -> Option<Table>;
}

/// The files that a study file names.
pub trait Files {
    /// The text of the file at `path`, which is relative to the study file.
    ///
    /// # Errors
    /// A sentence fragment for a person, such as "no such file".
    fn read(&self, path: &str) -> Result<String, String>;
}
