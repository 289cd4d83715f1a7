//! Study files as JavaScript has them: texts by name.

use super::{Code, Failure, to_js};
use crate::model::BuiltIn;
use crate::spec::{self, Draft, Files, Format, Source};
use crate::view::Outline;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use wasm_bindgen::prelude::*;

/// A study file with the data files that it names, and what is to be instead of what it says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySource {
    /// Name of the file; JSON if it ends so, TOML otherwise.
    file: String,
    /// Its text.
    text: String,
    /// The texts of data files, by the paths that the study file gives.
    #[serde(default)]
    data: BTreeMap<String, String>,
    /// Another mode, such as `batched:16`.
    #[serde(default)]
    mode: Option<String>,
    /// Another budget of trials.
    #[serde(default)]
    trials: Option<NonZeroU32>,
    /// Another seed; a text, because it has 64 bits.
    #[serde(default)]
    seed: Option<String>,
    /// Another name.
    #[serde(default)]
    name: Option<String>,
}

struct Texts<'a>(&'a BTreeMap<String, String>);

impl Files for Texts<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file was given".to_owned())
    }
}

impl StudySource {
    /// The study, whose seed may still be open.
    ///
    /// # Errors
    /// Every mistake.
    pub fn read(self) -> Result<Draft, Failure> {
        let format = if self.file.to_lowercase().ends_with(".json") { Format::Json } else { Format::Toml };
        let source = Source { file: &self.file, text: &self.text, format };
        let mut draft = spec::read(&source, &Texts(&self.data), &BuiltIn)
            .map_err(|problems| Failure::of_file(&self.file, problems))?;
        if let Some(mode) = self.mode {
            let mode = spec::parse_mode(&mode).map_err(|allowed| wrong("mode", &mode, &allowed))?;
            draft = draft.with_mode(mode);
        }
        if let Some(seed) = self.seed {
            let seed =
                seed.parse().map_err(|_| wrong("seed", &seed, "a whole number below 2^64 is allowed"))?;
            draft = draft.with_seed(seed);
        }
        draft = self.trials.into_iter().fold(draft, Draft::with_trials);
        Ok(self.name.into_iter().fold(draft, Draft::with_name))
    }
}

fn wrong(field: &str, found: &str, allowed: &str) -> Failure {
    Failure::new(Code::BadInput, format!("`{field}`: found `{found}`; {allowed}"))
}

/// Reads and checks a study file; gives its outline.
///
/// # Errors
/// Every mistake in it.
#[wasm_bindgen]
pub fn check(source: JsValue) -> Result<JsValue, JsValue> {
    let source: StudySource = super::read(source)?;
    let draft = source.read()?;
    let has_seed = draft.has_seed();
    let study = draft.freeze(0);
    Ok(to_js(&Outline::of(&study, has_seed.then_some(study.seed)))?)
}
